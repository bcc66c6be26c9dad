import { setTimeout as delay } from "node:timers/promises";
import { EngineError, type Ran, type RunOptions } from "#actors/executor/engine.ts";
import { type Daemon, wordsOf } from "./daemon.ts";
import { type Begun, begin, codeOf, killMarked } from "./exec.ts";
import { framesOf } from "./frames.ts";

/** What is kept of each output where nobody says how much. */
const MAX_BYTES = 8 * 1024 * 1024;

/** How much later than inside it is ended from outside, and how long it may take to be gone then. Units: ms. */
const GRACE = { mark: 1_000, end: 10_000 } as const;

/** What a program ends with that was killed. */
const KILLED = 137;

/**
 * Runs a program to its end, its time (it ends with 137 then), or the signal. Throws: EngineError; the reason of the signal.
 * After a crash: what it runs ends inside when its time is over.
 */
export async function run(daemon: Daemon, env: string, argv: readonly string[], options: RunOptions): Promise<Ran> {
  options.signal?.throwIfAborted();
  const begun = await begin(daemon, env, timed(argv, options), options.stdin !== undefined);
  if (options.stdin !== undefined) begun.wire.end(options.stdin);
  const stop = stopper(daemon, env, begun, options);
  const [stdout, stderr] = [collector(options.maxBytes), collector(options.maxBytes)];
  try {
    for await (const { from, data } of framesOf(begun.wire)) (from === "stdout" ? stdout : stderr).add(data);
  } catch (error) {
    if (!stop.gaveUp())
      throw new EngineError("engine", `Docker was lost in a run: ${wordsOf(error)}`, { cause: error });
  } finally {
    stop[Symbol.dispose]();
  }
  options.signal?.throwIfAborted();
  const code = stop.gaveUp() ? KILLED : await codeOf(begun);
  requireBegun(env, code, stdout.kept());
  return { code, stdout: stdout.kept(), stderr: stderr.kept(), cut: stdout.cut() || stderr.cut() };
}

/** Where no program can be begun any more, as at the bound of processes, Docker says so as if the program did. */
function requireBegun(env: string, code: number, stdout: Buffer): void {
  if (code < 126 || code > 128 || !stdout.subarray(0, 100).includes("OCI runtime exec failed")) return;
  const said = stdout.toString().trim().slice(0, 300);
  throw new EngineError(
    "refused",
    `nothing more can be begun in ${env}; end what runs in it, or take it down: ${said}`,
  );
}

/** The folder is entered inside: as it is written it may be a link to anywhere, which Docker would follow from outside. */
function timed(argv: readonly string[], { timeoutMs, cwd }: RunOptions): readonly string[] {
  const limited = ["timeout", "-s", "KILL", `${timeoutMs / 1_000}`, ...argv];
  return cwd === undefined ? limited : ["sh", "-c", 'cd -- "$0" && exec "$@"', cwd, ...limited];
}

/** Ends what outlives its time or is not wanted any more, and the wire where even that does not help. */
function stopper(daemon: Daemon, env: string, { wire, mark }: Begun, { timeoutMs, signal }: RunOptions) {
  const over = new AbortController();
  let gaveUp = false;
  const end = async (): Promise<void> => {
    await killMarked(daemon, env, mark);
    await delay(GRACE.end, undefined, { signal: over.signal });
    gaveUp = true;
    wire.destroy();
  };
  const soon = (): void => void end().catch(() => {});
  const timer = setTimeout(soon, timeoutMs + GRACE.mark);
  signal?.addEventListener("abort", soon, { signal: over.signal });
  return {
    gaveUp: () => gaveUp,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      over.abort();
    },
  };
}

/** Keeps the first bytes of an output and counts on. */
function collector(maxBytes = MAX_BYTES) {
  const pieces: Buffer[] = [];
  let room = maxBytes;
  let cut = false;
  return {
    add: (data: Buffer): void => {
      cut ||= data.length > room;
      if (room > 0) pieces.push(data.subarray(0, room));
      room -= Math.min(room, data.length);
    },
    kept: () => Buffer.concat(pieces),
    cut: () => cut,
  };
}
