import { estimatedTokens, type Message, PICTURE_TOKENS, type Tool, type Unseen } from "#models/mod.ts";
import type { Conversation, Work } from "./conversation.ts";
import { type Line, lengthOf, lineLength, messagesOf, type Pictures, shortestLine, shortLine } from "./line.ts";

/** What a call sees of a conversation, and what it is told of the rest. */
export type Window = {
  readonly lines: readonly Line[];
  /** How many of the lines, the last ones, are what it is about: they are never left out. */
  readonly open: number;
  /** How many lines came before `lines` and are not in it. */
  readonly before: number;
  /** The very first line heard, when it is one of those left out. */
  readonly first?: Line;
  /** All messages heard up to and with the last one in `lines`. */
  readonly heard: number;
  /** All answers given before this one. */
  readonly said: number;
};

/** What a model is asked for a window, in the order in which it is sent. */
export type Prompt = {
  readonly system: readonly string[];
  readonly tools: readonly Tool[];
  readonly unseen: Unseen;
  readonly messages: readonly Message[];
  readonly postscript: string;
};

/** What a prompt is made with besides the window. Units: `now` ms since 1970. */
export type PromptParts = {
  readonly identity: readonly string[];
  readonly tools: readonly Tool[];
  readonly maxTokens: number;
  readonly now: number;
  /** What is different at every call, besides the time. */
  readonly notes: readonly string[];
  /** Default: files are only named. */
  readonly pictures?: Pictures;
};

/** What the running call sees; at rest, what the next one will see before what is heard until then. */
export function windowOf({ window, turn, waiting, before, first, heard, said }: Conversation): Window {
  const open = turn?.lines ?? [];
  return {
    lines: [...window, ...open],
    open: open.length,
    before,
    ...(first ? { first } : {}),
    // What waits is not yet seen, so that a repeated call sees what the first one saw.
    heard: heard - waiting.filter(({ role }) => role === "user").length,
    said,
  };
}

/**
 * Makes the prompt of a call. Of what does not fit into so many tokens the oldest lines are left out, and said to be; what
 * it is about is never left out.
 */
export function promptOf(window: Window, { identity, tools, maxTokens, now, notes, pictures }: PromptParts): Prompt {
  const told = identity.join("").length + JSON.stringify(tools).length + notes.join("").length;
  const seen = PICTURE_TOKENS * (pictures?.size ?? 0);
  const room = maxTokens - seen - estimatedTokens(told + (window.first?.text.length ?? 0));
  const shown = fitting(shortened(window, room), room);
  const left = window.lines.slice(0, window.lines.length - shown.length);
  const first = window.first ?? left.find((line) => line.role === "user");
  return {
    system: identity,
    tools,
    unseen: {
      lines: window.before + left.length,
      ...(first === undefined ? {} : { first: spokenBy(first) }),
      heard: window.heard,
      said: window.said,
    },
    messages: shown.flatMap((line) => messagesOf(line, pictures)),
    postscript: [`(It is ${minuteOf(now)}.)`, ...notes].join("\n"),
  };
}

/** What runs for a conversation, as a model is told; undefined where nothing does. */
export function workNote(work: readonly Work[]): string | undefined {
  if (work.length === 0) return undefined;
  const lines = work.map(
    ({ address, task, since, status }) =>
      `- ${address}, since ${minuteOf(since)}: ${JSON.stringify(task)}${status === undefined ? "" : `; says: ${JSON.stringify(status)}`}`,
  );
  return `(At work for this conversation:\n${lines.join("\n")})`;
}

/**
 * Where what it is about is too much already, all but the last answer's results are shown as later turns see them; where that
 * is too much still, so is what they were called with.
 */
function shortened(window: Window, room: number): Window {
  const { lines, open } = window;
  const start = lines.length - open;
  const fits = (shown: readonly Line[]): boolean => estimatedTokens(lengthOf(shown.slice(start))) <= room;
  if (fits(lines)) return window;
  const others = (short: (line: Line) => Line): readonly Line[] =>
    lines.map((line, at) => (at < start || at === lines.length - 1 ? line : short(line)));
  const short = others(shortLine);
  return { ...window, lines: fits(short) ? short : others(shortestLine) };
}

/** All that it is about, and the newest lines before it that fit too. */
function fitting({ lines, open }: Window, room: number): readonly Line[] {
  let start = lines.length - open;
  let tokens = estimatedTokens(lengthOf(lines.slice(start)));
  for (let line = lines[start - 1]; line !== undefined; line = lines[start - 1]) {
    tokens += estimatedTokens(lineLength(line));
    if (tokens > room) break;
    start--;
  }
  return lines.slice(start);
}

function spokenBy({ text, who }: Line): NonNullable<Unseen["first"]> {
  return { text, ...(who === undefined ? {} : { who }) };
}

/** Without seconds: what is asked again within a minute is the same request. */
function minuteOf(at: number): string {
  return new Date(at).toString().replace(/:\d\d GMT/, " GMT");
}
