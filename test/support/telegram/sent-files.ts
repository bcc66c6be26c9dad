import type { Message, PhotoSize } from "@grammyjs/types";
import type { Person } from "./people.ts";
import { type More, says } from "./sayings.ts";
import { type Content, type KeptFile, keepFile, type World } from "./world.ts";

/** A file as somebody sends it. Units: `declaredBytes` is the size that Telegram tells, where it is not the true one. */
export type SentFile = {
  readonly sort: "photo" | "voice" | "audio" | "video" | "video_note" | "animation" | "document" | "sticker";
  readonly bytes: Uint8Array;
  readonly name?: string;
  readonly mime?: string;
  readonly caption?: string;
  readonly declaredBytes?: number;
};

/** Somebody sends a file. */
export function sendsFile(
  world: World,
  given: {
    readonly chat: number;
    readonly from: Person;
    readonly file: SentFile;
    readonly more: More & { readonly album?: string };
  },
): Message {
  const { sort, bytes, caption, declaredBytes } = given.file;
  const { album, ...more } = given.more;
  const kept = keepFile(world, { folder: `${sort}s`, name: given.file.name ?? `${sort}.bin`, bytes, declaredBytes });
  const content: Content = {
    ...mediaOf(world, given.file, kept),
    ...(caption === undefined ? {} : { caption }),
    ...(album === undefined ? {} : { media_group_id: album }),
  };
  const message = says(world, { chat: given.chat, from: given.from, content, more });
  const posted = world.rooms.get(given.chat)?.messages.find((one) => one.message.message_id === message.message_id);
  if (posted !== undefined) posted.file = kept;
  return message;
}

/** A photo in the sizes that Telegram makes of it, the largest last. */
export function photoSizes(world: World, kept: KeptFile): PhotoSize[] {
  const small = keepFile(world, { folder: "photos", name: kept.name, bytes: kept.bytes.slice(0, 64) });
  return [
    { ...named(small), width: 90, height: 60 },
    { ...named(kept), width: 1_280, height: 853 },
  ];
}

/** A file as Telegram names it in messages. */
export function named(kept: KeptFile): { file_id: string; file_unique_id: string; file_size: number } {
  return { file_id: kept.file_id, file_unique_id: kept.file_unique_id, file_size: kept.declaredBytes };
}

function mediaOf(world: World, { sort, name, mime }: SentFile, kept: KeptFile): Content {
  const file = named(kept);
  const titled = {
    ...file,
    ...(name === undefined ? {} : { file_name: name }),
    ...(mime === undefined ? {} : { mime_type: mime }),
  };
  const size = { width: 640, height: 480 };
  switch (sort) {
    case "photo":
      return { photo: photoSizes(world, kept) };
    case "voice":
      return { voice: { ...file, duration: 3, mime_type: mime ?? "audio/ogg" } };
    case "audio":
      return { audio: { ...titled, duration: 3 } };
    case "video":
      return { video: { ...titled, ...size, duration: 3 } };
    case "video_note":
      return { video_note: { ...file, length: 240, duration: 3 } };
    case "animation":
      return { animation: { ...titled, ...size, duration: 3 }, document: titled };
    case "document":
      return { document: titled };
    case "sticker":
      return { sticker: { ...file, ...size, type: "regular", is_animated: false, is_video: false } };
  }
}
