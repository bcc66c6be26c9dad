import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { readChildLine, type SaidByChild } from "./child-line.ts";

/** A program to keep running. */
export type Program = {
  /** What people call it. Shape: `channel`, `channel 2`, `bus`. */
  readonly name: string;
  readonly launch: () => ChildProcess;
  /** Resolves when a launched one can be used; where it is left out, the child says `ready` itself. */
  readonly probe?: (signal: AbortSignal) => Promise<void>;
  /** How long it has to end when it is told to, where that is not the supervisor's own figure. Units: ms. */
  readonly stopMs?: number;
  /** After so many ends before it could ever be used it is not started again. */
  readonly hopelessAfter?: number;
};

/** A program that ends again and again before it can be used. */
export class Hopeless extends Error {
  override readonly name = "Hopeless";
}

/** What happens to a supervised program. */
export type ProgramEvent = { readonly name: string } & (
  | { readonly type: "started"; readonly pid: number }
  | { readonly type: "ready"; readonly pid: number; readonly again: boolean }
  | { readonly type: "said"; readonly line: SaidByChild }
  | { readonly type: "died"; readonly how: string; readonly againInMs: number }
  | { readonly type: "stopped"; readonly forced: boolean }
);

/** Waits before it is started again: none the first time, then doubling up to the most; forgotten after a good while. */
const BACKOFF = { firstMs: 250, mostMs: 5_000, forgottenAfterMs: 30_000 } as const;

/** How long to wait before the next start, after so many deaths in a row. Units: ms. */
export function backoffMs(deaths: number): number {
  return deaths <= 1 ? 0 : Math.min(BACKOFF.firstMs * 2 ** (deaths - 2), BACKOFF.mostMs);
}

/** One program kept running: started again whenever it dies, until it is stopped. */
export class Supervised {
  readonly #program: Program;
  readonly #tell: (event: ProgramEvent) => void;
  readonly #closing = new AbortController();
  readonly #firstReady = Promise.withResolvers<void>();
  #child: ChildProcess | undefined;
  #startedAt = 0;
  #deaths = 0;
  #wasReady = false;

  constructor(program: Program, tell: (event: ProgramEvent) => void) {
    this.#program = program;
    this.#tell = tell;
    this.#firstReady.promise.catch(() => {});
  }

  get name(): string {
    return this.#program.name;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it; resolves when it can be used for the first time. Throws: Hopeless; Error when it is stopped before. */
  start(): Promise<void> {
    this.#launch();
    return this.#firstReady.promise;
  }

  /** Ends it for good: asks, and insists after the program's own time or `mostMs`. */
  async stop(mostMs: number): Promise<void> {
    this.#closing.abort();
    this.#firstReady.reject(new Error(`${this.name} was stopped before it was ready`));
    const child = this.#child;
    if (child === undefined || isOver(child)) return;
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    const insist = setTimeout(() => child.kill("SIGKILL"), this.#program.stopMs ?? mostMs);
    await exited;
    clearTimeout(insist);
    this.#tell({ type: "stopped", name: this.name, forced: child.signalCode === "SIGKILL" });
  }

  /** Has it end in good order; it is started again like one that died. */
  restart(): void {
    this.#child?.kill("SIGTERM");
  }

  /** Ends it at once, when somebody cannot wait. */
  kill(): void {
    this.#closing.abort();
    this.#child?.kill("SIGKILL");
  }

  #launch(): void {
    const child = this.#program.launch();
    this.#child = child;
    this.#startedAt = performance.now();
    const words: string[] = [];
    child.once("error", (error) => this.#died(child, `cannot be started: ${error.message}`));
    child.once("exit", (code, signal) => setImmediate(() => this.#died(child, lastWords(code, signal, words))));
    if (child.stdout) createInterface({ input: child.stdout }).on("line", (line) => this.#hear(child, line));
    if (child.stderr) {
      createInterface({ input: child.stderr }).on("line", (line) => {
        words.push(line);
        if (words.length > MAX_WORDS) words.shift();
      });
    }
    child.stdin?.on("error", () => {});
    if (child.pid === undefined) return;
    this.#tell({ type: "started", name: this.name, pid: child.pid });
    void this.#probe(child);
  }

  async #probe(child: ChildProcess): Promise<void> {
    if (this.#program.probe === undefined) return;
    const gone = new AbortController();
    child.once("exit", () => gone.abort());
    try {
      await this.#program.probe(AbortSignal.any([gone.signal, this.#closing.signal]));
      this.#ready(child);
    } catch {
      // It died or is being stopped, which is told where it happens.
    }
  }

  #hear(child: ChildProcess, text: string): void {
    const line = readChildLine(text);
    if (line.event === "ready" && this.#program.probe === undefined) this.#ready(child);
    else this.#tell({ type: "said", name: this.name, line });
  }

  #ready(child: ChildProcess): void {
    this.#tell({ type: "ready", name: this.name, pid: child.pid ?? 0, again: this.#wasReady });
    this.#wasReady = true;
    this.#firstReady.resolve();
  }

  #died(child: ChildProcess, how: string): void {
    if (this.#child !== child || this.#closing.signal.aborted) return;
    this.#child = undefined;
    if (performance.now() - this.#startedAt > BACKOFF.forgottenAfterMs) this.#deaths = 0;
    this.#deaths++;
    if (!this.#wasReady && this.#deaths === this.#program.hopelessAfter) {
      this.#firstReady.reject(new Hopeless(`ended ${this.#deaths} times before it was ready, ${how}`));
      return;
    }
    const againInMs = backoffMs(this.#deaths);
    this.#tell({ type: "died", name: this.name, how, againInMs });
    void delay(againInMs, undefined, { signal: this.#closing.signal }).then(
      () => this.#launch(),
      () => {},
    );
  }
}

/** Most lines of standard error kept to explain a death. */
const MAX_WORDS = 20;

function isOver(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

function lastWords(code: number | null, signal: NodeJS.Signals | null, words: readonly string[]): string {
  const end = signal === null ? `ended with ${code}` : `killed by ${signal}`;
  const said = words.find((line) => /\w*Error\b.*:/.test(line)) ?? words.at(-1);
  return said === undefined ? end : `${end}: ${said.trim()}`;
}
