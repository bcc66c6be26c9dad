import { blockquote, bold, FormattableString, join, pre } from "@gramio/format";
import type { Token, Tokens } from "marked";
import { codeOf } from "./code.ts";
import { inlineOf } from "./inline.ts";
import { indented, type Styled, trimmed } from "./styled.ts";
import { tableText } from "./table.ts";

/** Words that stand together, and what stands between them and those before them. `code`: they are never cut. */
export type Chunk = {
  readonly styled: Styled;
  readonly glue: "\n" | "\n\n";
  readonly code?: Tokens.Code;
};

/** Chunks that are best shown in one message. */
export type Group = readonly Chunk[];

/** Blocks as words: one group for each, with the headings above it; a list gives one for each item. */
export function groupsOf(tokens: readonly Token[], hasLinks: boolean): readonly Group[] {
  const groups: Group[] = [];
  let headings: Group = [];
  for (const token of tokens) {
    const [first, ...others] = blockOf(token, hasLinks)
      .map((group) => group.filter(({ styled }) => styled.text.trim() !== ""))
      .filter(({ length }) => length > 0);
    if (first === undefined) continue;
    if (token.type === "heading") {
      headings = [...headings, ...first];
      continue;
    }
    groups.push([...headings, ...first], ...others);
    headings = [];
  }
  return headings.length > 0 ? [...groups, headings] : groups;
}

function blockOf(token: Token, hasLinks: boolean): readonly Group[] {
  switch (token.type) {
    case "space":
      return [];
    case "code":
      return [[codeChunk(token as Tokens.Code)]];
    case "hr":
      return [[chunkOf(words("———"))]];
    case "heading":
      return [[chunkOf(bold(inlineOf(token.tokens ?? [], hasLinks)))]];
    case "table":
      return [[chunkOf(pre(tableText(token as Tokens.Table)))]];
    case "list":
      return listOf(token as Tokens.List, hasLinks);
    case "blockquote":
      return [quoteOf(token as Tokens.Blockquote, hasLinks)];
    default:
      return [[chunkOf(inlineOf("tokens" in token && token.tokens ? token.tokens : [token], hasLinks))]];
  }
}

function chunkOf(styled: Styled): Chunk {
  return { styled: trimmed(styled), glue: "\n\n" };
}

function codeChunk(token: Tokens.Code): Chunk {
  const { text, language } = codeOf(token);
  return { styled: language === "" ? pre(text) : pre(text, language), glue: "\n\n", code: token };
}

function listOf({ items, ordered: isNumbered, start }: Tokens.List, hasLinks: boolean): readonly Group[] {
  const first = start === "" ? 1 : start;
  return items.map((item, n) => {
    const marker = item.task ? (item.checked ? "☑" : "☐") : isNumbered ? `${first + n}.` : "•";
    return itemOf(item, isNumbered && item.task ? `${first + n}. ${marker}` : marker, hasLinks).map((chunk, at) =>
      at === 0 && n === 0 ? { ...chunk, glue: "\n\n" } : chunk,
    );
  });
}

/** An item: its marker before its first words, its other words under them; its code stands by itself. */
function itemOf({ tokens }: Tokens.ListItem, marker: string, hasLinks: boolean): Group {
  const [first, ...others] = groupsOf(tokens, hasLinks).flat();
  const isWords = first !== undefined && first.code === undefined;
  const head = isWords ? join([words(`${marker} `), indented(first.styled, "  ")], "") : words(marker);
  return [
    { styled: head, glue: "\n" },
    ...(first === undefined || isWords ? others : [first, ...others]).map(
      (chunk): Chunk =>
        chunk.code === undefined
          ? { styled: join([words("  "), indented(chunk.styled, "  ")], ""), glue: "\n" }
          : { ...chunk, glue: "\n" },
    ),
  ];
}

/** A quote: words of a row are one, code between them stands by itself. */
function quoteOf({ tokens }: Tokens.Blockquote, hasLinks: boolean): Group {
  const group: Chunk[] = [];
  let row: Chunk[] = [];
  const close = () => {
    if (row.length > 0) group.push(chunkOf(blockquote(rowOf(row))));
    row = [];
  };
  for (const chunk of groupsOf(tokens, hasLinks).flat()) {
    if (chunk.code === undefined) row.push(chunk);
    else {
      close();
      group.push(chunk);
    }
  }
  close();
  return group;
}

function rowOf(chunks: readonly Chunk[]): Styled {
  return join(
    chunks.flatMap(({ styled, glue }, n) => (n === 0 ? [styled] : [words(glue), styled])),
    "",
  );
}

function words(text: string): Styled {
  return FormattableString.from(text, []);
}
