import type { Message } from "@grammyjs/types";
import type { Arrival } from "./arrival.ts";
import { type Contents, drafted, media, plain, rich } from "./contents.ts";
import type { Given } from "./parameters.ts";
import { answered, checkThread, roomFor } from "./places.ts";
import { post } from "./posts.ts";
import { badRequest } from "./refusal.ts";
import type { Content, Room, World } from "./world.ts";

/** What all that is sent has in common. */
type Sent = Pick<
  Given<"sendMessage">,
  "chat_id" | "message_thread_id" | "reply_parameters" | "reply_markup" | "disable_notification"
>;

/** A message of plain words. */
export function sendMessage(world: World, given: Given<"sendMessage">): Message {
  return send(world, given, plain(given.text, given.entities));
}

/** A rich message. */
export function sendRichMessage(world: World, given: Given<"sendRichMessage">): Message {
  return send(world, given, rich(world, given.rich_message));
}

/** A picture. */
export function sendPhoto(world: World, given: Given<"sendPhoto">, { files }: Arrival): Message {
  return sendMedia(world, given, () => media(world, { ...given, type: "photo", media: given.photo }, files));
}

/** A file. */
export function sendDocument(world: World, given: Given<"sendDocument">, { files }: Arrival): Message {
  return sendMedia(world, given, () => media(world, { ...given, type: "document", media: given.document }, files));
}

/** Words that are being written. */
export function sendMessageDraft(world: World, given: Given<"sendMessageDraft">): true {
  return draft(world, given, { content: {}, text: drafted(given.text, given.entities) });
}

/** A rich message that is being written. */
export function sendRichMessageDraft(world: World, given: Given<"sendRichMessageDraft">): true {
  return draft(world, given, rich(world, given.rich_message));
}

/** What the bot does just now. The first topic of a forum, which messages may not name, may be named here. */
export function sendChatAction(world: World, given: Given<"sendChatAction">): true {
  const room = roomFor(world, given.chat_id);
  if (given.message_thread_id !== 1) checkThread(room, given.message_thread_id);
  room.actions.push({ action: given.action, thread: given.message_thread_id, at: Date.now() });
  return true;
}

/** Places are looked at before files are kept. */
function sendMedia(world: World, given: Sent, read: () => Contents): Message {
  checkThread(roomFor(world, given.chat_id), given.message_thread_id);
  return send(world, given, read());
}

function send(world: World, given: Sent, contents: Contents): Message {
  const room = roomFor(world, given.chat_id);
  checkThread(room, given.message_thread_id);
  const posted = post(world, room, {
    from: asAuthor(world),
    content: { ...contents.content, ...keyboard(given.reply_markup) },
    text: contents.text,
    markdown: contents.markdown,
    file: contents.file,
    thread: given.message_thread_id,
    answers: answered(room, given.reply_parameters),
    silent: given.disable_notification ?? false,
  });
  for (const [id, one] of room.drafts) {
    if (one.thread === given.message_thread_id) room.drafts.delete(id);
  }
  return posted.message;
}

/** Buttons below a message; the other interfaces change nothing in it. */
function keyboard(given: Sent["reply_markup"]): Content {
  return given !== undefined && "inline_keyboard" in given
    ? { reply_markup: { inline_keyboard: given.inline_keyboard as Buttons } }
    : {};
}

type Buttons = NonNullable<Message["reply_markup"]>["inline_keyboard"];

function asAuthor(world: World): NonNullable<Message["from"]> {
  const { id, is_bot, first_name, username } = world.settings.bot;
  return { id, is_bot, first_name, username };
}

function draft(world: World, given: Drafted, { text, markdown }: Contents): true {
  if (given.chat_id < 0) throw badRequest("TEXTDRAFT_PEER_INVALID");
  const room: Room = roomFor(world, given.chat_id);
  checkThread(room, given.message_thread_id);
  const before = room.drafts.get(given.draft_id);
  room.drafts.delete(given.draft_id);
  room.drafts.set(given.draft_id, {
    draft_id: given.draft_id,
    thread: given.message_thread_id,
    text,
    markdown,
    canStop: given.can_stop ?? false,
    keepOnStop: given.keep_on_stop ?? false,
    changes: (before?.changes ?? 0) + 1,
    at: Date.now(),
  });
  return true;
}

type Drafted = Pick<
  Given<"sendMessageDraft">,
  "chat_id" | "message_thread_id" | "draft_id" | "can_stop" | "keep_on_stop"
>;
