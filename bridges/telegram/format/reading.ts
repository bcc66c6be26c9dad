import { Lexer, Marked, type Token, type TokenizerObject, type Tokens } from "marked";
import { bounds, isTooHard, type Spent, toilOf } from "./toil.ts";
import { everyToken } from "./tree.ts";

/** Deeper blocks, or deeper marks within a paragraph, than these are read as plain words. */
const MAX_DEPTH = 24;

/** What words of one paragraph may cost; marked looks for the end of each mark. Units: see `toilOf`. */
const MAX_PARAGRAPH = 2_500_000;

/** What all words of a text may cost. Units: see `toilOf`. */
const MAX_TOIL = 3_000_000;

/** HTML is read as words, and footnotes as paragraphs: neither means a thing of its own here. */
const WORDS_ONLY: TokenizerObject = {
  html: () => undefined,
  tag: () => undefined,
  def: (source) => (/^ {0,3}\[\^/.test(source) ? undefined : false),
};

/** The blocks of Markdown. Takes bounded time whatever the text is; what would take longer is plain words. */
export function tokensOf(markdown: string): readonly Token[] {
  const source = clean(markdown);
  const tokens = read(source, WORDS_ONLY, unreadOf);
  return tokens === undefined ? plainWords(source) : withSources(tokens);
}

/** Whether some of it was too hard to read, and is plain words. */
export function isUnread(tokens: readonly Token[]): boolean {
  return everyToken(tokens).some((token) => "isUnread" in token);
}

/** The blocks of Markdown by all its rules, HTML too; words that would take long to read count as HTML. */
export function strictTokensOf(markdown: string): readonly Token[] {
  return read(markdown, {}, htmlOf) ?? [htmlOf(markdown)];
}

/** Undefined for a text that is too hard to read. */
function read(
  markdown: string,
  rules: TokenizerObject,
  unread: (source: string) => Token,
): readonly Token[] | undefined {
  if (isTooHard(markdown)) return undefined;
  const spent: Spent = { steps: 0, toil: 0, defs: 0, quotes: 0 };
  const reader = new Marked({ tokenizer: bounds(spent) }, { tokenizer: rules });
  try {
    return bounded(new Lexer(reader.defaults), spent, unread).lex(markdown);
  } catch (error) {
    // Either a bound was passed, or the stack ended first.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function bounded(lexer: Lexer, spent: Spent, unread: (source: string) => Token): Lexer {
  const blocks = lexer.blockTokens.bind(lexer);
  const inline = lexer.inlineTokens.bind(lexer);
  let depth = 0;
  const deeper = <T>(work: () => T): T => {
    depth += 1;
    try {
      return work();
    } finally {
      depth -= 1;
    }
  };
  lexer.blockTokens = ((source: string, tokens: Token[] = [], isTop?: boolean) => {
    if (depth < MAX_DEPTH) return deeper(() => blocks(source, tokens, isTop));
    tokens.push({ type: "paragraph", raw: source, text: source, tokens: [unread(source)] });
    return tokens;
  }) as Lexer["blockTokens"];
  lexer.inlineTokens = (source: string, tokens: Token[] = []) => {
    const toil = toilOf(source);
    if (depth < MAX_DEPTH && toil <= MAX_PARAGRAPH && spent.toil + toil <= MAX_TOIL) {
      spent.toil += toil;
      return deeper(() => inline(source, tokens));
    }
    tokens.push(unread(source));
    return tokens;
  };
  return lexer;
}

/** Text as Telegram takes it: well-formed, without control characters and without marks that turn the direction of text. */
export function clean(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, "\n")
    .replace(/[\u202A-\u202E\u2066-\u2069]|(?![\n\t])\p{Cc}/gu, "");
}

/** Any text as Markdown that shows just that text, with no mark, link or tag in it; blanks before a line are left out. */
export function literal(text: string): string {
  return clean(text)
    .replace(/^[^\S\n]+/gm, "")
    .replace(/[!-/:;=-@[-`{-~]/g, "\\$&")
    .replaceAll("<", "&lt;");
}

/** Links carry their addresses themselves; where an address was given apart and no link took it, it is words. */
function withSources(tokens: readonly Token[]): readonly Token[] {
  const taken = new Set<string>();
  const sources: Tokens.Def[] = [];
  for (const token of everyToken(tokens)) {
    if (token.type === "link" || token.type === "image") taken.add(token.href);
    if (token.type === "def") sources.push(token as Tokens.Def);
  }
  for (const source of sources) {
    Object.assign(source, taken.has(source.href) ? { type: "space" } : wordsOf(source.raw.trim()));
  }
  return tokens;
}

/** A text whose marks are not read: one paragraph. */
function plainWords(source: string): readonly Token[] {
  return source.trim() === "" ? [] : [{ type: "paragraph", raw: source, text: source, tokens: [unreadOf(source)] }];
}

function unreadOf(source: string): Token {
  return { ...verbatim(source), isUnread: true };
}

function wordsOf(source: string): Token {
  return { type: "paragraph", raw: source, text: source, tokens: [verbatim(source)] };
}

function verbatim(source: string): Token {
  return { type: "text", raw: literal(source), text: source.replaceAll("&", "&amp;"), escaped: false };
}

function htmlOf(source: string): Token {
  return { type: "html", raw: source, text: source };
}
