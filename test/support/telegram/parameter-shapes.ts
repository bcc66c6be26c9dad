import type { ApiMethods } from "@grammyjs/types";
import { z } from "zod";
import { inlineKeyboardSchema, replyMarkupSchema, words } from "./keyboards.ts";
import { answers, entities, flag, id, preview, rich, unserved } from "./text-shapes.ts";

/** The methods that this fake serves. */
export type Served =
  | "getMe"
  | "getUpdates"
  | "setWebhook"
  | "deleteWebhook"
  | "getWebhookInfo"
  | "sendMessage"
  | "sendRichMessage"
  | "sendMessageDraft"
  | "sendRichMessageDraft"
  | "sendPhoto"
  | "sendDocument"
  | "sendChatAction"
  | "editMessageText"
  | "editMessageCaption"
  | "editMessageMedia"
  | "editMessageReplyMarkup"
  | "deleteMessage"
  | "setMessageReaction"
  | "createForumTopic"
  | "answerCallbackQuery"
  | "getFile"
  | "setMyCommands"
  | "deleteMyCommands"
  | "getMyCommands";

type Documented<M extends Served> = NonNullable<Parameters<ApiMethods<string>[M]>[0]>;

/** Every parameter that is documented has to be there, and none that is not. */
type ShapeOf<M extends Served> = [Documented<M>] extends [never]
  ? Record<never, never>
  : { readonly [K in keyof Required<Documented<M>>]: z.ZodType };

const chat = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d+$/, "chat not found")
    .transform(Number),
]);

const sent = {
  business_connection_id: unserved,
  chat_id: chat,
  message_thread_id: id,
  direct_messages_topic_id: unserved,
  ephemeral_message_parameters: unserved,
  disable_notification: flag,
  protect_content: flag,
  allow_paid_broadcast: unserved,
  suggested_post_parameters: unserved,
  message_effect_id: unserved,
  reply_parameters: answers,
  reply_markup: replyMarkupSchema.optional(),
};
const said = { parse_mode: unserved, entities };
const captioned = { caption: words.optional(), parse_mode: unserved, caption_entities: entities };
const edited = {
  business_connection_id: unserved,
  inline_message_id: unserved,
  chat_id: chat,
  message_id: z.int(),
  reply_markup: inlineKeyboardSchema.optional(),
};
const drafted = {
  chat_id: z.int(),
  message_thread_id: id,
  draft_id: z.int().refine((draft) => draft !== 0, "draft_id must be non-zero"),
  can_stop: flag,
  keep_on_stop: flag,
};
const media = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("document"),
    media: z.string(),
    ...captioned,
    disable_content_type_detection: flag,
  }),
  z.strictObject({
    type: z.literal("photo"),
    media: z.string(),
    ...captioned,
    show_caption_above_media: flag,
    has_spoiler: flag,
  }),
]);
const scoped = {
  scope: z
    .union([
      z.strictObject({
        type: z.enum(["default", "all_private_chats", "all_group_chats", "all_chat_administrators"]),
      }),
      z.strictObject({ type: z.enum(["chat", "chat_administrators"]), chat_id: chat }),
      z.strictObject({ type: z.literal("chat_member"), chat_id: chat, user_id: z.int() }),
    ])
    .optional(),
  language_code: z
    .string()
    .regex(/^([a-z]{2})?$/, "invalid language code specified")
    .optional(),
};
const command = z.strictObject({
  command: z.string().regex(/^[a-z0-9_]{1,32}$/, "BOT_COMMAND_INVALID"),
  description: words.min(1, "command description must be non-empty").max(256, "BOT_COMMAND_DESCRIPTION_INVALID"),
  is_ephemeral: flag,
});
const kinds = z.array(z.string()).optional();

/** The parameters of each method, as they are documented. */
export const SHAPES = {
  getMe: {},
  getUpdates: { offset: id, limit: z.int().min(1).max(100).optional(), timeout: id, allowed_updates: kinds },
  setWebhook: {
    url: z.string(),
    certificate: unserved,
    ip_address: unserved,
    max_connections: z.int().min(1).max(100).optional(),
    allowed_updates: kinds,
    drop_pending_updates: flag,
    secret_token: z
      .string()
      .regex(/^[\w-]{1,256}$/, "secret token contains unallowed characters")
      .optional(),
  },
  deleteWebhook: { drop_pending_updates: flag },
  getWebhookInfo: {},
  sendMessage: { ...sent, ...said, text: words, link_preview_options: preview, reply_to_message_id: unserved },
  sendRichMessage: { ...sent, rich_message: rich },
  sendMessageDraft: { ...drafted, ...said, text: words.optional() },
  sendRichMessageDraft: { ...drafted, rich_message: rich },
  sendPhoto: {
    ...sent,
    ...captioned,
    photo: z.string(),
    show_caption_above_media: flag,
    has_spoiler: flag,
    reply_to_message_id: unserved,
  },
  sendDocument: {
    ...sent,
    ...captioned,
    document: z.string(),
    thumbnail: unserved,
    disable_content_type_detection: flag,
    reply_to_message_id: unserved,
  },
  sendChatAction: {
    business_connection_id: unserved,
    chat_id: chat,
    message_thread_id: id,
    action: z.enum(
      [
        ...(["typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice"] as const),
        ...(["upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note"] as const),
      ],
      "wrong parameter action in request",
    ),
  },
  editMessageText: {
    ...edited,
    ...said,
    text: words.optional(),
    link_preview_options: preview,
    rich_message: rich.optional(),
  },
  editMessageCaption: { ...edited, ...captioned, show_caption_above_media: flag },
  editMessageMedia: { ...edited, media },
  editMessageReplyMarkup: edited,
  deleteMessage: { chat_id: chat, message_id: z.int() },
  setMessageReaction: {
    chat_id: chat,
    message_id: z.int(),
    reaction: z
      .array(z.strictObject({ type: z.literal("emoji"), emoji: z.string() }))
      .max(1, "REACTIONS_TOO_MANY")
      .optional(),
    is_big: flag,
  },
  createForumTopic: {
    chat_id: chat,
    name: words.min(1).max(128),
    icon_color: id,
    icon_custom_emoji_id: unserved,
  },
  answerCallbackQuery: {
    callback_query_id: z.string(),
    text: words.max(200, "MESSAGE_TOO_LONG").optional(),
    show_alert: flag,
    url: unserved,
    cache_time: id,
  },
  getFile: { file_id: z.string() },
  setMyCommands: { commands: z.array(command).max(100, "BOT_COMMANDS_TOO_MUCH"), ...scoped },
  deleteMyCommands: scoped,
  getMyCommands: scoped,
} as const satisfies { readonly [M in Served]: ShapeOf<M> };
