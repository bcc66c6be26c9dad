import type { Person, Place } from "#subjects/telegram-update.ts";
import type { SentChat, SentMessage, SentUser } from "./shape.ts";

/** Units: UTF-16 units. */
const MAX_NAME = 200;

/** A chat's title may be so long. Units: UTF-16 units. */
const MAX_TITLE = 300;

/** A name without what would change the line that it stands in: control characters, and those that turn the direction of writing. */
export function plainName(text: string, most: number = MAX_NAME): string {
  const plain = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, "")
    .trim();
  return cut(plain, most);
}

/** The beginning of a text, never with half a character at its end. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const isHalf = /[\uD800-\uDBFF]/.test(text.charAt(most - 1));
  return text.slice(0, isHalf ? most - 1 : most);
}

/** Somebody by the name that they give themselves; by their number where they give none. */
export function personOf({ id, first_name, last_name, username }: SentUser | SentChat): Person {
  const name = plainName([first_name, last_name].filter((part) => part !== undefined).join(" "));
  return { id, name: name || plainName(username ?? "") || `${id}` };
}

/** What a chat is called. */
export function titleOf(chat: SentChat): string {
  return plainName(chat.title ?? "", MAX_TITLE) || personOf(chat).name;
}

/** Where something happens; undefined in channels, where nobody talks with anybody. A topic counts as one only where it is said to be. */
export function placeOf(
  chat: SentChat,
  { message_thread_id: topic, is_topic_message: isTopic }: Partial<SentMessage> = {},
): Place | undefined {
  if (chat.type === "channel") return undefined;
  const isPrivate = chat.type === "private" || (chat.type !== "group" && chat.type !== "supergroup" && chat.id > 0);
  const title = plainName(chat.title ?? "", MAX_TITLE);
  return {
    chat: chat.id,
    kind: isPrivate ? "private" : "group",
    ...(topic !== undefined && topic >= 0 && isTopic === true ? { topic } : {}),
    ...(title === "" ? {} : { title }),
    ...(chat.is_forum === true ? { forum: true } : {}),
  };
}
