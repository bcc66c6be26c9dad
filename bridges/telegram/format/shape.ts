import type { Token, Tokens } from "marked";
import { innerOf } from "./tree.ts";

const MAX_BLOCKS = 500;
const MAX_DEPTH = 16;
const MAX_COLUMNS = 20;

/** Whether a rich message can have these blocks: up to 500, 16 levels of blocks and formatting, 20 columns. */
export function isRichShape(tokens: readonly Token[]): boolean {
  return countOf(tokens) <= MAX_BLOCKS && depthOf(tokens) <= MAX_DEPTH && columnsOf(tokens) <= MAX_COLUMNS;
}

function countOf(tokens: readonly Token[]): number {
  return tokens.reduce((sum, token) => {
    if (token.type === "space") return sum;
    if (token.type === "list") {
      return sum + 1 + (token as Tokens.List).items.reduce((all, item) => all + 1 + countOf(item.tokens), 0);
    }
    if (token.type === "table") return sum + 2 + (token as Tokens.Table).rows.length;
    return sum + 1 + (token.type === "blockquote" ? countOf(token.tokens ?? []) : 0);
  }, 0);
}

function depthOf(tokens: readonly Token[]): number {
  return tokens.reduce((max, token) => Math.max(max, 1 + depthOf(innerOf(token))), 0);
}

function columnsOf(tokens: readonly Token[]): number {
  return tokens.reduce((max, token) => {
    const own = token.type === "table" ? (token as Tokens.Table).header.length : 0;
    return Math.max(max, own, columnsOf(innerOf(token)));
  }, 0);
}
