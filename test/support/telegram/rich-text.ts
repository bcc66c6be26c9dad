import type { RichBlock } from "@grammyjs/types";
import { lexer, type Token, type Tokens } from "marked";
import { badRequest, bug } from "./refusal.ts";

/** A rich message as Telegram takes it: how it reads, its blocks, and how it was written. */
export type Rich = { readonly text: string; readonly blocks: RichBlock[]; readonly markdown: string | undefined };

/** Telegram's own. */
const MOST = { characters: 32_768, blocks: 500, depth: 16, columns: 20 } as const;

/** A part of a rich message: how it reads, and how many blocks with how many above each other it takes. */
type Part = { readonly text: string; readonly block: RichBlock; readonly count: number; readonly depth: number };

/** Reads a rich message. Throws: Refusal where it is empty or above what Telegram takes. */
export function richText(given: {
  readonly markdown?: string | undefined;
  readonly html?: string | undefined;
  readonly blocks?: readonly unknown[] | undefined;
}): Rich {
  const { markdown, html, blocks } = given;
  if (html !== undefined) {
    const text = html.replace(/<[^>]*>/g, "");
    return checked([paragraph(text)], undefined);
  }
  if (blocks !== undefined) return checked(blocks.map(givenBlock), undefined);
  return checked(lexer(markdown ?? "").flatMap(partOf), markdown);
}

function checked(parts: readonly Part[], markdown: string | undefined): Rich {
  const text = parts.map((part) => part.text).join("\n\n");
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  if (text.trim() === "") throw badRequest("message text is empty");
  if ([...text].length > MOST.characters) throw bug("rich message is too long");
  if (count > MOST.blocks) throw bug(`rich message has too many blocks: ${count}`);
  if (parts.some(({ depth }) => depth > MOST.depth)) throw bug("rich message is nested too deeply");
  return { text, blocks: parts.map((part) => part.block), markdown };
}

function partOf(token: Token): readonly Part[] {
  switch (token.type) {
    case "space":
    case "def":
      return [];
    case "heading": {
      const { depth } = token as Tokens.Heading;
      const text = inline(token);
      const size = ([1, 2, 3, 4, 5, 6] as const)[depth - 1] ?? 6;
      return [{ text, block: { type: "heading", text, size }, count: 1, depth: 1 }];
    }
    case "code": {
      const { text, lang } = token as Tokens.Code;
      const block: RichBlock = lang ? { type: "pre", text, language: lang } : { type: "pre", text };
      return [{ text, block, count: 1, depth: 1 }];
    }
    case "hr":
      return [{ text: "---", block: { type: "divider" }, count: 1, depth: 1 }];
    case "list":
      return [list(token as Tokens.List)];
    case "blockquote": {
      const inner = ((token as Tokens.Blockquote).tokens ?? []).flatMap(partOf);
      return [above("blockquote", inner)];
    }
    case "table":
      return [table(token as Tokens.Table)];
    default:
      return [paragraph(inline(token))];
  }
}

function paragraph(text: string): Part {
  return { text, block: { type: "paragraph", text }, count: 1, depth: 1 };
}

function above(type: "blockquote", inner: readonly Part[]): Part {
  return {
    text: inner.map(({ text }) => text).join("\n"),
    block: { type, blocks: inner.map(({ block }) => block) },
    count: 1 + inner.reduce((sum, part) => sum + part.count, 0),
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
  };
}

function list(token: Tokens.List): Part {
  const items = token.items.map((item, at) => {
    const label = token.ordered ? `${Number(token.start || 1) + at}.` : "-";
    const parts = item.tokens.flatMap(partOf);
    return { label, parts, text: `${label} ${parts.map(({ text }) => text).join("\n")}` };
  });
  const parts = items.flatMap((item) => item.parts);
  return {
    text: items.map(({ text }) => text).join("\n"),
    block: {
      type: "list",
      items: items.map((item) => ({ label: item.label, blocks: item.parts.map(({ block }) => block) })),
    },
    count: 1 + items.length + parts.reduce((sum, part) => sum + part.count, 0),
    depth: 2 + Math.max(0, ...parts.map(({ depth }) => depth)),
  };
}

function table(token: Tokens.Table): Part {
  if (token.header.length > MOST.columns) throw bug(`table has too many columns: ${token.header.length}`);
  const rows = [token.header, ...token.rows];
  const read = rows.map((row) => row.map((cell) => cell.tokens.map(inline).join("")));
  return {
    text: read.map((row) => row.join(" | ")).join("\n"),
    block: {
      type: "table",
      cells: read.map((row) => row.map((text) => ({ text, align: "left", valign: "top" }) as const)),
    },
    count: 1 + rows.length,
    depth: 2,
  };
}

/** How a token reads, without its marks. */
function inline(token: Token): string {
  const tokens = "tokens" in token ? token.tokens : undefined;
  if (tokens !== undefined && tokens.length > 0) return tokens.map(inline).join("");
  if (token.type === "br") return "\n";
  if (token.type === "html") return token.raw.replace(/<[^>]*>/g, "");
  return "text" in token && typeof token.text === "string" ? token.text : "";
}

/** A block that was given as such: its words, wherever they stand in it. */
function givenBlock(given: unknown): Part {
  const words = wordsIn(given);
  return { text: words.text, block: given as RichBlock, count: words.count, depth: words.depth };
}

function wordsIn(given: unknown): { readonly text: string; readonly count: number; readonly depth: number } {
  if (typeof given === "string") return { text: given, count: 0, depth: 0 };
  const isObject = typeof given === "object" && given !== null;
  if (!isObject) return { text: "", count: 0, depth: 0 };
  const held = Array.isArray(given)
    ? given
    : ["text", "blocks", "items", "cells", "summary"].flatMap((key) => (key in given ? [Reflect.get(given, key)] : []));
  const inner = held.map(wordsIn);
  const isBlock = !Array.isArray(given) && ("type" in given || "blocks" in given);
  return {
    text: inner.map(({ text }) => text).join(""),
    count: (isBlock ? 1 : 0) + inner.reduce((sum, one) => sum + one.count, 0),
    depth: (isBlock ? 1 : 0) + Math.max(0, ...inner.map(({ depth }) => depth)),
  };
}
