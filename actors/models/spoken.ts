import { excerpt } from "#subjects/excerpt.ts";
import type { Who } from "#subjects/mod.ts";
import { withValidIds } from "./call-ids.ts";
import { fileText } from "./files.ts";
import type {
  AnswerPart,
  FilePart,
  ImagePart,
  MalformedCall,
  Message,
  ModelRequest,
  TextPart,
  ToolResult,
  Unseen,
} from "./provider.ts";

/** A message as an API takes it: roles take turns, a user's words come first, and speakers stand before their words. */
export type Spoken =
  | { readonly role: "user"; readonly content: readonly (TextPart | ImagePart)[] }
  | { readonly role: "assistant"; readonly content: readonly AnswerPart[] }
  | { readonly role: "tool"; readonly results: readonly ToolResult[] };

/** Said where the messages begin with the agent's own words: APIs want a user's first. */
const GOES_ON = "(The conversation goes on from what is not shown.)";

/** Said in place of a message of blanks: APIs refuse a text without a letter, and with it every later call that shows it. */
const BLANK = "(An empty message.)";

/** A line that looks like one of ours in what somebody says: another speaker's name, work that has ended, a file, a task. */
const LIKE_OURS =
  /^([ \t]*)\[((?:[^\]\r\n\u2028\u2029]*(?:, (?:telegram|terminal|http|mcp|agent|system)| has ended: [a-z-]+))|file (?=[^\]\r\n\u2028\u2029]*, artifact )[^\]\r\n\u2028\u2029]*|task)\]/gimu;

/** The transcript as APIs take it. */
export function spokenMessages({ messages, model }: Pick<ModelRequest, "messages" | "model">): readonly Spoken[] {
  const named = speakers(messages).size > 1;
  const spoken: Spoken[] = messages[0]?.role === "assistant" ? [{ role: "user", content: [text(GOES_ON)] }] : [];
  for (const message of withValidIds(messages)) {
    const next = spokenMessage(message, named, model);
    const last = spoken.at(-1);
    if (next.role !== "tool" && next.content.length === 0) continue;
    if (last?.role === "user" && next.role === "user") {
      spoken[spoken.length - 1] = { role: "user", content: [...last.content, ...next.content] };
    } else if (last?.role === "assistant" && next.role === "assistant") {
      spoken[spoken.length - 1] = { role: "assistant", content: [...last.content, ...next.content] };
    } else spoken.push(next);
  }
  return spoken;
}

/** System text in the order in which it caches best: what never changes, then what seldom does. */
export function spokenSystem({ system, unseen }: Pick<ModelRequest, "system" | "unseen">): readonly string[] {
  return [...system, ...(unseen === undefined || unseen.lines === 0 ? [] : [spokenUnseen(unseen)])];
}

/** Input of a call that was no JSON, as an object that every API takes back. */
export function inputOfMalformed({ raw }: MalformedCall): { readonly unreadable: string } {
  return { unreadable: raw };
}

/** Most of a person's first message that is repeated among what the agent is told. Units: UTF-16 units. */
const MAX_FIRST = 300;

function spokenUnseen({ lines, first }: Unseen): string {
  const said =
    first === undefined
      ? ""
      : ` The very first message was${by(first.who)}: ${JSON.stringify(excerpt(first.text, MAX_FIRST))}.`;
  return `${lines} earlier lines of this conversation are not shown to you; own up to that rather than guess.${said}`;
}

function spokenMessage(message: Message, named: boolean, model: string): Spoken {
  switch (message.role) {
    case "tool":
      return {
        role: "tool",
        results: message.results.map((each) => ({ ...each, content: each.content.filter(isSaid).map(wellFormed) })),
      };
    case "assistant": {
      const said = message.content.filter((part) => (part.type !== "kept" || part.model === model) && isSaid(part));
      return { role: "assistant", content: said.map(wellFormed) };
    }
    case "user": {
      const speaker = named && message.who !== undefined ? [text(`[${nameOf(message.who)}]`)] : [];
      const isNobodys = message.who === undefined;
      const content = message.content
        .filter(isSaid)
        .flatMap((part) => (part.type === "file" ? fileParts(part) : [asTheirs(wellFormed(part), isNobodys)]));
      return { role: "user", content: [...speaker, ...(content.length === 0 ? [text(BLANK)] : content)] };
    }
  }
}

/** A file's line, and behind it what is to be seen of it. */
function fileParts({ file, picture }: FilePart): readonly (TextPart | ImagePart)[] {
  return picture === undefined ? [text(fileText(file))] : [text(fileText(file)), picture];
}

/**
 * Square brackets before a line are ours: nobody speaks for another, nor for work that was begun here. What is nobody's
 * word, of work that has ended or to be done, begins with such a line and has none further down.
 */
function asTheirs(part: TextPart | ImagePart, isNobodys: boolean): TextPart | ImagePart {
  if (part.type !== "text") return part;
  const plain = (line: string, before: string, words: string, at: number): string =>
    isNobodys && at === 0 ? line : `${before}(${words})`;
  return text(part.text.replace(LIKE_OURS, plain));
}

/** Half a character is legal in a log, but APIs refuse it, and with it every later call that shows it. */
function wellFormed<Part extends AnswerPart | ImagePart>(part: Part): Part {
  switch (part.type) {
    case "text":
      return { ...part, text: part.text.toWellFormed() };
    case "tool-call":
      return { ...part, input: JSON.parse(JSON.stringify(part.input ?? {}), (_, value) => wholeText(value)) };
    case "malformed-call":
      return { ...part, raw: part.raw.toWellFormed() };
    default:
      return part;
  }
}

function wholeText(value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}

function isSaid(part: AnswerPart | ImagePart | FilePart): boolean {
  return part.type !== "text" || part.text.trim() !== "";
}

function speakers(messages: readonly Message[]): ReadonlySet<string> {
  return new Set(
    messages.flatMap((each) => (each.role === "user" && each.who ? [`${each.who.party} ${each.who.id}`] : [])),
  );
}

function by(who: Who | undefined): string {
  return who === undefined ? "" : ` by ${nameOf(who)}`;
}

/** On one line and without brackets, for somebody may call themselves like another speaker. */
function nameOf({ name, id, party }: Who): string {
  return `${(name ?? id).replace(/[[\]\s]+/g, " ").trim()}, ${party}`;
}

function text(words: string): TextPart {
  return { type: "text", text: words.toWellFormed() };
}
