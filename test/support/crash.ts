import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { TestServer } from "./server.ts";

/** A process that does not say that it is ready within this time has failed. Units: ms. */
const READY_MS = 20_000;

/** The Node that the project runs on, also where a test was started by another one. */
const NODE = process.execPath;

/** One line of a process's own log, as pino writes it. Units: `time` ms since 1970. */
export type LogLine = Readonly<Record<string, unknown>> & {
  readonly time: number;
  readonly level: number;
  readonly msg: string;
  readonly process: string;
};

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/**
 * Starts a process of a kind on a test server. It dies with the test at the latest: killed at its end, and told by the
 * end of its standard input if the test itself is killed. `env` adds to what the process needs to reach the server.
 */
export function spawnKind(
  kind: string,
  server: TestServer,
  env: Readonly<Record<string, string>> = {},
  mainPath: string = `actors/${kind}/main.ts`,
): KindProcess {
  const child = spawn(NODE, [resolve(mainPath)], {
    env: {
      PATH: process.env.PATH,
      THALASSA_URL: server.url,
      THALASSA_KEY: join(server.keysDir, `${kind}.nk`),
      THALASSA_LOG: "debug",
      ...env,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  return new KindProcess(kind, child);
}

/** The pid in the name that a process has on the bus. Shape: 4711 of `channel-4711-a1b2c3`. */
export function pidOf(name: string): number {
  return Number(name.split("-")[1]);
}

/** One process of a kind that a test may kill, stop and let go on; gone when disposed. */
export class KindProcess {
  readonly kind: string;
  readonly #child: ChildProcess;
  readonly #lines: LogLine[] = [];
  readonly #garbled: string[] = [];
  readonly #ready = Promise.withResolvers<void>();
  #stopped = false;

  constructor(kind: string, child: ChildProcess) {
    this.kind = kind;
    this.#child = child;
    running.add(child);
    this.#ready.promise.catch(() => {});
    child.stdin?.on("error", () => {});
    child.once("error", (error) => this.#fail(error.message));
    child.once("exit", (code, signal) => {
      running.delete(child);
      this.#fail(`it ended with ${signal ?? code}`);
    });
    if (child.stdout !== null) createInterface({ input: child.stdout }).on("line", (line) => this.#read(line));
    if (child.stderr !== null) createInterface({ input: child.stderr }).on("line", (line) => this.#garbled.push(line));
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Everything it has logged so far. */
  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  /** What it wrote that is no log line: an uncaught error, a warning of Node. */
  get garbled(): readonly string[] {
    return this.#garbled;
  }

  /** Whether it exists, be it stopped. */
  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Whether it was sent SIGSTOP and not yet SIGCONT. */
  get isStopped(): boolean {
    return this.#stopped && this.isAlive;
  }

  /** Resolves when it serves. Throws: with its own last words when it ends first or takes too long. */
  async ready(): Promise<void> {
    const timer = setTimeout(() => this.#fail(`it was not ready within ${READY_MS} ms`), READY_MS);
    await this.#ready.promise.finally(() => clearTimeout(timer));
  }

  /** SIGKILL, as a crash would; also a stopped process dies of it. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** SIGTERM: it hands over in good order and ends. */
  async leave(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** Its standard input ends, as when whoever started it is killed. */
  abandon(): void {
    this.#child.stdin?.end();
  }

  /** SIGSTOP: there, but silent. */
  stop(): void {
    this.#stopped = true;
    this.#child.kill("SIGSTOP");
  }

  /** SIGCONT: a zombie that knows nothing of what happened since. */
  cont(): void {
    this.#stopped = false;
    this.#child.kill("SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    if (!this.isAlive) return;
    const ended = once(this.#child, "close");
    this.#child.kill(signal);
    await ended;
  }

  #read(line: string): void {
    const parsed = parseLine(line);
    if (parsed === undefined) {
      this.#garbled.push(line);
      return;
    }
    this.#lines.push(parsed);
    if (parsed.event === "ready") this.#ready.resolve();
  }

  #fail(what: string): void {
    const words = [...this.#lines.slice(-5).map((line) => line.msg), ...this.#garbled.slice(-20)];
    this.#ready.reject(new Error(`process of ${this.kind} did not start: ${what}; it said:\n${words.join("\n")}`));
  }
}

function parseLine(line: string): LogLine | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === "object" && parsed !== null && "msg" in parsed ? (parsed as LogLine) : undefined;
  } catch {
    return undefined;
  }
}
