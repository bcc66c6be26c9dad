import type { MessageEntity } from "@grammyjs/types";
import { checkEntities, marked } from "./entities.ts";
import { badRequest, bug, Refusal } from "./refusal.ts";
import { richText } from "./rich-text.ts";
import { named, photoSizes } from "./sent-files.ts";
import type { Upload } from "./wire.ts";
import { type Content, type KeptFile, keepFile, type World } from "./world.ts";

/** What a message is to hold: as Telegram keeps it, and as it reads. */
export type Contents = {
  readonly content: Content;
  readonly text: string;
  readonly markdown?: string | undefined;
  readonly file?: KeptFile | undefined;
};

/** Telegram's own. Units: UTF-16 units; bytes. */
const MOST = { text: 4_096, caption: 1_024, documentBytes: 50_000_000, photoBytes: 10_000_000 } as const;

type Entities = readonly MessageEntity[] | undefined;

/** Plain words with marks. Throws: Refusal where there are none, too many, or marks that do not fit. */
export function plain(text: string, entities: Entities): Contents {
  const read = words(text, entities);
  if (read.text === "") throw bug("message text is empty");
  if (read.text.length > MOST.text) throw bug("message is too long");
  return {
    content: { text: read.text, ...(read.entities.length === 0 ? {} : { entities: read.entities }) },
    text: read.text,
  };
}

/** A rich message. Throws: Refusal where this Telegram takes none. */
export function rich(world: World, given: Parameters<typeof richText>[0]): Contents {
  if (!world.settings.rich) throw badRequest("rich messages are not supported");
  const { text, blocks, markdown } = richText(given);
  return { content: { rich_message: { blocks } }, text, markdown };
}

/** Words below a file. */
export function captioned(caption: string | undefined, entities: Entities): Contents {
  if (caption === undefined) return { content: {}, text: "" };
  const read = words(caption, entities);
  if (read.text.length > MOST.caption) throw bug("message caption is too long");
  if (read.text === "") return { content: {}, text: "" };
  const marks = read.entities.length === 0 ? {} : { caption_entities: read.entities };
  return { content: { caption: read.text, ...marks }, text: read.text };
}

/** A file with words below it. */
export function media(
  world: World,
  given: {
    readonly type: "photo" | "document";
    readonly media: string;
    readonly caption?: string | undefined;
    readonly caption_entities?: Entities;
  },
  files: ReadonlyMap<string, Upload>,
): Contents {
  const below = captioned(given.caption, given.caption_entities);
  const isPhoto = given.type === "photo";
  const file = fileOf(world, given.media, files, isPhoto);
  const sent = isPhoto ? { photo: photoSizes(world, file) } : { document: { ...named(file), file_name: file.name } };
  return { ...below, content: { ...sent, ...below.content }, file };
}

/** Words of up to 4 096 units for a draft, of which there may be none. */
export function drafted(text: string | undefined, entities: Entities): string {
  const read = words(text ?? "", entities);
  if (read.text.length > MOST.text) throw bug("message is too long");
  return read.text;
}

function words(text: string, given: Entities): { readonly text: string; readonly entities: MessageEntity[] } {
  const entities = given ?? [];
  checkEntities(text, entities);
  const read = marked(text, entities);
  return { text: read.text, entities: [...read.entities] };
}

function fileOf(world: World, ref: string, files: ReadonlyMap<string, Upload>, isPhoto: boolean): KeptFile {
  if (!ref.startsWith("attach://")) {
    const known = world.files.get(ref);
    if (known !== undefined) return known;
    if (/^https?:/.test(ref)) throw bug("the fake fetches no files; give the file itself");
    throw badRequest("wrong remote file identifier specified: Wrong string length");
  }
  const upload = files.get(ref.slice("attach://".length));
  if (upload === undefined) throw bug(`there is no file for ${ref} in the request`);
  if (upload.bytes.length === 0) throw bug("file must be non-empty");
  if (upload.bytes.length > (isPhoto ? MOST.photoBytes : MOST.documentBytes)) {
    throw isPhoto ? badRequest("file is too big") : new Refusal(413, "Request Entity Too Large", { isBug: true });
  }
  return keepFile(world, { folder: isPhoto ? "photos" : "documents", ...upload });
}
