import { join } from "node:path";
import type { Client } from "#runtime/mod.ts";
import { httpContract } from "#subjects/clients.ts";
import { CLIENTS, KINDS, OPERATOR } from "#subjects/mod.ts";
import { allRights } from "#subjects/permissions.ts";
import { telegramContract } from "#subjects/telegram.ts";
import { apiPrefixOf, connectAs, keysDirOf } from "./access.ts";
import { writeBus } from "./bus-file.ts";
import { BusNotReady, busProgram, endLeftBehind } from "./bus-program.ts";
import { type Home, openHome } from "./home.ts";
import { ensureHomeToken } from "./home-token.ts";
import { ensureKeys, type Key, serverVariables } from "./keys.ts";
import { settingVariables } from "./nats-conf.ts";
import { findNatsServer, type NatsServer } from "./nats-server.ts";
import { claimPort, LOOPBACK } from "./ports.ts";
import { provision } from "./provision.ts";
import type { Reporter } from "./reporter.ts";
import { type Handing, handSecrets } from "./secrets/handed.ts";
import { rotateWhenOld } from "./secrets/rotate.ts";
import { SecretUnusable } from "./secrets/unusable.ts";
import { kindVariables } from "./settings/here.ts";
import { Hopeless } from "./supervised.ts";
import { bridgeProgram, kindProgram, type Supervisor } from "./supervisor.ts";
import { POLLER_ADDRESS } from "./telegram/poller.ts";
import { configuredOf } from "./unconfigured.ts";
import { claimHttp, type HttpPlace } from "./up-http.ts";
import { syncOf, type UpSettings } from "./up-settings.ts";

/** All that one `up` runs with. */
export type Launch = {
  readonly home: Home;
  readonly settings: UpSettings;
  readonly reporter: Reporter;
  readonly supervisor: Supervisor;
  /** Aborts when somebody wants it stopped, also while it is starting. */
  readonly signal: AbortSignal;
};

/** What is up now. */
export type Running = {
  readonly url: string;
  readonly keysDir: string;
  /** Whether the bus is one that we started. */
  readonly isOurs: boolean;
  /** The HTTP bridge, unless it is turned off. */
  readonly http: HttpPlace | undefined;
};

/** How long the bus and the kinds have to become ready; a store of a hundred million messages is read back first. Units: ms. */
const READY_MS = { bus: 120_000, kinds: 15_000 } as const;

/** Opens the home, makes its keys, starts the bus and the kinds. Throws: ThalassaError, BusUnreachable. */
export async function launch(launch: Launch): Promise<Running> {
  const { home, settings, reporter, signal } = launch;
  for (const note of home.notes) reporter.note(note);
  const keysDir = keysDirOf(home);
  const users = allRights(KINDS, CLIENTS).map(({ user }) => user);
  const keys = ensureKeys(keysDir, users, (note) => reporter.note(note));
  const server = await findNatsServer({ cacheDir: home.cacheDir, progress: (line) => reporter.note(line) });
  signal.throwIfAborted();
  const http = settings.httpPort === undefined ? undefined : await claimHttp(home, settings.httpPort);
  const url =
    server.type === "external" ? useBus(home, server.url, http, reporter) : await startBus(launch, server, keys, http);
  const prepared = await prepareBus(launch, { url, keysDir }, http);
  signal.throwIfAborted();
  await startProcesses(launch, url, keys, http, prepared);
  return { url, keysDir, isOurs: server.type === "binary", http };
}

/** Opens the home named by the environment. */
export function upHome(): Home {
  return openHome(process.env);
}

function useBus(home: Home, url: string, http: HttpPlace | undefined, reporter: Reporter): string {
  writeBus(home, { url, ...(http === undefined ? {} : { http: http.url }) });
  reporter.note(`using the bus at ${url} (THALASSA_NATS_URL); none is started`, { url });
  return url;
}

async function startBus(
  { home, settings, reporter, supervisor, signal }: Launch,
  server: Extract<NatsServer, { type: "binary" }>,
  keys: Readonly<Record<string, Key>>,
  http: HttpPlace | undefined,
): Promise<string> {
  for (const pid of await endLeftBehind(home)) {
    reporter.note(`stopped process ${pid}, the bus that a killed supervisor had left running; its store is whole`, {
      pid,
    });
  }
  const port = await claimPort(settings.port, "the bus", "--port");
  const monitorPort = settings.monitorPort && (await claimPort(settings.monitorPort, "monitoring", "--monitor-port"));
  const url = `nats://${LOOPBACK}:${port}`;
  const others = {
    ...(monitorPort === 0 ? {} : { monitor: `http://${LOOPBACK}:${monitorPort}` }),
    ...(http === undefined ? {} : { http: http.url }),
  };
  const sync = syncOf(settings.durability);
  const variables = {
    ...serverVariables(keys),
    ...settingVariables({ serverName: "thalassa", host: LOOPBACK, port, monitorPort, storeDir: home.dataDir, sync }),
  };
  const { path: binary, version } = server;
  const onStart = (pid: number) => writeBus(home, { url, ...others, pid, version });
  const ready = supervisor.startBus(busProgram({ home, binary, port, variables, onStart })).catch((error: unknown) => {
    throw error instanceof Hopeless ? new BusNotReady(home, error.message) : error;
  });
  await within(ready, READY_MS.bus, signal, () => {
    throw new BusNotReady(home, `was not ready within ${READY_MS.bus / 1_000} s`);
  });
  return url;
}

