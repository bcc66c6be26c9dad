import { stripVTControlCharacters } from "node:util";

const WIDE =
  /^(?:\p{Emoji_Presentation}|.*\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}])/u;
const NOTHING = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

let segmenter: Intl.Segmenter | undefined;

/** How many columns of a terminal text takes, without its colours. */
export function cellsOf(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length;
  return graphemesOf(plain).reduce((sum, grapheme) => sum + widthOf(grapheme), 0);
}

/**
 * Breaks text into rows of at most `columns`, at blanks where there are any. Rows but the last one stay as they are when
 * more text is added, so that an answer can be shown while it comes.
 */
export function wrapText(text: string, columns: number): readonly string[] {
  return text.split("\n").flatMap((line) => wrapLine(line, Math.max(columns, 1)));
}

function wrapLine(line: string, columns: number): readonly string[] {
  if (cellsOf(line) <= columns) return [line];
  const rows: string[] = [];
  let row = "";
  for (const part of line.split(/(?<=\s)(?=\S)/u)) {
    if (cellsOf((row + part).trimEnd()) <= columns) {
      row += part;
      continue;
    }
    if (row !== "") rows.push(row.trimEnd());
    const pieces = cutWord(part, columns);
    rows.push(...pieces.slice(0, -1));
    row = pieces.at(-1) ?? "";
  }
  return [...rows, row];
}

/** Cuts what is wider than a row. */
function cutWord(word: string, columns: number): readonly string[] {
  if (cellsOf(word.trimEnd()) <= columns) return [word];
  const pieces: string[] = [];
  let piece = "";
  let cells = 0;
  for (const grapheme of graphemesOf(word)) {
    const width = widthOf(grapheme);
    if (cells + width > columns) {
      pieces.push(piece);
      piece = "";
      cells = 0;
    }
    piece += grapheme;
    cells += width;
  }
  return [...pieces, piece];
}

function graphemesOf(text: string): readonly string[] {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

function widthOf(grapheme: string): number {
  if (NOTHING.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}
