import { fileURLToPath } from "node:url";
import type { NatsConnection } from "@nats-io/transport-node";
import { readSeed } from "#deploy/keys.ts";
import { Client } from "#runtime/client.ts";
import { type KindContract, OPERATOR } from "#subjects/mod.ts";
import { type KindProcess, spawnKind } from "#support/crash.ts";
import { startServer, type TestServer } from "#support/server.ts";
import { BENCH_KINDS, speakerContract } from "./rival.ts";
import { Speaker } from "./speaker.ts";

/** A model that answers at once, and a process that logs little. */
const AT_ONCE = { THALASSA_OFFLINE_PACE_MS: "0", THALASSA_LOG: "info" } as const;

const PIPELINE = fileURLToPath(new URL("./pipeline.ts", import.meta.url));

const STAND_IN = fileURLToPath(new URL("./stand-in.ts", import.meta.url));

/** A server of its own with a speaker, and the processes a bench starts on it; all gone when disposed. */
export class Bed implements AsyncDisposable {
  readonly server: TestServer;
  readonly speaker: Speaker;
  readonly #started: KindProcess[] = [];
  #operator: Promise<NatsConnection> | undefined;

  private constructor(server: TestServer, speaker: Speaker) {
    this.server = server;
    this.speaker = speaker;
  }

  /** Starts the server and connects. */
  static async make(kinds: readonly KindContract[] = BENCH_KINDS): Promise<Bed> {
    const server = await startServer({ kinds, clients: [speakerContract] });
    return new Bed(server, await Speaker.connect(server));
  }

  /** A connection that may look at everything. */
  operator(): Promise<NatsConnection> {
    this.#operator ??= this.server.connect(OPERATOR);
    return this.#operator;
  }

  /** A client that may do everything. */
  client(): Promise<Client> {
    const { url, keysDir } = this.server;
    return Client.connect({ url, user: OPERATOR, seed: readSeed(keysDir, OPERATOR), name: "bench" });
  }

  /** A process of channels that is ready. `env` adds to a model that answers at once. */
  startChannel(env: Readonly<Record<string, string>> = {}): Promise<KindProcess> {
    return this.startKind("channel", env);
  }

  /** A process of any kind that is ready. */
  startKind(kind: string, env: Readonly<Record<string, string>> = {}): Promise<KindProcess> {
    return this.#start(spawnKind(kind, this.server, { ...AT_ONCE, ...env }));
  }

  /** The stand-in for a model's server, as a process of its own. Gives where it listens. */
  async startStandIn(): Promise<string> {
    const { lines } = await this.#start(spawnKind(OPERATOR, this.server, {}, STAND_IN));
    return `${lines.find(({ event }) => event === "ready")?.url}`;
  }

  /** A process of the hand-written pipeline, with its share of the partitions. */
  startRival(index = 0, of = 1): Promise<KindProcess> {
    return this.#start(spawnKind("rival", this.server, { RIVAL_SHARE: `${index}/${of}` }, PIPELINE));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#started.map((process) => process.kill()));
    await this.speaker[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }

  async #start(process: KindProcess): Promise<KindProcess> {
    this.#started.push(process);
    await process.ready();
    return process;
  }
}
