import type { Token, Tokens } from "marked";
import { codeOf } from "./code.ts";
import { linkable } from "./link.ts";
import { isUnread, literal, strictTokensOf } from "./reading.ts";
import { isRichShape } from "./shape.ts";
import { isBlank } from "./styled.ts";
import { everyToken } from "./tree.ts";

/** What a rich message holds. Units: code points. */
export const MAX_RICH = 32_768;

/** Markdown of a rich message; undefined where its blocks cannot be one or were too hard to read, whatever its length. */
export function richOf(tokens: readonly Token[]): string | undefined {
  if (!isRichShape(tokens) || isUnread(tokens)) return undefined;
  const markdown = blocks(tokens, { hasMath: !hidesMath(tokens) });
  if (isBlank(markdown)) return "…";
  return isHarmless(markdown) ? markdown : undefined;
}

/** Whether it is short enough for a rich message. */
export function isRichLength(markdown: string): boolean {
  return markdown.length <= MAX_RICH || (markdown.length <= 2 * MAX_RICH && [...markdown].length <= MAX_RICH);
}

type Look = { readonly hasMath: boolean };

function blocks(tokens: readonly Token[], look: Look): string {
  return tokens
    .map((token) => block(token, look))
    .filter((text) => text !== "")
    .join("\n\n");
}

function block(token: Token, look: Look): string {
  switch (token.type) {
    case "space":
      return "";
    case "code":
      return fenced(token as Tokens.Code);
    case "hr":
      return "---";
    case "heading":
      return `${"#".repeat((token as Tokens.Heading).depth)} ${oneLine(inline(token.tokens ?? [], look))}`;
    case "blockquote":
      return blocks(token.tokens ?? [], look)
        .split("\n")
        .map((line) => `> ${line}`.trimEnd())
        .join("\n");
    case "list":
      return list(token as Tokens.List, look);
    case "table":
      return table(token as Tokens.Table, look);
    default:
      return inline("tokens" in token && token.tokens ? token.tokens : [token], look).trim();
  }
}

function fenced(token: Tokens.Code): string {
  const { text, language } = codeOf(token);
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

function list({ items, ordered, start, loose, raw }: Tokens.List, look: Look): string {
  const sign = /^\s*(?:\d+)?([-*+.)])/.exec(raw)?.[1] ?? (ordered ? "." : "-");
  const first = start === "" ? 1 : start;
  return items
    .map((item, n) => {
      const marker = ordered ? `${first + n}${sign} ` : `${sign} `;
      const task = item.task ? (item.checked ? "[x] " : "[ ] ") : "";
      const lines = `${task}${itemBody(item, look)}`.split("\n");
      return lines.map((line, at) => `${at === 0 ? marker : " ".repeat(marker.length)}${line}`.trimEnd()).join("\n");
    })
    .join(loose ? "\n\n" : "\n");
}

function itemBody({ tokens }: Tokens.ListItem, look: Look): string {
  return tokens.reduce((body, token) => {
    const next = block(token, look);
    if (next === "") return body;
    return body === "" ? next : body + (token.type === "list" || token.type === "code" ? "\n" : "\n\n") + next;
  }, "");
}

function table({ header, align, rows }: Tokens.Table, look: Look): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const cell = ({ tokens }: Tokens.TableCell) => oneLine(inline(tokens, look)).replaceAll("|", "\\|");
  const rule = align.map((side) => (side === "left" ? ":--" : side === "right" ? "--:" : side ? ":-:" : "---"));
  return [line(header.map(cell)), line(rule), ...rows.map((row) => line(row.map(cell)))].join("\n");
}

function inline(tokens: readonly Token[], look: Look): string {
  return tokens.reduce((text, token) => {
    const next = piece(token, look);
    // Words that end in "!" would make an image of a link.
    return (next.startsWith("[") && text.endsWith("!") ? `${text.slice(0, -1)}&#33;` : text) + next;
  }, "");
}

function piece(token: Token, look: Look): string {
  const inner = () => inline("tokens" in token ? (token.tokens ?? []) : [], look);
  switch (token.type) {
    case "strong":
      return `${token.raw.slice(0, 2)}${inner()}${token.raw.slice(0, 2)}`;
    case "em":
      return `${token.raw.slice(0, 1)}${inner()}${token.raw.slice(0, 1)}`;
    case "del":
      return `~~${inner()}~~`;
    case "codespan":
    case "br":
      return token.raw;
    case "escape":
      return token.text === "<" ? "&lt;" : token.text === "!" ? "&#33;" : token.raw;
    case "link":
      return link(token as Tokens.Link, inner());
    case "image":
      return link(token as Tokens.Image, literal(token.text || "image"));
    default:
      return "tokens" in token && token.tokens ? inner() : inert(token.raw, look);
  }
}

function link({ href, raw, text }: Tokens.Link | Tokens.Image, label: string): string {
  const url = linkable(href);
  if (url === undefined) return `\\[${label}\\] (${literal(href)})`;
  if (raw === text && !/[<>!]/.test(raw)) return raw;
  return `[${label.trim() === "" ? literal(url) : label}](${url})`;
}

/** Words that begin no tag, image or link; a tag within a formula would be one only without the blank. */
function inert(raw: string, { hasMath }: Look): string {
  const text = raw
    .split(/(\$[^$\n]+\$)/)
    .map((part, n) =>
      n % 2 === 1 && hasMath ? part.replace(/<(?=\S|$)/g, "< ") : part.replace(/<(?!br ?\/?>)/g, "&lt;"),
    )
    .join("")
    .replaceAll("![", "&#33;[")
    .replaceAll("](", "]\\(");
  return hasMath ? text : text.replaceAll("$", "\\$");
}

/** Whether code holds what would end a formula that began in the words before it, so that the rest of it were words. */
function hidesMath(tokens: readonly Token[]): boolean {
  return everyToken(tokens).some(
    ({ type, raw }) => (type === "codespan" && raw.includes("$")) || (type === "code" && raw.includes("$$")),
  );
}

function oneLine(text: string): string {
  const lines = text.split("\n");
  return lines
    .map((line, n) => (n < lines.length - 1 ? line.trimEnd().replace(/\\$/, "") : line).trim())
    .join(" ")
    .trim();
}

/** The last look: read by all rules, it has no tag, no image, and no link that is not one. */
function isHarmless(markdown: string): boolean {
  return everyToken(strictTokensOf(markdown)).every((token) => {
    if (token.type === "html") return /^<br ?\/?>$/.test(token.raw.trim());
    if (token.type === "link") return linkable(token.href) !== undefined;
    return token.type !== "image" && token.type !== "def";
  });
}
