import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Duplex, Readable } from "node:stream";
import { EngineError, INSIDE, type Ran, type RunOptions } from "#actors/executor/engine.ts";
import { enteringArgv } from "./entering.ts";
import { type Holder, holderOf } from "./holder.ts";
import { VARIABLES } from "./inside-tree.ts";
import { isAlive } from "./os-process.ts";
import type { Place } from "./place.ts";

/** What is kept of each output where nobody says how much. Units: bytes. */
const MAX_BYTES = 8 * 1024 * 1024;

/** How much later than inside it is ended from outside. Units: ms. */
const GRACE_MS = 3_000;

/** What a program ends with that was killed. */
const KILLED = 137;

/** Says that the way in is behind it, and becomes the program. */
const ENTERED = `echo >&3; exec 3>&-; cd -- "$0" && exec "$@"`;

/** Begins a program that is left alone; with no such program it ends with 127. */
const LEFT_ALONE = `command -v -- "$1" >/dev/null || exit 127
setsid -f "$@" </dev/null >/dev/null 2>&1`;

/**
 * Runs a program to its end, its time (it ends with 137 then), or the signal. Throws: EngineError; the reason of the signal.
 * After a crash: what it runs is told to end, as its way in was this process's child.
 */
export async function run(place: Place, argv: readonly string[], options: RunOptions): Promise<Ran> {
  const { signal, stdin, timeoutMs, maxBytes = MAX_BYTES } = options;
  signal?.throwIfAborted();
  const holder = await mustHold(place);
  const child = spawned(place, holder, timed(argv, options));
  const over = () => child.kill("SIGKILL");
  const timer = setTimeout(over, timeoutMs + GRACE_MS);
  signal?.addEventListener("abort", over);
  const [stdout, stderr] = [collected(child.stdout, maxBytes), collected(child.stderr, maxBytes)];
  const way = child.stdio[3] as Duplex;
  way.end();
  const entered = collected(way, 1);
  const closed = once(child, "close").catch(() => undefined);
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(stdin);
  try {
    const code = await exitOf(child);
    // What a program left behind may hold its outputs open: what it wrote itself is there.
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 200))]);
    signal?.throwIfAborted();
    if (entered.kept().length === 0) throw await whyNot(place, holder, stderr.kept());
    if (code !== 0 && !(await isAlive(holder.init))) throw ended(place);
    return { code: code ?? KILLED, stdout: stdout.kept(), stderr: stderr.kept(), cut: stdout.cut() || stderr.cut() };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", over);
    for (const stream of [child.stdout, child.stderr, way]) stream?.destroy();
  }
}

/** Begins a program and leaves it alone. Throws: EngineError. */
export async function detach(place: Place, argv: readonly string[]): Promise<void> {
  const { code } = await run(place, ["sh", "-c", LEFT_ALONE, "begin", ...argv], { timeoutMs: 10_000 });
  if (code !== 0) throw new EngineError("refused", `${argv[0]} cannot be begun in ${place.env} (${code})`);
}

/** Who holds an environment. Throws: EngineError `gone` where nobody does. */
export async function mustHold(place: Place): Promise<Holder> {
  const holder = await holderOf(place);
  if (holder !== undefined) return holder;
  throw new EngineError("gone", `no environment ${place.env} runs; raise it`);
}

function spawned(place: Place, holder: Holder, argv: readonly string[]): ChildProcess {
  const [file = "", ...args] = enteringArgv(place, holder, argv);
  // A session of its own: no terminal of this host can be written to from inside.
  return spawn(file, args, { env: VARIABLES, cwd: "/", detached: true, stdio: ["pipe", "pipe", "pipe", "pipe"] });
}

/** What the way in, or the program behind it, ended with. Throws: EngineError where there is no way in. */
async function exitOf(child: ChildProcess): Promise<number | null> {
  try {
    const [code] = (await once(child, "exit")) as [number | null];
    return code;
  } catch (cause) {
    throw new EngineError("engine", "no program of this host leads in; util-linux is missing", { cause });
  }
}

function timed(argv: readonly string[], { timeoutMs, cwd = INSIDE.workspace }: RunOptions): readonly string[] {
  return ["sh", "-c", ENTERED, cwd, "timeout", "-k", "1", "-s", "KILL", `${timeoutMs / 1_000}`, ...argv];
}

/** A way in that failed is told from a program that did. */
async function whyNot(place: Place, { init }: Holder, stderr: Buffer): Promise<EngineError> {
  if (!(await isAlive(init))) return ended(place);
  const said = stderr.subarray(0, 300).toString().trim();
  return new EngineError("refused", `${place.env} cannot be entered: ${said}; end what runs in it`);
}

function ended({ env }: Place): EngineError {
  return new EngineError("gone", `${env} ended while a program ran in it; raise it`);
}

/** Keeps the first bytes of an output and counts on. */
function collected(stream: Readable | null, maxBytes: number) {
  const pieces: Buffer[] = [];
  let room = maxBytes;
  let cut = false;
  stream?.on("data", (data: Buffer) => {
    cut ||= data.length > room;
    if (room > 0) pieces.push(data.subarray(0, room));
    room -= Math.min(room, data.length);
  });
  return { kept: () => Buffer.concat(pieces), cut: () => cut };
}
