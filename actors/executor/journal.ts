import { createHash, randomBytes } from "node:crypto";
import { requireRoom } from "./crowded.ts";
import { type Engine, EngineError, INSIDE, type Ran, type RunOptions } from "./engine.ts";
import { BEGIN, BOOT, FOLLOW, KEEP, KILL } from "./keeper.ts";

/** Most of each output that is kept inside. Units: bytes. */
export const KEPT_BYTES = 16 * 1024 * 1024;

/** The file-size bound of a shell counts in these. Units: bytes. */
const BLOCK_BYTES = 512;

/** Most of each output that one look brings. Units: bytes. */
const MOST_BYTES = 32 * 1024;

/** How much of the beginning, and of the end, of an output is brought once it has ended. Units: bytes. */
export const ENDS_BYTES = { first: 24 * 1024, last: 12 * 1024 } as const;

/** How long a script of ours may take besides what it waits for. Units: ms. */
const SCRIPT_MS = 30_000;

/** How often a look is taken before it says that there is nothing new: about four seconds. */
const LOOKS = 30;

/** Which program of which life of an environment. */
export type Place = { readonly env: string; readonly boot: string; readonly order: string };

/** What an output came to so far: `from` is where `added` begins. Units: bytes. */
export type Written = {
  readonly kept: number;
  readonly dropped: number;
  readonly from: number;
  readonly added: Buffer;
  readonly first: Buffer;
  readonly last: Buffer;
};

/**
 * How a program stands. `none`: it has not begun; `lost`: the journal is of another life of the environment; `begun`: it is about to run;
 * `dead`: it was ended together with what kept it. Units: `began` and `ended` seconds since the host was started.
 */
export type Standing = {
  readonly state: "none" | "lost" | "begun" | "running" | "ended" | "dead";
  readonly began: number;
  readonly ended: number;
  readonly how: "ended" | "killed" | "timed-out";
  readonly code: number;
  readonly stdout: Written;
  readonly stderr: Written;
};

/** The mark by which an order is known inside. Shape: 32 hex digits. */
export function markOf(env: string, order: string): string {
  return createHash("sha256").update(`${env} ${order}`).digest("hex").slice(0, 32);
}

/** Gives this life of an environment its name, once. Throws: EngineError. */
export async function bootOf(engine: Engine, env: string, signal: AbortSignal): Promise<string> {
  const name = randomBytes(8).toString("hex");
  const { code, stdout, stderr } = await engine.run(env, script(BOOT, INSIDE.journal, name), {
    timeoutMs: SCRIPT_MS,
    signal,
  });
  const boot = stdout.toString().trim();
  if (code === 0 && /^[0-9a-f]{16}$/.test(boot)) return boot;
  throw new Error(`its journal cannot be kept (${code}): ${stderr.toString().trim() || "it is empty"}`);
}

/** A program as its keeper is told of it. Units: ms. */
export type Kept = {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly vars: string;
};

/**
 * Begins a program, unless it has begun before, and says how it stands as `follow` does, all in one run: each costs tens of
 * milliseconds. `done` are orders whose output is not wanted any more. Throws: EngineError.
 */
export async function begin(
  engine: Engine,
  place: Place,
  program: Kept,
  done: readonly string[],
  signal: AbortSignal,
): Promise<Standing> {
  const figures = followed(place, { stdout: 0, stderr: 0 });
  const argv = script(BEGIN, KEEP, FOLLOW, ...figures, ...kept(place, program, done));
  return read(requireRoom(await engine.run(place.env, argv, followOptions(signal))));
}

/** What a keeper is told. */
function kept({ env, boot, order }: Place, program: Kept, done: readonly string[]): readonly string[] {
  const old = done.map((each) => markOf(env, each)).join(" ");
  const limit = (program.timeoutMs / 1_000).toFixed(3);
  const bound = `${KEPT_BYTES / BLOCK_BYTES}`;
  const head = [INSIDE.journal, boot, markOf(env, order), program.cwd, limit, bound, old, program.vars];
  return [...head, ...program.argv];
}

