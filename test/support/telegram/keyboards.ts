import { z } from "zod";

/** Words that UTF-8 can hold: none is cut in the middle of a symbol. */
export const words = z.string().refine((text) => text.isWellFormed(), "strings must be encoded in UTF-8");

/** What a button can be for; exactly one of them. Others are not known here. */
const DEEDS = ["url", "callback_data", "copy_text"] as const;

const button = z
  .strictObject({
    text: words.refine((text) => text !== "", "inline keyboard button text must be non-empty"),
    style: z.enum(["danger", "success", "primary"]).optional(),
    url: z.string().optional(),
    callback_data: words
      .refine((data) => data !== "" && Buffer.byteLength(data) <= 64, "BUTTON_DATA_INVALID")
      .optional(),
    copy_text: z.strictObject({ text: words.min(1).max(256) }).optional(),
  })
  .refine(
    (given) => DEEDS.filter((deed) => given[deed] !== undefined).length === 1,
    "text buttons are unallowed in the inline keyboard",
  );

/** Buttons below a message. */
export const inlineKeyboardSchema = z.strictObject({
  inline_keyboard: z
    .array(z.array(button).max(8, "too many buttons in a row"))
    .refine((rows) => rows.flat().length <= 100, "reply markup is too long"),
  force_reply: z.boolean().optional(),
});

/** What may come with a message. */
export const replyMarkupSchema = z.union([
  inlineKeyboardSchema,
  z.strictObject({ remove_keyboard: z.literal(true), selective: z.boolean().optional() }),
  z.strictObject({
    force_reply: z.literal(true),
    input_field_placeholder: words.min(1).max(64).optional(),
    selective: z.boolean().optional(),
  }),
]);
