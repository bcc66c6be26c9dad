import { excerpt } from "#subjects/excerpt.ts";
import type { Line, Window } from "./window.ts";

/** A quotation in an answer is at most this long. Units: UTF-16 units. */
const MAX_QUOTE = 200;

/** Longer messages are statements: they are quoted, never searched for questions or facts. Units: UTF-16 units. */
const MAX_ASK = 300;

/** One message to be answered, with all that was said before it. */
export type Turn = {
  readonly line: Line;
  /** The message without greeting, politeness and final punctuation; empty when it is too long to be a question. */
  readonly ask: string;
  readonly past: readonly Line[];
  readonly window: Window;
  /** Which message of the conversation this is, from 1. */
  readonly ordinal: number;
};

/** Something told with "my … is …". Shape: `{ "about": "favourite colour", "is": "blue" }`. */
export type Fact = { readonly about: string; readonly is: string };

/** A text in quotation marks, shortened where it is long. */
export function quote(text: string): string {
  return `“${excerpt(text, MAX_QUOTE)}”`;
}

/** What a message asks, without the manners around it. */
export function askOf(text: string): string {
  if (text.length > MAX_ASK) return "";
  return plain(text)
    .replace(/^(?:(?:please|hey|hi|hello|ok|okay|so|and|well|now|thalassa)[,!.:]* )+(?=\S)/iu, "")
    .replace(/^(?:can|could|would) you (?:please )?(?=\S)/iu, "")
    .replace(/^(?:please )?(?:tell me (?:again )?|do you (?:still )?(?:know|remember) )(?=\S)/iu, "")
    .replace(/,? (?:please|thalassa)$/iu, "");
}

/** A message on one line, with straight apostrophes, without final punctuation. */
export function plain(text: string): string {
  return excerpt(text, MAX_ASK)
    .replaceAll("’", "'")
    .replace(/[\s.!?…]+$/u, "");
}

/** What the speaker of this message said before, oldest first, as far as it can be seen. */
export function mine(turn: Turn): readonly Line[] {
  const { first } = turn.window;
  const seen = first === undefined ? turn.past : [first, ...turn.past];
  return seen.filter((line) => line.role === "user" && !line.report && sameSpeaker(line, turn.line));
}

/** The name the speaker gave last, in this message or before; "my name is" and "call me" count more than "I am". */
export function nameTold(turn: Turn): string | undefined {
  const texts = [...mine(turn), turn.line].map((line) => line.text).reverse();
  return firstOf(texts, namedPlainly) ?? firstOf(texts, namedInPassing);
}

/** The name given in one text. */
export function nameIn(text: string): string | undefined {
  return namedPlainly(text) ?? namedInPassing(text);
}

/** What the speaker told last about something of theirs. */
export function factTold(turn: Turn, about: string): Fact | undefined {
  const texts = mine(turn).map((line) => line.text);
  return firstOf(texts.reverse(), (text) => {
    const fact = factIn(text);
    return fact?.about.toLowerCase() === about.toLowerCase() ? fact : undefined;
  });
}

/** The fact in one text. */
export function factIn(text: string): Fact | undefined {
  const match = /^(?:remember )?(?:that )?my (\p{L}[^.,:;!?]{0,60}?) (?:is|are) (.+)$/iu.exec(askOf(text));
  if (!match?.[1] || !match[2] || text.trimEnd().endsWith("?")) return undefined;
  return { about: match[1], is: match[2] };
}

/** What must be added when something was looked for and not found; empty when the whole conversation was seen. */
export function unseen({ window }: Turn): string {
  const { before } = window;
  if (before === 0) return "";
  return ` (${before === 1 ? "One earlier line is" : `${before} earlier lines are`} outside what I can see.)`;
}

function namedPlainly(text: string): string | undefined {
  if (text.length > MAX_ASK) return undefined;
  const match = /(?:^|[\s,.;!?])(?:my name is|my name's|(?:please |just |can |^)call me)(?=\s) ([^.,;:!?]+)/iu.exec(
    plain(text),
  );
  return match?.[1] && properName(match[1]);
}

function namedInPassing(text: string): string | undefined {
  if (text.length > MAX_ASK) return undefined;
  const match = /(?:^|[,.;!?] )(?:I'm|I am|i'm|i am) (\p{Lu}[^.,;:!?]*)/u.exec(plain(text));
  return match?.[1] && properName(match[1]);
}

/** The first word, and the capitalised ones that follow it: "Ada Lovelace and I" is Ada Lovelace. */
function properName(text: string): string | undefined {
  const [first, ...others] = text.split(" ");
  if (!first || /^(?:not|no|a|an|the|so|very|when|if|later|back|maybe|tomorrow|what|I)$/iu.test(first))
    return undefined;
  const end = others.findIndex((word) => !/^\p{Lu}/u.test(word) || word === "I");
  return excerpt([first, ...(end < 0 ? others : others.slice(0, end))].slice(0, 4).join(" "), 60);
}

function sameSpeaker(one: Line, other: Line): boolean {
  return one.who?.party === other.who?.party && one.who?.id === other.who?.id;
}

function firstOf<T>(texts: readonly string[], find: (text: string) => T | undefined): T | undefined {
  for (const text of texts) {
    const found = find(text);
    if (found !== undefined) return found;
  }
  return undefined;
}