/** What a look is told. */
function followed({ env, boot, order }: Place, known: Known): readonly string[] {
  const figures = [known.stdout, known.stderr, MOST_BYTES, LOOKS, ENDS_BYTES.first, ENDS_BYTES.last];
  return [INSIDE.journal, boot, markOf(env, order), ...figures.map(String)];
}

function followOptions(signal: AbortSignal): RunOptions {
  return { timeoutMs: SCRIPT_MS, signal, maxBytes: 4 * (MOST_BYTES + ENDS_BYTES.first + ENDS_BYTES.last) };
}

/** How much of each output was seen before. Units: bytes. */
type Known = { readonly stdout: number; readonly stderr: number };

/** Says how a program stands, as soon as it has ended or written more than is known. Throws: EngineError, `refused` when it is not to be read. */
export async function follow(engine: Engine, place: Place, known: Known, signal: AbortSignal): Promise<Standing> {
  const argv = script(FOLLOW, ...followed(place, known));
  return read(requireRoom(await engine.run(place.env, argv, followOptions(signal))));
}

/** Ends a program and all that it began; one that has not begun will not. Throws: EngineError. */
export async function kill(engine: Engine, env: string, order: string, signal: AbortSignal): Promise<void> {
  const argv = script(KILL, INSIDE.journal, markOf(env, order));
  requireRoom(await engine.run(env, argv, { timeoutMs: SCRIPT_MS, signal }));
}

/** All that was kept of an output. Throws: EngineError. */
export async function wholeOutput(
  engine: Engine,
  { env, order }: Place,
  stream: "stdout" | "stderr",
  signal: AbortSignal,
): Promise<Buffer> {
  const file = `${INSIDE.journal}/x/${markOf(env, order)}/${stream === "stdout" ? "out" : "err"}`;
  const options = { timeoutMs: SCRIPT_MS, maxBytes: KEPT_BYTES, signal };
  return requireRoom(await engine.run(env, ["cat", file], options)).stdout;
}

/** A script of ours with what it is given. */
export function script(text: string, ...args: readonly string[]): readonly string[] {
  return ["sh", "-c", text, "thalassa", ...args];
}

const LINE =
  /^(none|lost|begun|running|ended|dead) (\d+\.?\d*) (-|ended|killed|timed-out) (-|\d{1,3}) (\d+\.?\d*)((?: \d{1,12}){12})$/;

/** What the programs inside can write to is believed in nothing but what it is about: themselves. */
function read({ stdout: answer, stderr: complaint }: Ran): Standing {
  const end = answer.indexOf("\n");
  const line = answer.subarray(0, Math.max(0, end)).toString();
  const [, state, began, how, code, ended, figures = ""] = LINE.exec(line) ?? [];
  if (state === undefined) {
    const said = line.slice(0, 200) || complaint.toString().slice(0, 200) || "nothing came";
    throw new EngineError("refused", `its journal cannot be read: ${said}`);
  }
  const numbers = figures.trim().split(" ").map(Number);
  const stdout = written(numbers.slice(0, 6), answer, end + 1);
  const stderr = written(numbers.slice(6), answer, end + 1 + stdout.length);
  return {
    state: state as Standing["state"],
    began: Number(began),
    ended: Number(ended),
    how: how === "-" || how === undefined ? "ended" : (how as Standing["how"]),
    code: Number(code === "-" ? 0 : code),
    stdout: stdout.written,
    stderr: stderr.written,
  };
}

function written(
  figures: readonly number[],
  answer: Buffer,
  at: number,
): { readonly written: Written; readonly length: number } {
  const [kept = 0, dropped = 0, from = 0, added = 0, first = 0, last = 0] = figures;
  const ends = [at + added, at + added + first, at + added + first + last] as const;
  return {
    written: {
      kept,
      dropped,
      from,
      added: answer.subarray(at, ends[0]),
      first: answer.subarray(ends[0], ends[1]),
      last: answer.subarray(ends[1], ends[2]),
    },
    length: added + first + last,
  };
}
