import { type AnswerPart, fileText, type ImagePart, type Message, textOf } from "#models/mod.ts";
import type { Who } from "#subjects/mod.ts";
import { type CallResult, MAX_TEXT, type SentFile } from "#subjects/turn.ts";
import { keptResult } from "./shown-result.ts";

/**
 * One line of a transcript. A `note` was said to the person in the agent's place; a `report` is no person's word but that
 * of work which was begun here. A line with `content` used tools: its `results` stand in it, so that no call is ever shown
 * without what came of it. Units: `at` ms since 1970.
 */
export type Line = {
  readonly role: "user" | "agent" | "note" | "report";
  readonly seq: number;
  readonly at: number;
  readonly text: string;
  readonly who?: Who;
  /** What came with it. */
  readonly files?: readonly SentFile[];
  /** What its bridge calls it. */
  readonly ref?: string;
  /** How deep the work was that this reports of. */
  readonly depth?: number;
  /** It is no reason to begin a turn. */
  readonly quiet?: true;
  readonly content?: readonly AnswerPart[];
  readonly results?: readonly CallResult[];
};

/** A call of a tool, read or not. */
export type Call = Extract<AnswerPart, { readonly type: "tool-call" | "malformed-call" }>;

/** Stands where nobody knows what came of a call. */
const UNKNOWN = "Nothing is known of what came of this.";

/** The tool calls of an answer, in their order. */
export function callsIn(content: readonly AnswerPart[] = []): readonly Call[] {
  return content.filter((part) => part.type === "tool-call" || part.type === "malformed-call");
}

/** The calls of a line that have no result yet, with their places among its calls. */
export function openCalls({ content, results = [] }: Line): readonly { readonly call: Call; readonly index: number }[] {
  const settled = new Set(results.map(({ call }) => call));
  return callsIn(content).flatMap((call, index) => (settled.has(call.id) ? [] : [{ call, index }]));
}

/** A line all of whose calls have results: those that had none say why. */
export function settledLine(line: Line, why: string = UNKNOWN): Line {
  const open = openCalls(line);
  if (open.length === 0) return line;
  const missing = open.map(({ call }): CallResult => ({ call: call.id, text: why, failed: true }));
  return { ...line, results: [...(line.results ?? []), ...missing] };
}

/**
 * A line as it is kept once its turn has ended: what a model wanted back with its very next call goes, and so does most of
 * a long result.
 */
export function keptLine(line: Line): Line {
  const { content, results = [], ...rest } = settledLine(line, UNKNOWN);
  if (content === undefined) return line;
  const kept = content.filter((part) => part.type !== "kept");
  if (callsIn(kept).length === 0) return rest;
  return shortLine({ ...rest, content: kept, results });
}

/** A line of whose long results the ends are left. */
export function shortLine(line: Line): Line {
  const { results } = line;
  if (results === undefined) return line;
  return { ...line, results: results.map((each) => ({ ...each, text: keptResult(each.text) })) };
}

/** The same, where of long texts that its calls were made with the ends are left too: whoever wants all of one looks again. */
export function shortestLine(line: Line): Line {
  const { content } = line;
  if (content === undefined) return shortLine(line);
  const short = content.map((part) => (part.type === "tool-call" ? { ...part, input: shortInput(part.input) } : part));
  return shortLine({ ...line, content: short });
}

function shortInput(input: unknown): unknown {
  return JSON.parse(
    JSON.stringify(input ?? {}, (_, value: unknown) => (typeof value === "string" ? keptResult(value) : value)),
  );
}

/** Size of lines as they are shown to a model. Units: UTF-16 units. */
export function lengthOf(lines: readonly Line[]): number {
  return lines.reduce((length, line) => length + lineLength(line), 0);
}

/** Size of one line. Units: UTF-16 units. */
export function lineLength({ text, content, results = [], files = [] }: Line): number {
  const besides = [...results.map((result) => result.text), ...files.map(fileText)];
  const length = content === undefined ? text.length : JSON.stringify(content).length;
  return besides.reduce((sum, each) => sum + each.length, length);
}

/** Pictures by the names of their artifacts. */
export type Pictures = ReadonlyMap<string, ImagePart>;

/** A line as messages to a model, with the pictures that it is to see: every call is followed by its result. */
export function messagesOf(line: Line, pictures: Pictures = new Map()): readonly Message[] {
  const { role, text, who, content, files = [] } = line;
  const words = [{ type: "text", text }] as const;
  if (role === "report") return [{ role: "user", content: words }];
  if (role === "user") {
    const sent = files.map((file) => {
      const picture = pictures.get(file.artifact);
      return { type: "file", file, ...(picture === undefined ? {} : { picture }) } as const;
    });
    return [{ role, content: [...words, ...sent], ...(who === undefined ? {} : { who }) }];
  }
  if (content === undefined) return [{ role: "assistant", content: words }];
  const calls = callsIn(content);
  // What was said for want of the model's own words was said after its calls.
  const isOurs = text !== "" && textOf(content).trim() === "" && calls.every(({ name }) => name !== REPLY);
  return [
    { role: "assistant", content },
    ...(calls.length === 0 ? [] : [{ role: "tool", results: resultsOf(settledLine(line), calls) } as const]),
    ...(isOurs ? [{ role: "assistant", content: words } as const] : []),
  ];
}

/** The tool by which an agent speaks; its words stand in its call. */
export const REPLY = "reply";

function resultsOf({ results = [] }: Line, calls: readonly Call[]) {
  return calls.map(({ id }) => {
    const { text = UNKNOWN, failed } = results.find(({ call }) => call === id) ?? {};
    return { id, content: [{ type: "text", text }] as const, ...(failed ? { failed } : {}) };
  });
}

/** A text that fits into an event: one that is longer than a message may be is cut, and says so. */
export function bounded(text: string, most: number = MAX_TEXT): string {
  if (text.length <= most) return text;
  const note = `… (cut: this answer had ${text.length} characters)`;
  return text.slice(0, most - note.length).replace(/[\uD800-\uDBFF]$/, "") + note;
}