/** What the bus knows for the processes of each user, and which of those are to be started. */
type Prepared = Pick<Handing, "variablesOf"> & Pick<UpSettings, "processes">;

/** Has the bus hold all that it has to. */
async function prepareBus(
  { home, settings, reporter, signal }: Launch,
  bus: { readonly url: string; readonly keysDir: string },
  http: HttpPlace | undefined,
): Promise<Prepared> {
  await using operator = await connectAs(OPERATOR, bus);
  await provision(operator.wire.nc);
  if (http !== undefined) await ensureHomeToken(operator, home, (line) => reporter.note(line));
  signal.throwIfAborted();
  const shared = await kindVariables(operator);
  await renewMasterKey(operator, home, settings.rotateDays, reporter);
  const secrets = await secretsFor(Object.keys(settings.processes), operator, home, reporter);
  const variablesOf = (user: string) => ({ ...shared, ...secrets(user) });
  const processes = configuredOf(settings.processes, variablesOf, (line, fields) => reporter.note(line, fields));
  // Nobody else writes to it first; said again, it changes nothing.
  if (processes[telegramContract.kind] !== undefined) await operator.send(POLLER_ADDRESS, "open", {});
  return { variablesOf, processes };
}

async function startProcesses(
  { home, reporter, supervisor, signal }: Launch,
  url: string,
  keys: Readonly<Record<string, Key>>,
  http: HttpPlace | undefined,
  { variablesOf, processes }: Prepared,
): Promise<void> {
  const envOf = (user: string) => ({
    ...variablesOf(user),
    THALASSA_URL: url,
    THALASSA_KEY: keys[user]?.seedFile ?? "",
    THALASSA_API_PREFIX: apiPrefixOf(user),
    // Halves the time a process takes to load its modules, from its second start on.
    NODE_COMPILE_CACHE: join(home.cacheDir, "compiled"),
  });
  const ready = Object.entries(processes).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, index) =>
      supervisor.startKind(kindProgram(kind, count === 1 ? kind : `${kind} ${index + 1}`, envOf(kind))),
    ),
  );
  if (http !== undefined) {
    const env = { ...envOf(httpContract.client), THALASSA_HTTP_PORT: `${http.port}` };
    ready.push(supervisor.startKind(bridgeProgram(httpContract.client, env)));
  }
  await within(Promise.all(ready), READY_MS.kinds, signal, () =>
    reporter.note("not everything is ready yet; it is tried again and again, and said when it is"),
  );
}

/** A home's own master key gets a successor by age; where it cannot, everything goes on with the old one. */
async function renewMasterKey(operator: Client, { root }: Home, days: number, reporter: Reporter): Promise<void> {
  try {
    const rotated = await rotateWhenOld(operator, { root, env: process.env }, days);
    if (rotated === undefined) return;
    const { keyId, resealed } = rotated;
    const advice = "copy secrets.key to your backups, and to other hosts that open the same secrets";
    reporter.note(
      `the master key was older than ${days} days: ${resealed} secrets are sealed under a new one; ${advice}`,
      {
        event: "master-key-rotated",
        keyId,
      },
    );
  } catch (error) {
    if (!(error instanceof SecretUnusable)) throw error;
    const { code, message } = error;
    reporter.note(`the master key is old and could not be renewed: ${message}`, { event: "master-key-old", code });
  }
}

/** The secrets that the processes of each kind are given; those that do not open are told, and left out. */
async function secretsFor(
  kinds: readonly string[],
  operator: Client,
  { root }: Home,
  reporter: Reporter,
): Promise<Handing["variablesOf"]> {
  const note = (line: string): void => reporter.note(line);
  const { variablesOf, values, problems } = await handSecrets(kinds, operator, { root, env: process.env, note });
  reporter.hide(values);
  for (const { code, message, hint } of problems) {
    reporter.note(`processes start without a secret that they need: ${message}; ${hint}`, {
      event: "secret-closed",
      code,
    });
  }
  return variablesOf;
}

/** Waits for something, until it is late or nobody wants it any more. Throws: what `late` throws; the signal's reason. */
async function within<T>(wait: Promise<T>, ms: number, signal: AbortSignal, late: () => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    try {
      late();
      resolve();
    } catch (error) {
      reject(error);
    }
  }, ms);
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  wait.then(() => resolve(), reject);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
