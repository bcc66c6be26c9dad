import { isDeepStrictEqual } from "node:util";
import type { Message } from "@grammyjs/types";
import type { Arrival } from "./arrival.ts";
import { type Contents, captioned, media, plain, rich } from "./contents.ts";
import type { Given } from "./parameters.ts";
import { own, roomFor } from "./places.ts";
import { findMessage } from "./posts.ts";
import { badRequest, bug } from "./refusal.ts";
import type { Posted, World } from "./world.ts";

const SAME =
  "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";

/** What bots may say with a single sign. Source: ReactionTypeEmoji of the Bot API. */
const REACTIONS: ReadonlySet<string> = new Set(
  "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡".split(
    " ",
  ),
);

/** Where a message has what it holds. */
const HELD = ["text", "entities", "caption", "caption_entities", "rich_message", "document", "photo"] as const;

type Markup = Given<"editMessageText">["reply_markup"];

/** Other words. */
export function editMessageText(world: World, given: Given<"editMessageText">): Message {
  const { text, rich_message, entities } = given;
  if ((text === undefined) === (rich_message === undefined)) throw bug("message text is empty");
  const contents = rich_message === undefined ? plain(text ?? "", entities) : rich(world, rich_message);
  const posted = own(world, roomFor(world, given.chat_id), given.message_id);
  if (posted.file !== undefined) throw badRequest("there is no text in the message to edit");
  return change(posted, contents, given.reply_markup);
}

/** Other words below a file. */
export function editMessageCaption(world: World, given: Given<"editMessageCaption">): Message {
  const contents = captioned(given.caption, given.caption_entities);
  const posted = own(world, roomFor(world, given.chat_id), given.message_id);
  const { document, photo } = posted.message;
  if (posted.file === undefined) throw badRequest("there is no caption in the message to edit");
  const kept = document === undefined ? { photo: photo ?? [] } : { document };
  const whole = { ...contents, content: { ...kept, ...contents.content }, file: posted.file };
  return change(posted, whole, given.reply_markup);
}

/** Another file, or a file instead of words. */
export function editMessageMedia(world: World, given: Given<"editMessageMedia">, { files }: Arrival): Message {
  const posted = own(world, roomFor(world, given.chat_id), given.message_id);
  return change(posted, media(world, given.media, files), given.reply_markup);
}

/** Other buttons. */
export function editMessageReplyMarkup(world: World, given: Given<"editMessageReplyMarkup">): Message {
  const posted = own(world, roomFor(world, given.chat_id), given.message_id);
  const content = contentOf(posted.message);
  return change(
    posted,
    { content, text: posted.text, markdown: posted.markdown, file: posted.file },
    given.reply_markup,
  );
}

/** A message is taken away. */
export function deleteMessage(world: World, given: Given<"deleteMessage">): true {
  const room = roomFor(world, given.chat_id);
  const posted = findMessage(room, given.message_id);
  if (posted === undefined) throw badRequest("message to delete not found");
  const isOwn = posted.message.from?.id === world.settings.bot.id;
  if (!isOwn && room.chat.type !== "private") throw badRequest("message can't be deleted");
  room.messages.splice(room.messages.indexOf(posted), 1);
  return true;
}

/** A sign at a message. */
export function setMessageReaction(world: World, given: Given<"setMessageReaction">): true {
  const room = roomFor(world, given.chat_id);
  const posted = findMessage(room, given.message_id);
  if (posted === undefined) throw badRequest("message to react not found");
  const emoji = given.reaction?.[0]?.emoji;
  if (emoji !== undefined && !REACTIONS.has(emoji)) throw bug("REACTION_INVALID");
  posted.reaction = emoji;
  return true;
}

/** Buttons that are not given again are gone, as at Telegram. */
function change(posted: Posted, { content, text, markdown, file }: Contents, markup: Markup): Message {
  const buttons = markup?.inline_keyboard ?? [];
  const isSame =
    isDeepStrictEqual(content, contentOf(posted.message)) &&
    markdown === posted.markdown &&
    isDeepStrictEqual(buttons, posted.message.reply_markup?.inline_keyboard ?? []);
  if (isSame) throw badRequest(SAME);
  const frame = structuredClone(posted.message);
  for (const key of [...HELD, "reply_markup"] as const) delete frame[key];
  posted.message = {
    ...frame,
    ...content,
    ...(buttons.length === 0 ? {} : { reply_markup: { inline_keyboard: buttons as Buttons } }),
    edit_date: Math.floor(Date.now() / 1_000),
  };
  posted.text = text;
  posted.markdown = markdown;
  posted.file = file;
  posted.edits += 1;
  return posted.message;
}

type Buttons = NonNullable<Message["reply_markup"]>["inline_keyboard"];

/** What a message holds, without where it stands. */
function contentOf(message: Message): Contents["content"] {
  return Object.fromEntries(HELD.flatMap((key) => (message[key] === undefined ? [] : [[key, message[key]]])));
}
