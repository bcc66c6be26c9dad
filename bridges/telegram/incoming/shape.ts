import { z } from "zod";

/** A number of Telegram's. */
const number = z.number().int();

/** What may be missing: of an odd sort it counts as missing, so that nothing is lost for its sake. */
function maybe<T extends z.ZodType>(schema: T) {
  return schema.optional().catch(undefined);
}

const text = maybe(z.string());
const flag = maybe(z.boolean());

const sentUser = z.object({ id: number, is_bot: flag, first_name: text, last_name: text, username: text });

const sentChat = z.object({
  id: number,
  type: text,
  title: text,
  first_name: text,
  last_name: text,
  username: text,
  is_forum: flag,
});

const entity = z.object({ type: z.string(), offset: number, length: number, user: maybe(sentUser) });

/** Entities one by one: an odd one does not take the others with it. */
const entities = maybe(
  z.array(z.unknown()).transform((all) => all.flatMap((each) => entity.safeParse(each).data ?? [])),
);

const file = maybe(
  z.object({ file_id: z.string().min(1).max(300), file_name: text, file_size: maybe(number), emoji: text }),
);

const photo = maybe(
  z.array(z.unknown()).transform((all) => all.flatMap((each) => photoSize.safeParse(each).data ?? [])),
);
const photoSize = z.object({
  file_id: z.string().min(1).max(300),
  width: z.number().catch(0),
  height: z.number().catch(0),
  file_size: maybe(number),
});

const point = z.object({ latitude: z.number(), longitude: z.number() });
const texts = z.array(z.object({ text: z.string() }));
const something = maybe(z.looseObject({}));

/** What a message says, of whatever sort. */
const content = {
  text,
  entities,
  caption: text,
  caption_entities: entities,
  rich_message: maybe(z.object({ blocks: z.array(z.unknown()) })),
  animation: file,
  audio: file,
  document: file,
  live_photo: file,
  photo,
  sticker: file,
  video: file,
  video_note: file,
  voice: file,
  contact: maybe(z.object({ phone_number: z.string(), first_name: text, last_name: text })),
  dice: maybe(z.object({ emoji: z.string(), value: z.number() })),
  game: maybe(z.object({ title: z.string() })),
  poll: maybe(z.object({ question: z.string(), options: texts.catch([]) })),
  venue: maybe(z.object({ location: point, title: z.string(), address: text })),
  location: maybe(point),
  checklist: maybe(z.object({ title: z.string(), tasks: texts.catch([]) })),
  story: something,
  paid_media: something,
  invoice: maybe(z.object({ title: z.string() })),
  giveaway: something,
};

const origin = maybe(
  z.object({
    sender_user: maybe(sentUser),
    sender_user_name: text,
    sender_chat: maybe(sentChat),
    chat: maybe(sentChat),
  }),
);

/** What a message answers. */
const answered = maybe(
  z.object({ message_id: number, from: maybe(sentUser), forum_topic_created: something, ...content }),
);

/** A message as Telegram sends it: that it has a number and a chat is all that has to hold. */
export const sentMessageSchema = z.object({
  message_id: number,
  chat: sentChat,
  from: maybe(sentUser),
  sender_chat: maybe(sentChat),
  date: maybe(number),
  edit_date: maybe(number),
  message_thread_id: maybe(number),
  is_topic_message: flag,
  is_automatic_forward: flag,
  media_group_id: text,
  migrate_to_chat_id: maybe(number),
  forward_origin: origin,
  reply_to_message: answered,
  quote: maybe(z.object({ text: z.string() })),
  ...content,
});

/** A button that was pressed. One without a message stood in another place than a chat of ours. */
export const sentPressSchema = z.object({
  id: z.string().min(1).max(100),
  from: sentUser,
  message: maybe(sentMessageSchema),
  data: text,
});

/** What the bot may in a chat, said anew. */
export const sentMembershipSchema = z.object({
  chat: sentChat,
  from: sentUser,
  new_chat_member: z.object({ status: z.string(), is_member: flag, can_send_messages: flag }),
});

/** Somebody stopped a draft. */
export const sentHaltSchema = z.object({ chat: sentChat, message_thread_id: maybe(number) });

/** A message as Telegram sends it. */
export type SentMessage = z.output<typeof sentMessageSchema>;

/** What a message says, of whatever sort. */
export type SentContent = Pick<SentMessage, keyof typeof content>;

/** A person or bot as Telegram names it. */
export type SentUser = z.output<typeof sentUser>;

/** A chat as Telegram names it. */
export type SentChat = z.output<typeof sentChat>;

/** A stretch of a text that means something. Units: UTF-16 units; it may lie outside of the text. */
export type SentEntity = z.output<typeof entity>;

/** Who our bot is. */
export type Bot = { readonly id: number; readonly username: string };
