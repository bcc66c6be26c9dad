import type { Message, MessageEntity, User } from "@grammyjs/types";
import { marked } from "./entities.ts";
import { type Person, roomOf, userOf } from "./people.ts";
import { findMessage, openTopic, post } from "./posts.ts";
import { type Content, count, type Posted, type Room, type World } from "./world.ts";

/** Where in a chat something is said, and to what. */
export type More = {
  /** A topic; it comes into being where there is none of that number. */
  readonly thread?: number;
  /** Number of the message that is answered. */
  readonly replyTo?: number;
};

/** What somebody says. */
export type Saying = {
  readonly chat: number;
  readonly from: Person;
  readonly content: string | Partial<Message>;
  readonly more: More;
};

/** Somebody writes. */
export function says(world: World, { chat, from: person, content, more }: Saying): Message {
  const from = userOf(world, person);
  const room = roomOf(world, chat, from);
  if (chat > 0) room.standing = "present";
  const whole = withEntities(typeof content === "string" ? { text: content } : content);
  const thread = topicFor(world, room, from, more.thread);
  const answers = more.replyTo === undefined ? undefined : mustFind(room, more.replyTo);
  const posted = post(world, room, {
    from,
    content: whole,
    text: whole.text ?? whole.caption ?? "",
    thread,
    answers,
  });
  tell(world, room, posted);
  return structuredClone(posted.message);
}

/** The topic of that number, which comes into being where there is none; in private chats under a number of its own. */
function topicFor(world: World, room: Room, from: User, thread: number | undefined): number | undefined {
  if (thread === undefined || room.topics.has(thread)) return thread;
  if (room.chat.type === "private" && !world.settings.bot.has_topics_enabled) {
    throw new Error("private chats with this bot have no topics");
  }
  return openTopic(world, room, { name: `Topic ${thread}`, from, thread });
}

/** Somebody changes what they had written. */
export function edits(world: World, chat: number, id: number, content: string | Partial<Message>): Message {
  const room = mustHave(world, chat);
  const posted = mustFind(room, id);
  const change = typeof content === "string" ? { [posted.file === undefined ? "text" : "caption"]: content } : content;
  const { entities: _, caption_entities: __, ...rest } = posted.message;
  posted.message = { ...rest, ...withEntities(change), edit_date: Math.floor(Date.now() / 1_000) };
  posted.text = posted.message.text ?? posted.message.caption ?? "";
  posted.edits += 1;
  world.updates.push("edited_message", posted.message);
  return structuredClone(posted.message);
}

/** Somebody presses a button; gives the query's id. */
export function presses(
  world: World,
  given: {
    readonly chat: number;
    readonly from: Person;
    readonly message: number;
    readonly data: string;
    readonly forged: boolean;
  },
): string {
  const { message } = mustFind(mustHave(world, given.chat), given.message);
  const buttons = message.reply_markup?.inline_keyboard.flat() ?? [];
  const offered = buttons.flatMap((button) => ("callback_data" in button ? [button.callback_data] : []));
  if (!given.forged && !offered.includes(given.data)) {
    throw new Error(`message ${given.message} has no button for ${given.data}; it has ${offered.join(", ") || "none"}`);
  }
  const id = `${4_382_000_000_000_000_000n + BigInt(count(world))}`;
  world.queries.set(id, { id, at: Date.now() });
  world.updates.push("callback_query", {
    id,
    from: userOf(world, given.from),
    message,
    chat_instance: `-${Math.abs(given.chat)}77`,
    data: given.data,
  });
  return id;
}

/** Somebody presses the stop of a draft. */
export function stopsDraft(world: World, chat: number, id: number | undefined): void {
  const room = mustHave(world, chat);
  const draft = [...room.drafts.values()].findLast((one) => one.canStop && (id === undefined || one.draft_id === id));
  if (draft === undefined) throw new Error(`chat ${chat} has no draft that can be stopped`);
  if (!draft.keepOnStop) room.drafts.delete(draft.draft_id);
  world.updates.push("stopped_message_generation", {
    chat: room.chat,
    ...(draft.thread === undefined ? {} : { message_thread_id: draft.thread }),
    draft_id: draft.draft_id,
  });
}

/** A message is gone, and the bot is not told. */
export function deletes(world: World, chat: number, id: number): void {
  const room = mustHave(world, chat);
  room.messages.splice(room.messages.indexOf(mustFind(room, id)), 1);
}

/** A topic is gone with its messages, and the bot is not told. */
export function deletesTopic(world: World, chat: number, thread: number): void {
  const room = mustHave(world, chat);
  room.topics.delete(thread);
  const kept = room.messages.filter(({ message }) => message.message_thread_id !== thread);
  room.messages.splice(0, room.messages.length, ...kept);
}

/** Tells the bot of a message, unless it is one that it does not see in groups. */
export function tell(world: World, room: Room, { message }: Posted): void {
  const { bot } = world.settings;
  const marks = [...(message.entities ?? []), ...(message.caption_entities ?? [])];
  const text = message.text ?? message.caption ?? "";
  const isMeant =
    message.reply_to_message?.from?.id === bot.id ||
    text.includes(`@${bot.username}`) ||
    marks.some(({ type }) => type === "bot_command");
  if (room.standing !== "present") return;
  if (room.chat.type === "private" || bot.can_read_all_group_messages || isMeant)
    world.updates.push("message", message);
}

/** Words with the marks that Telegram gives them, unless marks were given. */
export function withEntities(content: Content): Content {
  const text = content.entities === undefined ? found(content.text) : undefined;
  const caption = content.caption_entities === undefined ? found(content.caption) : undefined;
  return {
    ...content,
    ...(text === undefined ? {} : { entities: text }),
    ...(caption === undefined ? {} : { caption_entities: caption }),
  };
}

function found(text: string | undefined): MessageEntity[] | undefined {
  if (text === undefined || text.trim() !== text) return undefined;
  const { entities } = marked(text, []);
  return entities.length === 0 ? undefined : [...entities];
}

function mustHave(world: World, chat: number): Room {
  const room = world.rooms.get(chat);
  if (room === undefined) throw new Error(`nobody has written in chat ${chat} yet`);
  return room;
}

function mustFind(room: Room, id: number): Posted {
  const posted = findMessage(room, id);
  if (posted === undefined) throw new Error(`chat ${room.chat.id} has no message ${id}`);
  return posted;
}
