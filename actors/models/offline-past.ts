import { excerpt } from "#subjects/excerpt.ts";
import { isAddress } from "#subjects/mod.ts";
import { wishIn } from "./offline-wish.ts";
import { askOf, quote } from "./recall.ts";
import type { Line } from "./window.ts";

/** Most finds that an answer quotes. */
const MAX_QUOTED = 3;

/** A conclusion or a find without a form is quoted to this length. Units: UTF-16 units. */
const MAX_LONG_QUOTE = 600;

/** Words that say nothing of what is looked for. */
const EMPTY = new Set(
  "a about all an and any are as at back but by can did do does for from had has have how i if in into is it its look me my of on or our out she should so tell than that the their them then there they think this to up us was we were what when where which who why will with would you your".split(
    " ",
  ),
);

/** One find of a search. Shape: `#17, 2026-11-21T11:20Z, Ada: I like fish`. */
const FIND = /^#(?<seq>\d+), [^,]+, (?<by>[^:]*): (?<text>.*)$/;

type Find = { readonly seq: string; readonly by: string; readonly text: string; readonly isWork: boolean };

/** The words of a text that say what it is about, in small letters; all of them where none does. */
export function subjectOf(text: string): readonly string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}'’_-]+/gu) ?? [];
  const telling = words.filter((word) => word.length > 1 && !EMPTY.has(word));
  return telling.length > 0 ? telling : words;
}

/**
 * What a search for something brought, in words. What people said comes before what thoughts on the side made of it; finds
 * that only ask for it are none.
 */
export function foundOf(query: string, result: string): string {
  const finds = result.split("\n").flatMap(findIn);
  if (finds.length === 0) return foundInWords(query, result);
  const words = subjectOf(query);
  const hits = ({ text }: Find): number => words.filter((word) => text.toLowerCase().includes(word)).length;
  const telling = finds.filter(({ by, text }) => by !== "you" && !asksForWork(text));
  const people = telling.filter(({ isWork }) => !isWork);
  const best = (people.length > 0 ? people : telling).toSorted((one, other) => hits(other) - hits(one));
  if (best.length === 0) return nothingFound(query);
  const said = best.slice(0, MAX_QUOTED).map(({ seq, by, text }) => `${by} said ${quote(text)} (message ${seq})`);
  return `I looked back for ${quote(query)}: ${said.join("; ")}.`;
}

/** The lines of a conversation that are about something, the newest ones. */
export function linesAbout(subject: string, lines: readonly Line[]): readonly Line[] {
  const words = new Set(subjectOf(subject));
  const isAbout = ({ role, text, report }: Line): boolean =>
    role === "user" && report === undefined && !asksForWork(text) && subjectOf(text).some((word) => words.has(word));
  return lines.filter(isAbout).slice(-MAX_QUOTED);
}

/** A text in quotation marks at the end of a sentence, at more length than what people say is quoted. */
export function longQuote(text: string): string {
  const words = excerpt(text, MAX_LONG_QUOTE);
  return `“${words}”${/[.!?…][”"’]?$/.test(words) ? "" : "."}`;
}

function findIn(line: string): readonly Find[] {
  const { seq, by = "", text = "" } = FIND.exec(line)?.groups ?? {};
  return seq === undefined ? [] : [{ seq, by, text, isWork: isAddress(by) }];
}

function foundInWords(query: string, result: string): string {
  const isNothing = /^\s*$|^\W*(?:nothing|no(?:ne|thing)?\b)/i.test(result);
  return isNothing ? nothingFound(query) : `I looked back for ${quote(query)} and found: ${longQuote(result)}`;
}

function nothingFound(query: string): string {
  return `I looked back for ${quote(query)} and found nothing about it.`;
}

/** Whether it is a wish to look for something or to think about it, and says nothing of it. */
function asksForWork(text: string): boolean {
  return wishIn(askOf(text), ASKING) !== undefined;
}

const ASKING = new Set(["branch", "look_back"]);
