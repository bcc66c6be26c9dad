import type { Who } from "#subjects/mod.ts";
import type { SentFile } from "#subjects/turn.ts";
import { type Message, type ModelRequest, textOf } from "./provider.ts";

/** One line of a conversation as the offline model reads it. */
export type Line = {
  readonly role: "user" | "agent";
  readonly seq: number;
  readonly text: string;
  readonly who?: Who;
  /** What came with it. */
  readonly files?: readonly SentFile[];
  /** It is not a person's word: work that was begun here has ended, or says something. */
  readonly report?: Report;
};

/** What work that was begun here says. `outcome` is there once it has ended. */
export type Report = {
  readonly from: string;
  readonly outcome?: string;
  readonly task?: string;
  readonly text: string;
};

/** A conversation as the offline model reads it. The lines in `answers` are the last ones and wait for an answer. */
export type Window = {
  readonly lines: readonly Line[];
  /** The seqs of the lines to be answered, oldest first. */
  readonly answers: readonly number[];
  /** How many lines came before `lines` and are not in it. */
  readonly before: number;
  /** The very first line heard, when it is one of those left out. */
  readonly first?: Line;
  /** All messages heard up to and with the last one in `answers`. */
  readonly heard: number;
  /** All answers given before this one. */
  readonly said: number;
  /** How the agent calls itself, where a system block names it. */
  readonly called?: string;
};

/** The line of an agent's identity that says its name. */
const NAME_LINE = /^name: *(\S.{0,59})$/m;

/** How work that was begun here speaks. Shape: `[main.branch.b3fA9xQ-0 has ended: done]`, then what its task was, and on from there what it says. */
const REPORT =
  /^\[(?<from>[\w=-]+\.(?:branch|worker)\.[\w=-]+)(?: has ended: (?<outcome>[a-z-]+)|[^\]\n]*)\]\s*(?:Its task: (?<task>[^\n]+)\n)?(?<text>[\s\S]*)$/;

/** Reads a request as a conversation: its words alone, what was said after the last answer waiting for one. */
export function windowOf({ messages, unseen, system }: Pick<ModelRequest, "messages" | "unseen" | "system">): Window {
  const before = unseen?.lines ?? 0;
  const lines = messages.flatMap(lineOf).map((line, at): Line => ({ ...line, seq: before + at + 1 }));
  const users = lines.filter(({ role, report }) => role === "user" && report === undefined);
  const lastAnswer = lines.findLastIndex(({ role }) => role === "agent");
  const { first } = unseen ?? {};
  const called = NAME_LINE.exec(system.join("\n"))?.[1]?.trim();
  return {
    lines,
    answers: lines.slice(lastAnswer + 1).map(({ seq }) => seq),
    before,
    ...(first === undefined ? {} : { first: { role: "user", seq: 0, ...first } }),
    heard: unseen?.heard ?? users.length,
    said: unseen?.said ?? lines.filter(({ role }) => role === "agent").length,
    ...(called === undefined ? {} : { called }),
  };
}

function lineOf(message: Message): readonly Omit<Line, "seq">[] {
  if (message.role === "tool") return [];
  const text = textOf(message.content);
  if (message.role === "assistant") return text === "" ? [] : [{ role: "agent", text }];
  const sent = message.content.flatMap((part) => (part.type === "file" ? [part.file] : []));
  const files = sent.length === 0 ? {} : { files: sent };
  if (message.who !== undefined) return [{ role: "user", text, who: message.who, ...files }];
  const report = reportIn(text);
  return [{ role: "user", text, ...files, ...(report === undefined ? {} : { report }) }];
}

function reportIn(message: string): Report | undefined {
  const { from, outcome, task, text = "" } = REPORT.exec(message)?.groups ?? {};
  if (from === undefined) return undefined;
  return { from, text, ...(outcome === undefined ? {} : { outcome }), ...(task === undefined ? {} : { task }) };
}
