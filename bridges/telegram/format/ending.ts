import { tailAt } from "./cut.ts";

const FENCE = /^([ \t>]*)(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}(?=[^`\n]*$)|~{3,})(.*)$/gm;

/**
 * The last `max` units of Markdown: from a paragraph on where one begins in their first half, else from a line or a
 * word. Where that is within a block of code, its fence is opened anew. Units: UTF-16 units.
 */
export function endOf(markdown: string, max: number): string {
  if (markdown.length <= max) return markdown;
  const from = markdown.length - max;
  const paragraph = /\n[ \t]*\n/.exec(markdown.slice(from, from + max / 2));
  const fence = openFence(markdown.slice(0, from));
  const at = paragraph === null || fence !== "" ? tailAt(markdown, max) : from + paragraph.index + paragraph[0].length;
  return openFence(markdown.slice(0, at)) + markdown.slice(at);
}

/** The line that opens the block of code in which a text ends; empty outside of one. */
function openFence(markdown: string): string {
  let open: { readonly line: string; readonly sign: string } | undefined;
  for (const [, lead = "", sign = "", name = ""] of markdown.matchAll(FENCE)) {
    if (open === undefined) open = { line: `${lead.replace(/[^>]/g, "")}${sign}${name}\n`, sign };
    else if (sign.startsWith(open.sign) && name.trim() === "") open = undefined;
  }
  return open?.line ?? "";
}
