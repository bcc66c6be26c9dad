import { z } from "zod";
import { STANDINGS } from "./policy.ts";
import { whoSchema } from "./who.ts";

/** Something that people decide with a button: a word for what it does, and what it is about. */
export const BUTTON_VERBS = ["approve", "deny", "abort", "retry", "status", "admit", "reject"] as const;

/** A button of a message. `ref` names what it is about: a job, a job and its approval, or a code. Shape of a ref: `w3fA9xQ-0:a1`. */
export const buttonSchema = z.object({
  label: z.string().max(40),
  verb: z.enum(BUTTON_VERBS),
  ref: z.string().max(40),
});

/** A button. */
export type Button = z.output<typeof buttonSchema>;

/** Something that is to be shown in a chat and changed later on. Units: `until` ms since 1970. */
export const noticeSchema = z.object({
  /** The same one again replaces what is shown. */
  ref: z.string().max(60),
  text: z.string(),
  buttons: z.array(buttonSchema).optional(),
  until: z.number().int().optional(),
});

/** What is to be shown in a chat, in the order in which it came. */
export const outgoingSchema = z.discriminatedUnion("type", [
  /** Words in Markdown. `to` is the message that they answer. `open` is the ref of it where the words are still to come. */
  z.object({
    type: z.literal("words"),
    text: z.string(),
    to: z.number().int().optional(),
    open: z.string().optional(),
  }),
  z.object({ type: z.literal("notice"), ref: z.string() }),
  z.object({ type: z.literal("file"), artifact: z.string(), name: z.string(), text: z.string() }),
]);

/** What is to be shown. */
export type Outgoing = z.output<typeof outgoingSchema>;

/** What of a thing to be shown was placed at Telegram: which part, under which number of a message, and in which form. */
export const placedSchema = z.object({
  n: z.number().int(),
  part: z.number().int(),
  message: z.number().int(),
  /** Telegram says that what it answers is not there any more. */
  orphaned: z.literal(true).optional(),
});

/** Something to be looked up for somebody: by which command, and what stood behind it. */
export const lookSchema = z.object({
  what: z.enum(["jobs", "job", "usage", "agents", "model", "topic"]),
  role: z.enum(STANDINGS),
  rest: z.string(),
  who: whoSchema,
  /** The message that asked. */
  to: z.number().int().optional(),
});

/** Something to be looked up. */
export type Look = z.output<typeof lookSchema>;
