import type { MessageEntity } from "@grammyjs/types";
import type { Draft, Posted, World } from "./world.ts";

/** A button as a person sees it. */
export type SeenButton = { readonly text: string; readonly data?: string; readonly url?: string };

/** A message as a person sees it. Units: `at` ms since 1970. */
export type SeenMessage = {
  readonly message_id: number;
  /** Whose it is: the bot's, or the number of a person. */
  readonly by: "bot" | number;
  /** How it reads, without marks. */
  readonly text: string;
  /** A rich message as the bot wrote it. */
  readonly markdown?: string;
  readonly entities: readonly MessageEntity[];
  readonly document?: { readonly name: string; readonly bytes: Uint8Array };
  readonly photo?: { readonly bytes: Uint8Array };
  /** The message that it answers; not that which opened its topic. */
  readonly reply_to?: number;
  readonly thread?: number;
  readonly buttons: readonly SeenButton[];
  readonly reaction?: string;
  readonly silent: boolean;
  readonly edits: number;
  readonly at: number;
};

/** A chat as a person sees it. */
export type SeenChat = {
  readonly messages: readonly SeenMessage[];
  /** What is being written now. */
  readonly drafts: readonly Draft[];
  /** What the bot has shown that it does, all of it. Units: `at` ms since 1970. */
  readonly actions: readonly { readonly action: string; readonly thread: number | undefined; readonly at: number }[];
};

/** What is seen in a chat now; nothing in one that there is not. */
export function seenChat(world: World, chat: number): SeenChat {
  const room = world.rooms.get(chat);
  if (room === undefined) return { messages: [], drafts: [], actions: [] };
  const since = Date.now() - world.settings.draftMs;
  return {
    messages: room.messages.flatMap((posted) => (isService(posted) ? [] : [seen(world, posted)])),
    drafts: [...room.drafts.values()].filter(({ at }) => at > since),
    actions: [...room.actions],
  };
}

function isService({ message }: Posted): boolean {
  return "forum_topic_created" in message || "migrate_to_chat_id" in message || "migrate_from_chat_id" in message;
}

function seen(world: World, posted: Posted): SeenMessage {
  const { message, text, markdown, file, reaction } = posted;
  const { message_id, message_thread_id: thread, reply_to_message: answered } = message;
  const from = message.from?.id ?? 0;
  const reply = answered !== undefined && answered.message_id !== thread ? answered.message_id : undefined;
  return {
    message_id,
    by: from === world.settings.bot.id ? "bot" : from,
    text,
    entities: message.entities ?? message.caption_entities ?? [],
    buttons: buttonsOf(posted),
    silent: posted.silent ?? false,
    edits: posted.edits,
    at: posted.at,
    ...(markdown === undefined ? {} : { markdown }),
    ...(file === undefined || message.document === undefined
      ? {}
      : { document: { name: file.name, bytes: file.bytes } }),
    ...(file === undefined || message.photo === undefined ? {} : { photo: { bytes: file.bytes } }),
    ...(reply === undefined ? {} : { reply_to: reply }),
    ...(thread === undefined ? {} : { thread }),
    ...(reaction === undefined ? {} : { reaction }),
  };
}

function buttonsOf({ message }: Posted): readonly SeenButton[] {
  return (message.reply_markup?.inline_keyboard.flat() ?? []).map((button) => ({
    text: button.text,
    ...("callback_data" in button ? { data: button.callback_data } : {}),
    ...("url" in button ? { url: button.url } : {}),
  }));
}
