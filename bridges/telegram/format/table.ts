import type { Tokens } from "marked";
import { inlineOf } from "./inline.ts";

/** A wider table is not aligned: its lines would be broken anywhere. Units: characters. */
const MAX_WIDTH = 64;

/** A table as lines of text, its columns aligned where that leaves it narrow enough. */
export function tableText({ header, rows, align }: Tokens.Table): string {
  const [head = [], ...body] = [header, ...rows].map((row) =>
    row.map(({ tokens }) => inlineOf(tokens, false).text.replace(/\s+/g, " ").trim()),
  );
  const widths = head.map((_, n) => Math.max(...[head, ...body].map((row) => lengthOf(row[n] ?? ""))));
  if (widths.reduce((sum, width) => sum + width + 3, 0) > MAX_WIDTH) {
    return [head, ...body].map((row) => row.join(" | ")).join("\n");
  }
  const line = (row: readonly string[]) =>
    row
      .map((cell, n) => padded(cell, widths[n] ?? 0, align[n] === "right"))
      .join(" | ")
      .trimEnd();
  return [line(head), widths.map((width) => "-".repeat(Math.max(width, 1))).join("-+-"), ...body.map(line)].join("\n");
}

function padded(cell: string, width: number, isRight: boolean): string {
  const pad = " ".repeat(Math.max(width - lengthOf(cell), 0));
  return isRight ? pad + cell : cell + pad;
}

function lengthOf(text: string): number {
  return [...text].length;
}
