import { z } from "zod";
import { words } from "./keyboards.ts";

/** Documented, but not known here. */
export const unserved = z.never({ error: "the fake does not know this documented parameter" }).optional();

/** Yes or no, or not said. */
export const flag = z.boolean().optional();

/** A whole number, or none. */
export const id = z.int().optional();

const mark = { offset: z.int(), length: z.int() };
const entity = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.enum([
      ...(["mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic"] as const),
      ...(["underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code"] as const),
    ]),
    ...mark,
  }),
  z.strictObject({ type: z.literal("pre"), ...mark, language: z.string().exactOptional() }),
  z.strictObject({ type: z.literal("text_link"), ...mark, url: z.string().min(1) }),
  z.strictObject({
    type: z.literal("text_mention"),
    ...mark,
    user: z.looseObject({ id: z.int(), is_bot: z.boolean(), first_name: z.string() }),
  }),
  z.strictObject({ type: z.literal("custom_emoji"), ...mark, custom_emoji_id: z.string() }),
]);
/** Marks in words. */
export const entities = z.array(entity).optional();

/** A rich message. */
export const rich = z
  .strictObject({
    markdown: words.optional(),
    html: words.optional(),
    blocks: z.array(z.looseObject({ type: z.string() })).optional(),
    media: unserved,
    is_rtl: flag,
    skip_entity_detection: flag,
  })
  .refine(
    ({ markdown, html, blocks }) => [markdown, html, blocks].filter((given) => given !== undefined).length === 1,
    "exactly one of the fields html, markdown, or blocks must be used",
  );

/** How a link in words is shown. */
export const preview = z
  .strictObject({
    is_disabled: flag,
    url: z.string().optional(),
    prefer_small_media: flag,
    prefer_large_media: flag,
    show_above_text: flag,
  })
  .optional();

/** The message that is answered. */
export const answers = z
  .strictObject({
    message_id: z.int(),
    allow_sending_without_reply: flag,
    quote: words.max(1_024).optional(),
    quote_entities: entities,
    quote_position: id,
  })
  .optional();
