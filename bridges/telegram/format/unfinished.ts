import type { Token, Tokens } from "marked";
import { tokensOf } from "./reading.ts";

/** A line that may still become anything: a marker without words, a fence, the rule under a heading, a row of a table. */
const HALF_LINE = /^[ \t>]*(?:[-*+=#:_]*|\d{1,9}[.)]?|[-*+] \[[ xX]?\]?|`{1,2}|~{1,2})$/;

/** What may still become a link, an image, a tag or a sign. */
const HALF_PIECE = /(?:!?\[[^[\]\n]*(?:\](?:\([^()\n]*|\[[^\]\n]*)?)?|<[A-Za-z/!][^<>\n]*|&#?\w{0,10}|!|\\)$/;

/** Markers without an end, where one may begin. */
const OPEN_MARKER = /(?<![\p{L}\p{N}\\])(?:\*{1,3}|_{1,3}|~{1,2}|`+|\|\||==)(?=\S|$)|[*_~`]+$/gu;

/** The blocks of Markdown that is still being written: what is half-written at its end is left out, code is closed. */
export function endedCleanly(markdown: string): readonly Token[] {
  const tokens = tokensOf(markdown);
  if (deepest(tokens)?.type === "code") return withEnd(tokens, markdown);
  const whole = withoutHalves(markdown, deepest(tokens)?.type === "table");
  return withEnd(whole === markdown ? tokens : tokensOf(whole), whole);
}

function withoutHalves(markdown: string, isTable: boolean): string {
  if (isTable) return markdown;
  const lines = markdown.split("\n");
  while (/^[ \t>]*\|/.test(lines.at(-1) ?? "")) lines.pop();
  const line = lines.at(-1) ?? "";
  if (line.trim() !== "" && HALF_LINE.test(line.trimEnd())) lines.pop();
  const at = lines.length - 1;
  const last = lines[at] ?? "";
  const half = HALF_PIECE.exec(withoutCode(last));
  return [...lines.slice(0, at), half === null ? last : last.slice(0, half.index)].join("\n");
}

/** A line with signs that mean nothing in place of the code in it. */
function withoutCode(line: string): string {
  const runs = [...line.matchAll(/`+/g)];
  let text = "";
  for (let n = 0, from = 0; n < runs.length; n += 1) {
    const [run, index] = [runs[n]?.[0] ?? "", runs[n]?.index ?? 0];
    const end = runs.findIndex(([other], at) => at > n && other === run);
    const to = (end < 0 ? index : (runs[end]?.index ?? 0)) + run.length;
    text += line.slice(from, index) + (end < 0 ? run : "x".repeat(to - index));
    if (end >= 0) n = end;
    from = to;
  }
  return text + line.slice(text.length);
}

function withEnd(tokens: readonly Token[], source: string): readonly Token[] {
  const at = tokens.findLastIndex(({ type }) => type !== "space");
  const last = tokens[at];
  if (last === undefined) return [];
  const ended = endOf(last, source);
  return [...tokens.slice(0, at), ...(ended === undefined ? [] : [ended])];
}

function endOf(token: Token, source: string): Token | undefined {
  if (token.type === "code") return closed(token as Tokens.Code);
  if (token.type === "table") return withoutHalfRow(token as Tokens.Table, source);
  if (token.type === "list") {
    const { items } = token as Tokens.List;
    const last = items.at(-1);
    const ended = last === undefined ? undefined : { ...last, tokens: [...withEnd(last.tokens, source)] };
    const kept = [...items.slice(0, -1), ...(ended === undefined || ended.tokens.length === 0 ? [] : [ended])];
    return kept.length === 0 ? undefined : { ...token, items: kept };
  }
  if (token.type === "blockquote") return { ...token, tokens: [...withEnd(token.tokens ?? [], source)] };
  return "tokens" in token && token.tokens !== undefined
    ? { ...token, tokens: token.tokens.map(withoutMarkers) }
    : token;
}

function closed(token: Tokens.Code): Token | undefined {
  const text = token.text.replace(/(?:^|\n)[ \t]*(?:`{1,2}|~{1,2})$/, "");
  return text.trim() === "" ? undefined : { ...token, text };
}

function withoutHalfRow(token: Tokens.Table, source: string): Token {
  const line = source.slice(source.lastIndexOf("\n") + 1);
  const isWhole =
    line.trim() === "" || (line.trimEnd().endsWith("|") && line.split("|").length > token.header.length + 1);
  return isWhole ? token : { ...token, rows: token.rows.slice(0, -1) };
}

function withoutMarkers(token: Token): Token {
  if (token.type !== "text") return token;
  const { raw, text } = token as Tokens.Text;
  if ("tokens" in token && token.tokens !== undefined) return { ...token, tokens: token.tokens.map(withoutMarkers) };
  return { ...token, raw: raw.replace(OPEN_MARKER, ""), text: text.replace(OPEN_MARKER, "") };
}

/** The block in which the text ends. */
function deepest(tokens: readonly Token[]): Token | undefined {
  const last = tokens.findLast(({ type }) => type !== "space");
  if (last?.type === "list") return deepest((last as Tokens.List).items.at(-1)?.tokens ?? []);
  return last?.type === "blockquote" ? deepest(last.tokens ?? []) : last;
}
