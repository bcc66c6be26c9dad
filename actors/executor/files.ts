import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import type { z } from "zod";
import type { ORDERS, OrderResult } from "#subjects/order.ts";
import { requireRoom } from "./crowded.ts";
import { type Engine, INSIDE, type Ran } from "./engine.ts";
import { failed } from "./failed.ts";
import { ENDS, LIST, PLAN, READ, SEARCH, TAKE, WRITE } from "./file-scripts.ts";
import { insideOf, outside } from "./inside.ts";
import { markOf, script } from "./journal.ts";

type FileOrder = z.output<typeof ORDERS.file>;
type Deed = FileOrder["does"];

/** Most of a file that is changed by exact match, and that goes to or comes from the artifacts. Units: bytes. */
export const MOST_BYTES = { edit: 4 * 1024 * 1024, artifact: 64 * 1024 * 1024 } as const;

/** Most that a result shows. Units: bytes of text; names; lines. */
const SHOWN = { bytes: 32 * 1024, names: 2_000, lines: 200 } as const;

/** How long one of our scripts may take. Units: ms. */
const SCRIPT_MS = 60_000;

/** Reads or changes files of a workspace, and of nothing else. After a crash: done again; an edit that was made is not made twice. Throws: EngineError. */
export async function doFile(
  engine: Engine,
  { env, order, does }: FileOrder,
  signal: AbortSignal,
): Promise<OrderResult> {
  const path = insideOf(does.path);
  if (typeof path !== "string") return path;
  const files = new Files(engine, env, signal);
  switch (does.type) {
    case "read":
      return read(files, path, does);
    case "write": {
      const body = Buffer.from(does.text);
      const ran = await files.write(path, body, markOf(env, order), "");
      return ran.code === 0 ? text(`Wrote ${amount(body.length)} to ${does.path}.`) : troubleOf(ran, does.path);
    }
    case "edit":
      return edit(files, path, does, markOf(env, order));
    case "list":
      return list(files, path, does);
    case "search":
      return search(files, path, does);
  }
}

/** A workspace's files, by our scripts. */
export class Files {
  readonly #engine: Engine;
  readonly #env: string;
  readonly #signal: AbortSignal;

  constructor(engine: Engine, env: string, signal: AbortSignal) {
    this.#engine = engine;
    this.#env = env;
    this.#signal = signal;
  }

  /** Runs a script on a path of the workspace. Throws: EngineError. */
  async run(
    text: string,
    path: string,
    args: readonly string[],
    more: { stdin?: Buffer; maxBytes?: number } = {},
  ): Promise<Ran> {
    const argv = script(text, INSIDE.workspace, path, ...args);
    return requireRoom(
      await this.#engine.run(this.#env, argv, { timeoutMs: SCRIPT_MS, signal: this.#signal, ...more }),
    );
  }

  /** A whole file, if it is no larger than that. Throws: EngineError. */
  take(path: string, most: number): Promise<Ran> {
    return this.run(TAKE, path, [`${most}`], { maxBytes: most + 1 });
  }

  /** Puts a file there whole; what `plan` says is put down before. Throws: EngineError. */
  write(path: string, body: Buffer, mark: string, plan: string): Promise<Ran> {
    return this.run(WRITE, path, [mark, INSIDE.journal, plan], { stdin: body });
  }

  /** What was put down before a file was written. Throws: EngineError. */
  async plan(mark: string): Promise<string> {
    const argv = script(PLAN, INSIDE.journal, mark);
    const { stdout } = await this.#engine.run(this.#env, argv, { timeoutMs: SCRIPT_MS, signal: this.#signal });
    return stdout.toString().trim();
  }
}

async function read(files: Files, path: string, does: Extract<Deed, { type: "read" }>): Promise<OrderResult> {
  const { from, lines } = does;
  const ran = await files.run(READ, path, [`${from}`, `${lines}`, `${SHOWN.bytes}`], { maxBytes: 2 * SHOWN.bytes });
  if (ran.code !== 0) return troubleOf(ran, does.path);
  const end = ran.stdout.indexOf("\n");
  const [allLines = 0, allBytes = 0] = ran.stdout.subarray(0, end).toString().split(" ").map(Number);
  const body = ran.stdout.subarray(end + 1);
  if (!isUtf8(body.subarray(0, Math.max(0, body.length - 3)))) return binary(does.path, allBytes);
  const isCut = body.length >= SHOWN.bytes;
  const cutAt = body.lastIndexOf("\n") + 1;
  const shown = (isCut && cutAt > 0 ? body.subarray(0, cutAt) : body).toString();
  if (allLines > 0 && from > allLines) return text(`[the file has ${allLines} lines; there is no line ${from}]`);
  const to = Math.min(allLines, from + shown.replace(/\n$/, "").split("\n").length - 1);
  if (from === 1 && to === allLines && !(isCut && cutAt === 0)) return text(shown);
  const next = to < allLines ? `; read on from ${to + 1}` : "";
  return text(`${shown}${shown.endsWith("\n") ? "" : "\n"}[lines ${from} to ${to} of ${allLines}${next}]`);
}

