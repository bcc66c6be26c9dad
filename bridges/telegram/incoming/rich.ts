import { fieldOf } from "./field.ts";
import type { SentEntity, SentUser } from "./shape.ts";

/** A text with what in it means something. */
export type Words = { readonly text: string; readonly entities: readonly SentEntity[] | undefined };

/** Deeper nesting than this is not read; Telegram allows 16 levels. */
const MAX_DEPTH = 40;

/** Parts of a block that hold blocks, and parts that hold text, in the order in which they are read. */
const TEXTS = ["label", "summary", "text", "expression", "alternative_text", "caption", "credit"] as const;
const LISTS = ["blocks", "items", "cells", "buttons"] as const;

/** Blocks that show something; what that is stays behind. */
const SHOWN = new Set(["photo", "video", "animation", "audio", "document", "voice_note", "map"]);

/** Sorts of text that mean something to us. */
const MEANT = new Set(["mention", "text_mention", "bot_command"]);

/** The plain text of blocks: a line for each, the cells of a row side by side. */
export function richWords(blocks: readonly unknown[]): Words {
  const reader = { text: "", entities: [] as SentEntity[] };
  for (const block of blocks) readBlock(reader, block, 0);
  return { text: reader.text.trimEnd(), entities: reader.entities };
}

type Reader = { text: string; entities: SentEntity[] };

function readBlock(reader: Reader, block: unknown, depth: number): void {
  if (depth > MAX_DEPTH || typeof block !== "object" || block === null) return;
  if (Array.isArray(block)) {
    block.forEach((cell, at) => {
      if (at > 0) reader.text += " | ";
      readText(reader, fieldOf(cell, "text"), depth + 1);
    });
    endLine(reader);
    return;
  }
  const type = fieldOf(block, "type");
  if (typeof type === "string" && SHOWN.has(type)) reader.text += `[${type.replace("_", " ")}]\n`;
  for (const name of TEXTS) {
    const text = fieldOf(block, name);
    if (text === undefined) continue;
    readText(reader, text, depth + 1);
    if (name === "label") reader.text += " ";
    else endLine(reader);
  }
  for (const name of LISTS) {
    const inner = fieldOf(block, name);
    if (Array.isArray(inner)) for (const each of inner) readBlock(reader, each, depth + 1);
  }
}

function readText(reader: Reader, text: unknown, depth: number): void {
  if (depth > MAX_DEPTH) return;
  if (typeof text === "string") {
    reader.text += text;
    return;
  }
  if (Array.isArray(text)) {
    for (const part of text) readText(reader, part, depth + 1);
    return;
  }
  if (typeof text !== "object" || text === null) return;
  const offset = reader.text.length;
  for (const name of ["text", "expression", "alternative_text", "button"])
    readText(reader, fieldOf(text, name), depth + 1);
  const type = fieldOf(text, "type");
  if (typeof type !== "string" || !MEANT.has(type)) return;
  const user = userOf(fieldOf(text, "user"));
  reader.entities.push({ type, offset, length: reader.text.length - offset, ...(user === undefined ? {} : { user }) });
}

function userOf(user: unknown): SentUser | undefined {
  const id = fieldOf(user, "id");
  return typeof id === "number" ? { id } : undefined;
}

function endLine(reader: Reader): void {
  if (reader.text !== "" && !reader.text.endsWith("\n")) reader.text += "\n";
}
