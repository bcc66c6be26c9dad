import type { OfferedFile } from "#subjects/telegram-update.ts";
import { plainName } from "./named.ts";
import { richWords, type Words } from "./rich.ts";
import type { SentContent } from "./shape.ts";

/** What a message says; undefined where it says and shows nothing, as those that tell of a chat itself do. */
export function wordsOf(content: SentContent): Words | undefined {
  const { text, caption, rich_message: rich } = content;
  if (text !== undefined && text !== "") return { text, entities: content.entities };
  if (caption !== undefined && caption !== "") return { text: caption, entities: content.caption_entities };
  if (rich !== undefined) return richWords(rich.blocks);
  const shown = shownIn(content);
  if (shown !== undefined) return { text: `[${shown.toWellFormed()}]`, entities: [] };
  return filesOf(content).length === 0 ? undefined : { text: "", entities: [] };
}

/** The file of a message; an animation also comes as a document, and a living photo as a photo: once each. */
export function filesOf(content: SentContent): OfferedFile[] {
  const { animation, live_photo: living, photo, document, sticker } = content;
  if (animation !== undefined) return [offered("animation", animation)];
  if (photo !== undefined && photo.length > 0) {
    const largest = photo.reduce((best, each) => (each.width * each.height > best.width * best.height ? each : best));
    return [offered("photo", largest)];
  }
  if (living !== undefined) return [offered("video", living)];
  if (sticker !== undefined) return [offered("sticker", sticker)];
  for (const sort of ["video", "video_note", "voice", "audio"] as const) {
    const file = content[sort];
    if (file !== undefined) return [offered(sort, file)];
  }
  return document === undefined ? [] : [offered("document", document)];
}

type SentFile = {
  readonly file_id: string;
  readonly file_name?: string | undefined;
  readonly file_size?: number | undefined;
};

function offered(sort: OfferedFile["sort"], { file_id: id, file_name, file_size: bytes }: SentFile): OfferedFile {
  const name = plainName(file_name ?? "", 300);
  return {
    sort,
    id,
    ...(name === "" ? {} : { name }),
    ...(bytes === undefined || bytes < 0 ? {} : { bytes }),
  };
}

/** In a few words what has no text of its own. */
function shownIn(content: SentContent): string | undefined {
  const { contact, dice, game, poll, venue, location, checklist, invoice, sticker } = content;
  if (venue !== undefined) {
    const { title, address, location: at } = venue;
    return `venue ${[title, ...(address === undefined ? [] : [address]), `${at.latitude}, ${at.longitude}`].join(", ")}`;
  }
  if (location !== undefined) return `location ${location.latitude}, ${location.longitude}`;
  if (contact !== undefined) {
    return `contact ${[contact.first_name, contact.last_name, contact.phone_number].filter(Boolean).join(" ")}`;
  }
  if (poll !== undefined) return listed("poll", poll.question, poll.options);
  if (checklist !== undefined) return listed("checklist", checklist.title, checklist.tasks);
  if (dice !== undefined) return `dice ${dice.emoji} ${dice.value}`;
  if (sticker !== undefined) return sticker.emoji === undefined ? "sticker" : `sticker ${sticker.emoji}`;
  if (game !== undefined) return `game ${game.title}`;
  if (invoice !== undefined) return `invoice ${invoice.title}`;
  if (content.paid_media !== undefined) return "paid media";
  if (content.story !== undefined) return "story";
  return content.giveaway === undefined ? undefined : "giveaway";
}

function listed(what: string, title: string, entries: readonly { readonly text: string }[]): string {
  return entries.length === 0 ? `${what} ${title}` : `${what} ${title}: ${entries.map(({ text }) => text).join("; ")}`;
}
