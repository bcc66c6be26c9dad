import type { SentFile } from "#subjects/turn.ts";
import type { FilePart, ImagePart, Message } from "./provider.ts";

/** What a picture may be for all APIs. */
const MEDIA_TYPES: ReadonlySet<string> = new Set<ImagePart["mediaType"]>([
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
]);

/** Most of one picture: Anthropic takes 5 MiB, and counts what it is as base64, which is a third more. Units: bytes. */
const MAX_PICTURE_BYTES = 3_900_000;

/** What a picture counts for; what it costs depends on its size in pixels. Units: tokens. */
export const PICTURE_TOKENS = 1_600;

/** A file as a model is told of it. Shape: `[file cat.jpg (image/jpeg, 48 KB), artifact main.telegram.4711/17-0]`. */
export function fileText(file: SentFile): string {
  return `[file ${fileName(file)}, artifact ${plain(file.artifact)}]`;
}

/** A file as a person is told of it. Shape: `cat.jpg (image/jpeg, 48 KB)`. */
export function fileName({ name, type, bytes }: SentFile): string {
  return `${plain(name)} (${[plain(type), sizeOf(bytes)].filter((part) => part !== "").join(", ")})`;
}

/** Whether a file is a picture that a model may be shown. */
export function isPicture({ type, bytes }: SentFile): boolean {
  return MEDIA_TYPES.has(type) && bytes > 0 && bytes <= MAX_PICTURE_BYTES;
}

/** The picture in a file whose bytes were fetched; undefined where it is none, or more than was said. */
export function pictureOf({ type }: SentFile, bytes: Buffer): ImagePart | undefined {
  if (!isPicture({ type, bytes: bytes.length, artifact: "", name: "" })) return undefined;
  // It is one of them.
  return { type: "image", mediaType: type as ImagePart["mediaType"], base64: bytes.toString("base64") };
}

/** Whether anything is to be seen in these messages. */
export function hasPictures(messages: readonly Message[]): boolean {
  return messages.some(({ role, ...message }) =>
    "results" in message
      ? message.results.some(({ content }) => content.some(({ type }) => type === "image"))
      : role === "user" && message.content.some((part) => part.type === "image" || "picture" in part),
  );
}

/** The same messages, of whose pictures only the lines are left. */
export function withoutPictures(messages: readonly Message[]): readonly Message[] {
  return messages.map((message): Message => {
    if (message.role === "assistant") return message;
    if (message.role === "user") return { ...message, content: message.content.filter(isNoImage).map(unseen) };
    return {
      ...message,
      results: message.results.map((each) => ({ ...each, content: each.content.filter(isNoImage) })),
    };
  });
}

function isNoImage<Part extends { readonly type: string }>(part: Part): boolean {
  return part.type !== "image";
}

function unseen<Part extends { readonly type: string }>(part: Part | FilePart): Part | FilePart {
  if (!("picture" in part)) return part;
  const { picture: _, ...rest } = part;
  return rest;
}

/** On one line and without brackets: whoever sends a file names it. */
function plain(text: string): string {
  return text
    .replace(/[[\]\s]+/gu, " ")
    .trim()
    .toWellFormed();
}

/** Shape: `48 KB`. */
function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
