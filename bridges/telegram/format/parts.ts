import { FormattableString } from "@gramio/format";
import type { MessageEntity } from "grammy/types";
import type { Token, Tokens } from "marked";
import { groupsOf } from "./block.ts";
import { codeName, codeOf } from "./code.ts";
import { cutAt } from "./cut.ts";
import { type Attachment, codeLine, joined, type Packed, packed } from "./packing.ts";
import { clean, tokensOf } from "./reading.ts";
import { isRichLength, richOf } from "./rich.ts";
import { isBlank, MAX_ENTITIES, type Styled } from "./styled.ts";
import { everyToken } from "./tree.ts";
import { endedCleanly } from "./unfinished.ts";

/** How words are shown: as a rich message, as text with entities, as text alone. */
export type Form = "rich" | "entities" | "plain";

/** One message. Shape: `{ "type": "rich", "markdown": "**Done.**" }`. */
export type Part =
  | { readonly type: "rich"; readonly markdown: string }
  | { readonly type: "text"; readonly text: string; readonly entities?: MessageEntity[] }
  | { readonly type: "document"; readonly name: string; readonly content: string; readonly caption: string };

/** What a text message holds. Units: UTF-16 units. */
export const MAX_TEXT = 4_096;

/** Words in more messages than these become their beginning and a file. */
const MAX_PARTS = 5;

/** How much of a long answer stands before its file. Units: UTF-16 units. */
const MAX_BEGINNING = 3_500;
const MIN_BEGINNING = 2_000;

/** As much of a long answer is read for its beginning. Units: UTF-16 units. */
const MAX_READ = 8_000;

const BELOW = "The whole answer is in answer.md below.";

/** The next form to try where one is refused; undefined after `plain`. */
export function simpler(form: Form): Form | undefined {
  return form === "rich" ? "entities" : form === "entities" ? "plain" : undefined;
}

/**
 * What Markdown comes to in a form: messages in order, at least one, each within what Telegram takes. Rich words that no
 * rich message can hold (their blocks are too many or too deep) come as entities. A block of code is whole: in one
 * message or in a file. A very long answer is its beginning and the file `answer.md`.
 */
export function partsOf(markdown: string, form: Form): readonly Part[] {
  const tokens = tokensOf(markdown);
  const parts = form === "rich" ? richParts(tokens) : undefined;
  if (parts !== undefined) return parts === "long" ? inShort(markdown, "rich") : parts;
  const simple = form === "rich" ? "entities" : form;
  const messages = packed(groupsOf(tokens, simple === "entities"), MAX_TEXT, MAX_PARTS + 1).flatMap((one) =>
    messagesOf(one, simple),
  );
  if (messages.length === 0) return [{ type: "text", text: "…" }];
  return messages.length > MAX_PARTS ? inShort(markdown, simple) : messages;
}

/** Words as a message of text. */
export function textPart({ text, entities }: Styled, form: "entities" | "plain"): Part & { readonly type: "text" } {
  if (isBlank(text)) return { type: "text", text: "…" };
  // Without its entity, code that begins with blanks loses them.
  if (form === "plain" || entities.length === 0) return { type: "text", text: text.trim() };
  return { type: "text", text, entities: entities.slice(0, MAX_ENTITIES) as MessageEntity[] };
}

function richParts(tokens: readonly Token[]): readonly Part[] | "long" | undefined {
  const files: Attachment[] = [];
  const shown = tokens.map((token) => {
    if (token.type !== "code" || isRichLength(codeOf(token as Tokens.Code).text)) return token;
    const name = codeName(token as Tokens.Code, files.length + 1);
    files.push({ name, content: `${token.text}\n` });
    return wordsToken(codeLine(name).text);
  });
  const markdown = richOf(shown);
  if (markdown === undefined) return undefined;
  return isRichLength(markdown) ? [{ type: "rich", markdown }, ...files.map(documentOf)] : "long";
}

function messagesOf({ styled, files }: Packed, form: "entities" | "plain"): readonly Part[] {
  return [...(isBlank(styled.text) ? [] : [textPart(styled, form)]), ...files.map(documentOf)];
}

function documentOf({ name, content }: Attachment): Part {
  return { type: "document", name, content, caption: name };
}

function inShort(markdown: string, form: Form): readonly Part[] {
  const beginning = beginningOf(tokensOf(markdown.slice(0, MAX_READ)));
  const file: Part = { type: "document", name: "answer.md", content: clean(markdown), caption: "The whole answer." };
  const rich = form === "rich" ? richOf([...beginning, wordsToken(BELOW)]) : undefined;
  if (rich !== undefined && isRichLength(rich)) return [{ type: "rich", markdown: rich }, file];
  const simple = form === "plain" ? "plain" : "entities";
  const [first] = packed(groupsOf(beginning, simple === "entities"), MAX_TEXT - BELOW.length - 2, 1);
  const begun = first === undefined || first.files.length > 0 ? wordsOf("") : first.styled;
  return [textPart(joined(begun, [{ styled: wordsOf(BELOW), glue: "\n\n" }]), simple), file];
}

/** The first blocks, and where they are few words, the beginning of the next one. */
function beginningOf(tokens: readonly Token[]): readonly Token[] {
  let length = 0;
  const whole = tokens.findIndex((token) => {
    length += token.raw.length;
    return length > MAX_BEGINNING;
  });
  if (whole < 0) return tokens;
  const first = tokens.slice(0, whole);
  const used = first.reduce((sum, { raw }) => sum + raw.length, 0);
  const next = tokens[whole];
  if (next === undefined || used >= MIN_BEGINNING || everyToken([next]).some(({ type }) => type === "code"))
    return first;
  return [...first, ...endedCleanly(next.raw.slice(0, cutAt(next.raw, MAX_BEGINNING - used)))];
}

function wordsToken(text: string): Token {
  return { type: "paragraph", raw: text, text, tokens: [{ type: "text", raw: text, text, escaped: false }] };
}

function wordsOf(text: string): Styled {
  return FormattableString.from(text, []);
}
