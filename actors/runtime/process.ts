import { randomBytes } from "node:crypto";
import { fstatSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";
import { encodeToken, KINDS, type KindContract } from "#subjects/mod.ts";
import { scrubberOf, secretValues } from "#subjects/scrub.ts";
import type { AnyKind } from "./actor.ts";
import { type ProcessStatus, serveAsks } from "./asks.ts";
import { type Entry, entriesOf, entryText } from "./bucket-entry.ts";
import { Client } from "./client.ts";
import { BusUnreachable, connectToBus } from "./connection.ts";
import { Hearing } from "./hearing.ts";
import { Host } from "./host.ts";
import { jsonLogger, type Logger } from "./logger.ts";
import type { HostOptions } from "./options.ts";
import { type SharedEntries, sharedEntries } from "./shared-entries.ts";
import { Wire } from "./wire.ts";

const milliseconds = z.coerce.number().positive().optional();

/** What every process reads from its environment. */
const environmentSchema = z.object({
  THALASSA_URL: z.string().min(1),
  /** File with the nkey seed of the process's user. */
  THALASSA_KEY: z.string().min(1),
  /** Where the user's account has imported JetStream, if it is not at home there. */
  THALASSA_API_PREFIX: z.string().min(1).optional(),
  /** The name of this host on the bus, where it is not to be the machine's own; no two hosts have the same. */
  THALASSA_HOST: z.string().min(1).default(hostname()),
  THALASSA_LOG: z.enum(["debug", "info", "warn", "error"]).default("info"),
  THALASSA_IDLE_MS: milliseconds,
  THALASSA_ACK_WAIT_MS: milliseconds,
  THALASSA_GRACE_MS: milliseconds,
});

/** What is read for all steps of a process no single one gives up; it ends with the connection. */
const NEVER = new AbortController().signal;

/** Exit code for a bus that cannot be reached or does not let us in. */
const EXIT_NO_BUS = 3;

/** What a process does on the bus, once it is ready. */
export type Service = {
  /** Told in the log line that says `ready`. */
  readonly told?: Readonly<Record<string, unknown>>;
  /** Ends it in good order, while the connection still stands. */
  stop(): Promise<void>;
};

/** What the process of a kind offers to its `perform`. */
export type KindOffers = {
  readonly logger: Logger;
  /** The host it runs on, as a token: the id of the actors that belong to it. */
  readonly host: string;
  /** What all actors of another kind tell in passing, as far as the kind's contract says that it `hears` them. */
  glimpses(kind: string): Hearing;
  /** The entries of a bucket that the kind's contract lets it keep. */
  entries(bucket: string): SharedEntries;
  /** The text of an entry that the kind's contract lets it read; asks until the bus answers. Throws: NotAllowed; Closed. */
  entryText(bucket: string, key: string): Promise<string | undefined>;
  /**
   * The entries of a bucket that the kind's contract lets it list, by a pattern of keys; asks until the bus answers.
   * Throws: NotAllowed; Closed.
   */
  entriesOf(bucket: string, pattern: string): Promise<readonly Entry[]>;
};

/** What a process begins with. */
type Beginning = {
  readonly name: string;
  readonly wire: Wire;
  readonly logger: Logger;
  /** Takes the secrets of this process out of a text that leaves it. */
  readonly scrub: (text: string) => string;
  readonly environment: z.output<typeof environmentSchema>;
};

/**
 * Runs a process of a kind until it is told to stop (SIGTERM, SIGINT, or the end of a pipe on its standard
 * input, by which it learns that its supervisor died). Hands everything over in good order then. Logs JSON lines to standard output.
 * After a crash: another process of the kind, or the next one started, goes on from the logs.
 */
export function runKind(kind: AnyKind, contracts: readonly KindContract[] = KINDS): Promise<void> {
  return runKindOf(kind.contract, () => kind, contracts);
}

/** Runs a process of a kind that stands on what its process offers, under the same rules as `runKind`. */
export function runKindOf(
  { kind: user }: KindContract,
  make: (offers: KindOffers) => AnyKind | Promise<AnyKind>,
  contracts: readonly KindContract[] = KINDS,
): Promise<void> {
  return runProcess(user, async ({ name, wire, logger, scrub, environment }) => {
    const kind = await make({
      logger,
      host: encodeToken(environment.THALASSA_HOST),
      glimpses: (other) => new Hearing(wire, other, ["live"]),
      entries: (bucket) => sharedEntries(wire, bucket),
      entryText: (bucket, key) => entryText(wire, bucket, key, NEVER),
      entriesOf: (bucket, pattern) => entriesOf(wire, bucket, pattern, NEVER),
    });
    const host = await Host.start(wire, kind, { ...optionsOf(name, environment), scrub }, logger, contracts);
    await serveAsks(wire, kind, host, logger, () => statusOf(name, environment.THALASSA_HOST, host));
    return { stop: () => host.stop() };
  });
}

/** Runs a process that is no actor's but a client of the bus, under the same rules as `runKind`. */
export function runClient(
  user: string,
  serve: (client: Client, name: string, logger: Logger) => Promise<Service>,
): Promise<void> {
  return runProcess(user, ({ name, wire, logger }) => serve(new Client(wire), name, logger));
}

async function runProcess(user: string, start: (beginning: Beginning) => Promise<Service>): Promise<void> {
  const environment = environmentSchema.parse(process.env);
  const name = `${user}-${process.pid}-${randomBytes(3).toString("hex")}`;
  const scrub = scrubberOf(secretValues(process.env));
  const logger = jsonLogger(name, environment.THALASSA_LOG, scrub);
  try {
    const wire = await reach(user, name, environment);
    const service = await start({ name, wire, logger, scrub, environment });
    logger.info({ event: "ready", pid: process.pid, ...service.told }, `${user} is ready`);
    stopOnSignal(service, wire, logger);
  } catch (error) {
    logger.error({ event: "failed", err: error }, error instanceof Error ? error.message : String(error));
    process.exit(error instanceof BusUnreachable ? EXIT_NO_BUS : 1);
  }
}

async function reach(user: string, name: string, environment: z.output<typeof environmentSchema>): Promise<Wire> {
  const seed = new TextEncoder().encode(readFileSync(environment.THALASSA_KEY, "utf8").trim());
  const connection = await connectToBus({ url: environment.THALASSA_URL, user, seed, name });
  return Wire.over(connection, environment.THALASSA_API_PREFIX);
}

function optionsOf(name: string, environment: z.output<typeof environmentSchema>): HostOptions {
  const { THALASSA_IDLE_MS: idleMs, THALASSA_ACK_WAIT_MS: ackWaitMs, THALASSA_GRACE_MS: graceMs } = environment;
  return {
    process: name,
    host: environment.THALASSA_HOST,
    ...(idleMs === undefined ? {} : { idleMs }),
    ...(ackWaitMs === undefined ? {} : { ackWaitMs }),
    ...(graceMs === undefined ? {} : { graceMs }),
  };
}

function statusOf(name: string, hostName: string, host: Host): ProcessStatus {
  const memoryBytes = process.memoryUsage.rss();
  return { process: name, host: hostName, pid: process.pid, ...host.status, memoryBytes };
}

function stopOnSignal(service: Service, wire: Wire, logger: Logger): void {
  let stopping = false;
  const stop = (reason: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ event: "stopping", reason }, "handing over");
    void service
      .stop()
      .then(() => wire.nc.drain())
      .catch((error: unknown) => logger.warn({ err: error }, "could not hand everything over"))
      .finally(() => {
        logger.info({ event: "stopped" }, "stopped");
        process.exit(0);
      });
  };
  void wire.nc.closed().then((error) => {
    if (stopping) return;
    logger.error({ event: "failed", err: error }, "the connection to the bus is closed for good; start it again");
    process.exit(EXIT_NO_BUS);
  });
  process.on("SIGTERM", () => stop("told to"));
  process.on("SIGINT", () => stop("told to"));
  const stdin = fstatSync(0);
  if (!stdin.isFIFO() && !stdin.isSocket()) return;
  process.stdin.on("end", () => stop("its supervisor is gone"));
  process.stdin.on("error", () => {}).resume();
}
