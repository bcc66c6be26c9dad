import type { Message, User } from "@grammyjs/types";
import { type Content, type KeptFile, nextMessage, type Posted, type Room, type World } from "./world.ts";

/** A message to be put into a chat. */
export type Post = {
  readonly from: User;
  readonly content: Content;
  /** What a person reads. */
  readonly text: string;
  readonly markdown?: string | undefined;
  readonly file?: KeptFile | undefined;
  readonly thread?: number | undefined;
  readonly answers?: Posted | undefined;
  readonly silent?: boolean;
};

/** Puts a message into a chat. In a topic, one that answers nothing answers the message that opened the topic. */
export function post(world: World, room: Room, given: Post): Posted {
  const { from, content, thread, text, markdown, file, silent = false } = given;
  const opening = thread === undefined ? undefined : findMessage(room, thread);
  const posted: Posted = {
    message: {
      message_id: nextMessage(world, room.chat.id),
      from,
      chat: room.chat,
      date: Math.floor(Date.now() / 1_000),
      ...(thread === undefined ? {} : { message_thread_id: thread, is_topic_message: true }),
      ...replyFields(given.answers ?? opening),
      ...content,
    },
    text,
    markdown,
    file,
    silent,
    edits: 0,
    at: Date.now(),
  };
  room.messages.push(posted);
  return posted;
}

/** A message of a chat. */
export function findMessage(room: Room, id: number): Posted | undefined {
  return room.messages.findLast(({ message }) => message.message_id === id);
}

/** Opens a topic; the message that says so has the topic's number. */
export function openTopic(
  world: World,
  room: Room,
  topic: { readonly name: string; readonly from: User; readonly thread?: number },
): number {
  const { name, from } = topic;
  const last = world.groupMessages.get(room.chat.id) ?? 0;
  if (topic.thread !== undefined && room.chat.id < 0) {
    if (topic.thread <= last)
      throw new Error(`message ${topic.thread} is in the chat already; name a topic above ${last}`);
    world.groupMessages.set(room.chat.id, topic.thread - 1);
  }
  const { message } = post(world, room, {
    from,
    content: { forum_topic_created: { name, icon_color: 0x6fb9f0 } },
    text: "",
  });
  message.message_thread_id = message.message_id;
  message.is_topic_message = true;
  room.topics.set(message.message_id, name);
  if (room.chat.type === "supergroup") room.chat = { ...room.chat, is_forum: true };
  return message.message_id;
}

/** Without what it answers itself, as Telegram gives it. */
function replyFields(answered: Posted | undefined): Partial<Message> {
  if (answered === undefined) return {};
  const { reply_to_message: _, ...message } = answered.message;
  return { reply_to_message: message as NonNullable<Message["reply_to_message"]> };
}
