import { Tokenizer, type TokenizerObject } from "marked";

/** What reading a text has cost so far. */
export type Spent = { steps: number; toil: number; defs: number; quotes: number };

/** A text of more blocks than these is too hard. No message shows so many. */
const MAX_STEPS = 3_000;

/** Units: UTF-16 units of a list or a quote that cost as much as a block. */
const STEP = 150;

/** marked reads a quote within a quote anew for each line that goes on without its mark. */
const MAX_QUOTES = 24;

/** A longer quote is several. Units: UTF-16 units. */
const MAX_QUOTE = 12_000;

/** marked looks from each line that may stand under a table's head to the end of the text. */
const MAX_TABLES = 60;

/** A wider table is words; rows of one cell would be filled up to its width. */
const MAX_COLUMNS = 100;

/** So many cells cost as much as a block. */
const CELLS = 10;

/** Addresses given apart; each word in brackets is looked for among them. */
const MAX_DEFS = 200;

/** A heading that is underlined is sought no farther. Units: UTF-16 units. */
const MAX_HEADING = 1_000;

const ITEM = /^[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/gm;
const TABLE = /^(?=[^\n]*\|)[ \t>|:-]+$/gm;

/** Whether a text has more items or tables than marked can read in bounded time. */
export function isTooHard(source: string): boolean {
  return isMore(source, ITEM, MAX_STEPS) || isMore(source, TABLE, MAX_TABLES);
}

/** What reading words takes at most. Units: UTF-16 units times marks, for each mark may be looked for to the end. */
export function toilOf(source: string): number {
  // A sign after a backslash costs far less than a mark, but there may be many.
  const marks = countOf(source, /[*_~`[<!@]|https?:|ftp:|www\./gi) + countOf(source, /\\/g) / 30;
  return source.length * (marks + linksOf(source) / 2);
}

/** In words without a blank, the end of each address is looked for at each sign that may begin its title. */
function linksOf(source: string): number {
  if (!source.includes("](")) return 0;
  const words = source.match(/\S+/g) ?? [];
  return words.reduce((sum, word) => sum + countOf(word, /\]\(/g) * countOf(word, /["'(]/g), 0);
}

/** Rules of marked, each with its bound. They throw a RangeError where the text is too hard. */
export function bounds(spent: Spent): TokenizerObject {
  const pay = (steps: number) => {
    spent.steps += steps;
    if (spent.steps > MAX_STEPS) throw new RangeError("too many blocks; show the text as plain words");
  };
  const rules = Tokenizer.prototype;
  return {
    space() {
      pay(1);
      return false;
    },
    blockquote(source) {
      if (spent.quotes >= MAX_QUOTES) throw new RangeError("quotes too deep; show the text as plain words");
      spent.quotes += 1;
      const token = rules.blockquote.call(this, linesOf(source, MAX_QUOTE));
      spent.quotes -= 1;
      pay((token?.raw.length ?? 0) / STEP);
      return token;
    },
    list(source) {
      const token = rules.list.call(this, source);
      pay((token?.raw.length ?? 0) / STEP);
      return token;
    },
    def(source) {
      const token = rules.def.call(this, source);
      if (token === undefined) return undefined;
      spent.defs += 1;
      if (spent.defs > MAX_DEFS) throw new RangeError("too many addresses; show the text as plain words");
      return token;
    },
    table(source) {
      const [head = "", rule = ""] = source.split("\n", 2);
      const columns = rule.split("|").length;
      if (columns > MAX_COLUMNS || rules.table.call(this, `${head}\n${rule}`) === undefined) return undefined;
      const end = source.search(/\n[ \t]*\n/);
      pay((columns * countOf(end < 0 ? source : source.slice(0, end), /\n/g)) / CELLS);
      return false;
    },
    lheading(source) {
      return rules.lheading.call(this, linesOf(source, MAX_HEADING));
    },
  };
}

/** The first lines of a text, `min` units or a little more. */
function linesOf(source: string, min: number): string {
  const end = source.indexOf("\n", min);
  return end < 0 ? source : source.slice(0, end + 1);
}

function countOf(source: string, signs: RegExp): number {
  return source.match(signs)?.length ?? 0;
}

function isMore(source: string, pattern: RegExp, max: number): boolean {
  let found = 0;
  for (const _ of source.matchAll(pattern)) {
    found += 1;
    if (found > max) return true;
  }
  return false;
}
