import type { MessageEntity } from "@grammyjs/types";
import { bug } from "./refusal.ts";

/** Words and what is marked in them. */
export type Marked = { readonly text: string; readonly entities: readonly MessageEntity[] };

const QUOTES: ReadonlySet<string> = new Set(["blockquote", "expandable_blockquote"]);
const CODE: ReadonlySet<string> = new Set(["code", "pre"]);

/** What Telegram finds in words by itself. */
const FOUND = [
  { type: "bot_command", pattern: /(?<![\w/@])\/[A-Za-z0-9_]{1,32}(?:@[A-Za-z]\w{3,31})?(?![\w/])/g },
  { type: "url", pattern: /\bhttps?:\/\/[^\s<>"]+[^\s<>".,;:!?)]/g },
  { type: "email", pattern: /\b[\w.+-]+@[\w-]+\.[\w.]*\w/g },
  { type: "mention", pattern: /(?<![\w@/])@[A-Za-z]\w{3,31}\b/g },
  { type: "hashtag", pattern: /(?<![\w#])#\p{L}[\p{L}\p{N}_]*/gu },
] as const;

/** What Telegram makes of words and marks: without space around them, and with what it finds by itself. */
export function marked(text: string, entities: readonly MessageEntity[]): Marked {
  const lead = text.length - text.trimStart().length;
  const trimmed = text.trim();
  const kept = entities.flatMap((entity) => {
    const from = Math.max(0, entity.offset - lead);
    const to = Math.min(trimmed.length, entity.offset - lead + entity.length);
    return to > from ? [{ ...entity, offset: from, length: to - from }] : [];
  });
  return { text: trimmed, entities: [...kept, ...found(trimmed, kept)].sort((a, b) => a.offset - b.offset) };
}

/**
 * Throws: Refusal where marks do not fit the words. Telegram itself mends empty and crossing ones in silence; here they
 * are refused too, since whoever makes them meant something else.
 */
export function checkEntities(text: string, entities: readonly MessageEntity[]): void {
  for (const entity of entities) checkBounds(text, entity);
  for (const [at, one] of entities.entries()) {
    for (const other of entities.slice(at + 1)) checkPair(one, other);
  }
}

function checkBounds(text: string, { offset, length }: MessageEntity): void {
  const end = offset + length;
  if (offset < 0 || offset > 1_000_000) throw bug(`receive an entity with incorrect offset ${offset}`);
  if (length <= 0 || length > 1_000_000) throw bug(`receive an entity with incorrect length ${length}`);
  if (offset > text.length) throw bug(`entity begins after the end of the text at UTF-16 offset ${offset}`);
  if (end > text.length) {
    throw bug(`entity beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 offset ${end}`);
  }
  if (splits(text, offset)) {
    throw bug(`entity begins in a middle of a UTF-16 symbol at byte offset ${bytesBefore(text, offset)}`);
  }
  if (splits(text, end)) {
    const at = bytesBefore(text, end);
    throw bug(`entity beginning at UTF-16 offset ${offset} ends in a middle of a UTF-16 symbol at byte offset ${at}`);
  }
}

function checkPair(one: MessageEntity, other: MessageEntity): void {
  const [first, second] = one.offset <= other.offset ? [one, other] : [other, one];
  const [firstEnd, secondEnd] = [first.offset + first.length, second.offset + second.length];
  if (second.offset >= firstEnd) return;
  const names = `${one.type} at ${one.offset} and ${other.type} at ${other.offset}`;
  if (second.offset > first.offset && secondEnd > firstEnd) throw bug(`entities cross: ${names}`);
  const [isOneQuote, isOtherQuote] = [QUOTES.has(one.type), QUOTES.has(other.type)];
  if (isOneQuote && isOtherQuote) throw bug(`quotes are nested: ${names}`);
  const isCode = CODE.has(one.type) || CODE.has(other.type);
  if (isCode && !isOneQuote && !isOtherQuote) throw bug(`code is nested: ${names}`);
}

function splits(text: string, at: number): boolean {
  return /[\uDC00-\uDFFF]/.test(text[at] ?? "") && /[\uD800-\uDBFF]/.test(text[at - 1] ?? "");
}

/** The whole symbol that is split counts. */
function bytesBefore(text: string, at: number): number {
  return Buffer.byteLength(text.slice(0, at + 1));
}

function found(text: string, given: readonly MessageEntity[]): readonly MessageEntity[] {
  const taken = given.filter(({ type }) => CODE.has(type) || type === "text_link" || type === "text_mention");
  const all: MessageEntity[] = [];
  for (const { type, pattern } of FOUND) {
    for (const match of text.matchAll(pattern)) {
      const entity: MessageEntity = { type, offset: match.index, length: match[0].length };
      if (![...taken, ...all].some((other) => overlap(entity, other))) all.push(entity);
    }
  }
  return all;
}

function overlap(one: MessageEntity, other: MessageEntity): boolean {
  return one.offset < other.offset + other.length && other.offset < one.offset + one.length;
}
