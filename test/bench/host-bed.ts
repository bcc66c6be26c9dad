import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nameOf } from "#actors/executor/docker/names.ts";
import { engineOf } from "#actors/executor/engines.ts";
import { type ExecutorOptions, executorOptionsFrom } from "#actors/executor/options.ts";
import { readSeed } from "#deploy/keys.ts";
import { Client } from "#runtime/client.ts";
import { postMail } from "#runtime/nats-bus.ts";
import { executorContract } from "#subjects/executor.ts";
import { type Address, addressOf, OPERATOR } from "#subjects/mod.ts";
import type { OrderVerb } from "#subjects/order.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import { type KindProcess, spawnKind } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import type { TestServer } from "#support/server.ts";
import { workspaceImage } from "#support/workspace-image.ts";

const HOST = "bench";

/** An order without an answer for so long is lost. Units: ms. */
const LOST_MS = 60_000;

/** Small, so that a hundred of them fit. */
const BOUNDS = { cpus: 1, memoryMb: 256, pids: 64, diskMb: 64 } as const;

/** Room for all that a bench raises. */
const ROOM = { THALASSA_EXECUTOR_ENVIRONMENTS: "128" } as const;

/** A host with Docker that is ordered about as a job would; all that it made is gone when disposed. */
export class HostBed implements AsyncDisposable {
  readonly process: KindProcess;
  readonly #client: Client;
  readonly #dir: string;
  readonly #options: ExecutorOptions;
  readonly #waiting = new Map<string, (event: string) => void>();
  readonly #closing = new AbortController();
  #orders = 0;

  private constructor(client: Client, process: KindProcess, dir: string, options: ExecutorOptions) {
    this.#client = client;
    this.process = process;
    this.#dir = dir;
    this.#options = options;
    client.wire.nc.subscribe(`thalassa.${EXECUTOR}.log.*`, {
      callback: (error, message) => {
        if (error !== null) return;
        const { order } = message.json<{ order?: string }>();
        const event = message.subject.split(".").at(-1) ?? "";
        if (event === "raised" || event === "finished" || event === "declined") this.#waiting.get(`${order}`)?.(event);
      },
    });
  }

  /** Starts an executor on a server, and waits until it takes environments. `env` adds to what it is started with. */
  static async make(server: TestServer, env: Readonly<Record<string, string>> = {}): Promise<HostBed> {
    await workspaceImage();
    const dir = await mkdtemp(join(tmpdir(), "thalassa-bench-"));
    const where = { THALASSA_HOME: dir, THALASSA_HOST: HOST, THALASSA_API_PREFIX: apiPrefix("HANDS") };
    const how = { THALASSA_EXECUTOR_ENGINE: "docker", THALASSA_PREVIEW_PORT: "0", THALASSA_LOG: "info" };
    const seed = readSeed(server.keysDir, OPERATOR);
    const client = await Client.connect({ url: server.url, user: OPERATOR, seed, name: "bench" });
    const all = { ...where, ...how, ...ROOM, ...env };
    const bed = new HostBed(client, spawnKind("executor", server, all), dir, executorOptionsFrom(all, HOST));
    await eventually(() => client.entry("VIEWS", `hosts.main.${HOST}`), hasRoom, LOST_MS);
    return bed;
  }

  /** Has an environment there. Units: ms until it is told of. */
  async up(env: string): Promise<number> {
    return await this.#order(env, "up", { bounds: BOUNDS });
  }

  /** Runs a line of shell. Units: ms until its result is told. */
  exec(env: string, line: string): Promise<number> {
    return this.#order(env, "exec", { argv: ["bash", "-c", line], timeoutMs: LOST_MS });
  }

  /** The same by the `docker` program, in the same environment. Units: ms. */
  async byHand(env: string, line: string): Promise<number> {
    const startedAt = performance.now();
    const child = spawn("docker", ["exec", nameOf(env), "bash", "-c", line], { stdio: "ignore" });
    const [code] = await once(child, "exit");
    if (code !== 0) throw new Error(`docker exec ended with ${code}`);
    return performance.now() - startedAt;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.process.leave();
    // Jobs leave their workspaces behind, to be thrown away another day.
    const engine = await engineOf(this.#options);
    for (const { env } of await engine.list()) await engine.down(env, { keep: false });
    await this.#client[Symbol.asyncDispose]();
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #order(env: string, verb: OrderVerb, data: object): Promise<number> {
    this.#orders += 1;
    const order = `${jobOf(env)}:${this.#orders}`;
    const told = this.#told(order);
    const startedAt = performance.now();
    await this.#send(env, verb, { ...data, order });
    const event = await told;
    if (event === "declined") throw new Error(`${env} was declined`);
    return performance.now() - startedAt;
  }

  async #told(key: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const lost = setTimeout(() => reject(new Error(`${key}: nothing within ${LOST_MS} ms; an order is lost`)), LOST_MS);
    this.#waiting.set(key, resolve);
    return await promise.finally(() => {
      clearTimeout(lost);
      this.#waiting.delete(key);
    });
  }

  async #send(env: string, verb: OrderVerb, data: { readonly order: string }): Promise<void> {
    const id = `${data.order}:${verb}`;
    const mail = { to: EXECUTOR, verb, data: { ...data, env }, id, at: Date.now(), version: 1 };
    await postMail(this.#client.wire, { ...mail, from: jobOf(env), correlation: id, trace: "" }, this.#closing.signal);
  }
}

const EXECUTOR = addressOf("main", executorContract.kind, HOST);

function jobOf(env: string): Address {
  return addressOf("main", "worker", env);
}

function hasRoom(entry: unknown): boolean {
  return typeof entry === "object" && entry !== null && "free" in entry && Number(entry.free) > 0;
}
