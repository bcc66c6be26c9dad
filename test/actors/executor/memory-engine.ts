import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect as dial } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { type Engine, EngineError, type EngineEvent, type Found, INSIDE, type Ran } from "#actors/executor/engine.ts";

type Place = { readonly dir: string; readonly mark: string; state: "up" | "kept" };

/**
 * An engine whose environments are two folders each, a workspace and a journal, and nothing that holds programs in: they are real ones, so that what
 * happens to them is real as well. Tests stop environments, and take the engine away and give it back.
 */
export class MemoryEngine implements Engine, Disposable {
  readonly name = "docker";
  readonly #root = mkdtempSync(join(tmpdir(), "thalassa-engine-"));
  readonly #places = new Map<string, Place>();
  readonly #listeners = new Set<(event: EngineEvent | undefined) => void>();
  /** What it was asked, in order. Shape: `up main-a`. */
  readonly asked: string[] = [];
  /** Why it cannot be used, while it cannot. */
  problem: string | undefined;
  /** Environments that are up and in which nothing more can be begun. */
  readonly crowded = new Set<string>();
  /** It takes as long as this to raise an environment. */
  raising: Promise<void> = Promise.resolve();

  async probe() {
    return this.problem === undefined ? { notes: ["in folders"] } : { problem: this.problem, notes: [] };
  }

  async list(): Promise<readonly Found[]> {
    this.#check();
    return [...this.#places].map(([env, { state }]) => ({ env, state, since: 0 }));
  }

  async up({ env }: { readonly env: string }, signal: AbortSignal) {
    this.#check();
    this.asked.push(`up ${env}`);
    await this.raising;
    signal.throwIfAborted();
    const before = this.#places.get(env);
    const place: Place = before ?? { dir: join(this.#root, env), mark: randomUUID(), state: "up" };
    place.state = "up";
    this.#places.set(env, place);
    mkdirSync(join(place.dir, "workspace"), { recursive: true });
    mkdirSync(join(place.dir, "journal"), { recursive: true });
    return { notes: ["in folders"], fresh: before === undefined };
  }

  async down(env: string, { keep }: { readonly keep: boolean }): Promise<void> {
    this.#check();
    this.asked.push(`down ${env}${keep ? "" : " for good"}`);
    this.#end(env);
    if (keep) return;
    const place = this.#places.get(env);
    if (place !== undefined) rmSync(place.dir, { recursive: true, force: true });
    this.#places.delete(env);
  }

  async run(env: string, argv: readonly string[], options: Parameters<Engine["run"]>[2]): Promise<Ran> {
    if (this.crowded.has(env)) {
      return { code: 2, stdout: Buffer.of(), stderr: Buffer.from("thalassa: 3: Cannot fork\n"), cut: false };
    }
    const child = this.#begin(env, argv, "pipe");
    const [stdout, stderr] = [collected(child.stdout), collected(child.stderr)];
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.stdin ?? "");
    const timer = setTimeout(() => child.kill("SIGKILL"), options.timeoutMs);
    const stop = (): void => void child.kill("SIGKILL");
    options.signal?.addEventListener("abort", stop, { once: true });
    const [code] = await once(child, "close");
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", stop);
    options.signal?.throwIfAborted();
    const most = options.maxBytes ?? Number.POSITIVE_INFINITY;
    const [out, err] = [Buffer.concat(stdout), Buffer.concat(stderr)];
    const cut = out.length > most || err.length > most;
    return { code: code ?? 137, stdout: out.subarray(0, most), stderr: err.subarray(0, most), cut };
  }

  async detach(env: string, argv: readonly string[]): Promise<void> {
    const child = this.#begin(env, argv, "ignore");
    child.unref();
    await once(child, "spawn");
  }

  async connect(_env: string, port: number): Promise<Duplex> {
    return dial(port, "127.0.0.1");
  }

  async *watch(signal: AbortSignal): AsyncGenerator<EngineEvent> {
    const waiting: (EngineEvent | undefined)[] = [];
    let wake = (): void => {};
    const hear = (event: EngineEvent | undefined): void => {
      waiting.push(event);
      wake();
    };
    this.#listeners.add(hear);
    const end = (): void => hear(undefined);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted || this.problem !== undefined) end();
    try {
      while (true) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        if (waiting.length === 0) await promise;
        const event = waiting.shift();
        if (event === undefined) return;
        yield event;
      }
    } finally {
      this.#listeners.delete(hear);
      signal.removeEventListener("abort", end);
    }
  }

  /** An environment stops behind everybody's back; its workspace stays. */
  stop(env: string, why: string): void {
    this.#end(env);
    for (const tell of this.#listeners) tell({ env, type: "stopped", why });
  }

  /** Something inside looks like a way out. */
  suspect(env: string, why: string): void {
    for (const tell of this.#listeners) tell({ env, type: "suspect", why });
  }

  /** An environment was started anew behind everybody's back: what ran is gone, and so is the journal. */
  restart(env: string): void {
    this.#end(env);
    const place = this.#places.get(env);
    if (place === undefined) return;
    place.state = "up";
    mkdirSync(join(place.dir, "journal"), { recursive: true });
  }

  /** The engine is gone, and with it whoever listened; what runs goes on. */
  leave(problem: string): void {
    this.problem = problem;
    for (const tell of this.#listeners) tell(undefined);
  }

  /** The folder of an environment's workspace. */
  workspace(env: string): string {
    return join(this.#root, env, "workspace");
  }

  /** Whether a program of an environment runs. */
  runs(env: string): boolean {
    const place = this.#places.get(env);
    return place !== undefined && pidsOf(place.mark).length > 0;
  }

  [Symbol.dispose](): void {
    for (const env of this.#places.keys()) this.#end(env);
    rmSync(this.#root, { recursive: true, force: true });
  }

  #check(): void {
    if (this.problem !== undefined) throw new EngineError("engine", this.problem);
  }

  #begin(env: string, argv: readonly string[], stdio: "pipe" | "ignore"): ChildProcess {
    this.#check();
    const place = this.#places.get(env);
    if (place?.state !== "up") throw new EngineError("gone", `there is no environment ${env}`);
    const [program = "", ...args] = argv.map((word) => this.#outside(place, word));
    const cwd = join(place.dir, "workspace");
    const vars = { PATH: process.env.PATH, HOME: cwd, MEMORY_ENGINE: place.mark };
    return spawn(program, args, { cwd, stdio, env: vars, detached: true });
  }

  /** Where something inside really is. */
  #outside({ dir }: Place, word: string): string {
    for (const [inside, folder] of [[INSIDE.workspace, "workspace"] as const, [INSIDE.journal, "journal"] as const]) {
      if (word === inside || word.startsWith(`${inside}/`)) return join(dir, folder) + word.slice(inside.length);
    }
    return word;
  }

  #end(env: string): void {
    const place = this.#places.get(env);
    if (place === undefined) return;
    place.state = "kept";
    this.crowded.delete(env);
    for (let pids = pidsOf(place.mark); pids.length > 0; pids = pidsOf(place.mark)) {
      for (const pid of pids) kill(pid);
    }
    rmSync(join(place.dir, "journal"), { recursive: true, force: true });
  }
}

/** The processes that carry a mark, which only this engine gives. */
function pidsOf(mark: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && carries(name, mark))
    .map(Number);
}

function carries(pid: string, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`).includes(`MEMORY_ENGINE=${mark}`);
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function collected(stream: ChildProcess["stdout"]): Buffer[] {
  const pieces: Buffer[] = [];
  stream?.on("data", (piece: Buffer) => pieces.push(piece));
  return pieces;
}