async function edit(
  files: Files,
  path: string,
  does: Extract<Deed, { type: "edit" }>,
  mark: string,
): Promise<OrderResult> {
  const ran = await files.take(path, MOST_BYTES.edit);
  if (ran.code !== 0) return troubleOf(ran, does.path);
  if (!isUtf8(ran.stdout)) return binary(does.path, ran.stdout.length);
  const [sum, made] = (await files.plan(mark)).split(" ");
  if (sum === sumOf(ran.stdout)) return replaced(Number(made), does.path);
  const before = ran.stdout.toString();
  const pieces = before.split(does.old);
  const found = pieces.length - 1;
  if (found === 0)
    return failed(
      "absent",
      `${does.path} does not have that text; read it, and give the text exactly as it stands there.`,
    );
  if (found > 1 && !does.all) {
    return failed(
      "several",
      `${does.path} has that text ${found} times; give more of what is around it, or change all.`,
    );
  }
  const after = Buffer.from(pieces.join(does.new));
  const written = await files.write(path, after, mark, `${sumOf(after)} ${found}`);
  return written.code === 0 ? replaced(found, does.path) : troubleOf(written, does.path);
}

function replaced(times: number, path: string): OrderResult {
  return text(`Changed ${times === 1 ? "one place" : `${times} places`} in ${path}.`);
}

function sumOf(body: Buffer): string {
  return createHash("sha256").update(body).digest("hex");
}

async function list(files: Files, path: string, does: Extract<Deed, { type: "list" }>): Promise<OrderResult> {
  const ran = await files.run(LIST, path, [`${does.depth}`, `${SHOWN.names + 1}`], { maxBytes: 1024 * 1024 });
  if (ran.code !== 0) return troubleOf(ran, does.path);
  const names = ran.stdout.toString().split("\n").filter(Boolean);
  if (names.length === 0) return text("[nothing is there]");
  return text(bounded(names.slice(0, SHOWN.names).toSorted(), names.length > SHOWN.names, "list a folder of it"));
}

async function search(files: Files, path: string, does: Extract<Deed, { type: "search" }>): Promise<OrderResult> {
  if (/[\n\0]/.test(does.text))
    return failed("unreadable", "Only one line can be searched for; search for a part of it.");
  const args = [does.text, `${SHOWN.lines + 1}`, `${4 * SHOWN.bytes}`];
  const ran = await files.run(SEARCH, path, args, { maxBytes: 5 * SHOWN.bytes });
  if (ran.code !== 0) return troubleOf(ran, does.path);
  const lines = ran.stdout.toString().split("\n").filter(Boolean);
  if (lines.length === 0) return text(`[no line has that text]`);
  const short = lines.slice(0, SHOWN.lines).map((line) => line.replace(/^\.\//, "").slice(0, 400));
  return text(bounded(short, lines.length > SHOWN.lines, "search for more of it"));
}

/** As many lines as may be shown, with a last one that says what to do about the rest. */
function bounded(lines: readonly string[], isCut: boolean, rather: string): string {
  const shown: string[] = [];
  let room: number = SHOWN.bytes;
  for (const line of lines) {
    room -= Buffer.byteLength(line) + 1;
    if (room < 0) break;
    shown.push(line);
  }
  return [...shown, ...(isCut || room < 0 ? [`[there is more; ${rather}]`] : [])].join("\n");
}

/** Why a script of ours did not do what it should. */
export function troubleOf({ code, stdout, stderr }: Ran, path: string): OrderResult {
  const bytes = Number(stdout.toString("latin1", 0, 20).trim());
  switch (code) {
    case ENDS.outside:
      return outside(path);
    case ENDS.absent:
      return failed("absent", `${path} is not there; list its folder to see what is.`);
    case ENDS.folder:
      return failed("not-plain", `${path} is a folder; name a file, or list it.`);
    case ENDS.special:
      return failed("not-plain", `${path} is no plain file; use a program for it.`);
    case ENDS.binary:
      return binary(path, bytes);
    case ENDS.large:
      return failed("too-large", `${path} has ${amount(bytes)}, which is too much for this; use a program for it.`);
    case ENDS.file:
      return failed("not-plain", `${path} is a file, not a folder; read it.`);
    default: {
      const said = stderr.toString().trim().slice(0, 300) || `it ended with ${code}`;
      return failed("unusable", `${path} could not be used: ${said}`);
    }
  }
}

function binary(path: string, bytes: number): OrderResult {
  return failed("not-plain", `${path} is no text: it has ${amount(bytes)} of something else; use a program for it.`);
}

function amount(bytes: number): string {
  return `${bytes.toLocaleString("en-US")} bytes`;
}

function text(words: string): OrderResult {
  return { type: "file", text: words };
}
