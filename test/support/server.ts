import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connect, type NatsConnection, nkeyAuthenticator } from "@nats-io/transport-node";
import { ensureKeys, readSeed, serverVariables } from "#deploy/keys.ts";
import { natsConf, settingVariables } from "#deploy/nats-conf.ts";
import { findNatsServer } from "#deploy/nats-server.ts";
import { provision } from "#deploy/provision.ts";
import type { ClientContract, KindContract } from "#subjects/contract.ts";
import { CLIENTS, KINDS, OPERATOR } from "#subjects/kinds.ts";
import { allRights, inboxPrefix } from "#subjects/permissions.ts";

const START_MS = 10_000;

/** Where a fetched nats-server is kept: the same place as for a person of this host. */
const CACHE_DIR = process.env.THALASSA_CACHE || join(homedir(), ".thalassa", "cache");

/** How a test wants its server. */
export type TestServerOptions = {
  readonly kinds?: readonly KindContract[];
  readonly clients?: readonly ClientContract[];
  /** Streams and buckets are made before the test begins, unless it says no. */
  readonly provisioned?: boolean;
  /** How often files are synced; `always` to measure. */
  readonly sync?: string;
  /** Last word on the text of nats.conf. */
  readonly conf?: (text: string) => string;
};

let program: Promise<string> | undefined;

/** The finder asks each candidate for its version: once a test file is enough. */
async function findProgram(): Promise<string> {
  const found = await findNatsServer({ env: { ...process.env, THALASSA_NATS_URL: "" }, cacheDir: CACHE_DIR });
  if (found.type === "binary") return found.path;
  throw new Error("tests start their own nats-server, and the finder named one that runs elsewhere");
}

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
// A signal ends a process without its exit handlers; the test runner sends SIGTERM when a file takes too long.
for (const [signal, number] of [
  ["SIGINT", 2],
  ["SIGTERM", 15],
  ["SIGHUP", 1],
] as const) {
  process.once(signal, () => process.exit(128 + number));
}

/** Starts a real nats-server of its own: free port, fresh keys and store, rights as in production. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { kinds = KINDS, clients = CLIENTS, conf = (text) => text } = options;
  const dir = await mkdtemp(join(tmpdir(), "thalassa-test-"));
  const keysDir = join(dir, "keys");
  const keys = ensureKeys(
    keysDir,
    allRights(kinds, clients).map((rights) => rights.user),
  );
  await writeFile(join(dir, "nats.conf"), conf(natsConf(kinds, clients)));
  const server = new TestServer(dir, keysDir, serverVariables(keys), options.sync ?? "1s");
  try {
    await server.restart();
    if (options.provisioned !== false) await provisionTest(server, kinds);
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

async function provisionTest(server: TestServer, kinds: readonly KindContract[]): Promise<void> {
  const operator = await server.connect(OPERATOR);
  await provision(operator, { kinds });
  await operator.close();
}

/** One nats-server that a test may kill, stop and bring back; gone with its files when disposed. */
export class TestServer {
  readonly keysDir: string;
  readonly #dir: string;
  readonly #sync: string;
  readonly #keyVariables: Readonly<Record<string, string>>;
  readonly #connections = new Set<NatsConnection>();
  #child: ChildProcess | undefined;
  #port = -1;

  constructor(dir: string, keysDir: string, keyVariables: Readonly<Record<string, string>>, sync: string) {
    this.#dir = dir;
    this.keysDir = keysDir;
    this.#keyVariables = keyVariables;
    this.#sync = sync;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** What a child process needs to reach this server. */
  get env(): Readonly<Record<string, string>> {
    return { THALASSA_URL: this.url, THALASSA_KEYS: this.keysDir };
  }

  /** A raw connection as that user; closed with the server at the latest. */
  async connect(user: string, name: string = user): Promise<NatsConnection> {
    const connection = await connect({
      servers: this.url,
      authenticator: nkeyAuthenticator(readSeed(this.keysDir, user)),
      inboxPrefix: inboxPrefix(user),
      name,
      reconnectTimeWait: 50,
      reconnectJitter: 20,
      maxReconnectAttempts: -1,
    });
    this.#connections.add(connection);
    return connection;
  }

  /** SIGKILL, as a crash would. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }

  /** SIGSTOP: there, but silent. */
  stop(): void {
    this.#child?.kill("SIGSTOP");
  }

  /** SIGCONT. */
  cont(): void {
    this.#child?.kill("SIGCONT");
  }

  /** Kills what runs and starts again on the same port and store. */
  async restart(): Promise<void> {
    await this.kill();
    program ??= findProgram();
    const settings = settingVariables({
      serverName: "test",
      host: "127.0.0.1",
      port: this.#port,
      monitorPort: 0,
      storeDir: join(this.#dir, "store"),
      sync: this.#sync,
    });
    const child = spawn(await program, ["-c", join(this.#dir, "nats.conf")], {
      env: { ...this.#keyVariables, ...settings },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#child = child;
    running.add(child);
    child.once("exit", () => running.delete(child));
    this.#port = await listeningPort(child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#connections].map((connection) => connection.close().catch(() => {})));
    await this.kill();
    await rm(this.#dir, { recursive: true, force: true });
  }
}

/** Reads the server's own words until it is ready; they are the failure's message otherwise. */
function listeningPort(child: ChildProcess): Promise<number> {
  const { stderr } = child;
  if (stderr === null) throw new Error("the server's stderr is not piped");
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const fail = (what: string) => {
      clearTimeout(timer);
      reject(new Error(`nats-server ${what}; it said:\n${said.join("\n")}`));
    };
    const timer = setTimeout(() => fail(`was not ready within ${START_MS} ms`), START_MS);
    child.once("error", (error) => fail(`did not start: ${error.message}`));
    child.once("exit", (code, signal) => fail(`ended with ${signal ?? code}`));
    let port: number | undefined;
    createInterface({ input: stderr }).on("line", (line) => {
      said.push(line);
      if (said.length > 50) said.shift();
      port ??= Number(/Listening for client connections on \S+:(\d+)/.exec(line)?.[1]) || undefined;
      if (port === undefined || !line.includes("Server is ready")) return;
      clearTimeout(timer);
      resolve(port);
    });
  });
}
