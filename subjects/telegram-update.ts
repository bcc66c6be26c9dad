import { z } from "zod";
import { STANDINGS } from "./policy.ts";

/** Number of a chat, a person or a message at Telegram; chats that are groups have negative ones. */
const number = z.number().int();

/** A person at Telegram, as they call themselves. */
export const personSchema = z.object({ id: number, name: z.string().max(200) });

/** A person at Telegram. */
export type Person = z.output<typeof personSchema>;

/** Where something happens: a chat, or a topic of one. */
export const placeSchema = z.object({
  chat: number,
  kind: z.enum(["private", "group"]),
  topic: number.optional(),
  title: z.string().max(300).optional(),
  /** Whether the chat has topics. */
  forum: z.literal(true).optional(),
});

/** Where something happens. */
export type Place = z.output<typeof placeSchema>;

/** What sort of thing a file was sent as. */
export const FILE_SORTS = [
  "photo",
  "voice",
  "audio",
  "video",
  "video_note",
  "animation",
  "document",
  "sticker",
] as const;

/** A file at Telegram that nobody has fetched yet. Units: `bytes`, where Telegram says it. */
export const offeredFileSchema = z.object({
  sort: z.enum(FILE_SORTS),
  id: z.string().min(1).max(300),
  name: z.string().max(300).optional(),
  bytes: z.number().int().nonnegative().optional(),
});

/** A file at Telegram. */
export type OfferedFile = z.output<typeof offeredFileSchema>;

const spoken = {
  message: number,
  from: personSchema,
  text: z.string(),
  /** Ms since 1970. */
  at: z.number().int(),
};

/**
 * What an update comes to, in our own words. `addressed` says whether the bot is meant: in private always; in a group by
 * a mention, an answer to it, or a command.
 */
export const incomingSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("message"),
    ...spoken,
    addressed: z.boolean(),
    files: z.array(offeredFileSchema),
    /** Messages that were sent as one have this in common. */
    album: z.string().max(100).optional(),
    /** A command and what stands behind it. Shape: `/task@our_bot write a poem` is `{ "name": "task", "rest": "write a poem" }`. */
    command: z.object({ name: z.string(), rest: z.string() }).optional(),
    /** What it answers: the message, and how that begins. */
    answers: z.object({ message: number, ours: z.boolean(), text: z.string() }).optional(),
    /** Whom it was forwarded from. */
    forwarded: z.string().optional(),
  }),
  z.object({ type: z.literal("edited"), ...spoken }),
  /** A button was pressed. `deed` is what it stands for, absent where its signature is not ours. */
  z.object({
    type: z.literal("pressed"),
    query: z.string(),
    from: personSchema,
    message: number.optional(),
    deed: z.object({ verb: z.string(), ref: z.string(), until: z.number() }).optional(),
  }),
  /** The person pressed the stop of a draft. */
  z.object({ type: z.literal("halted"), from: personSchema }),
  /** The bot may write there from now on, or may not any more. */
  z.object({ type: z.literal("membership"), from: personSchema, present: z.boolean() }),
  /** The group goes on under another number. */
  z.object({ type: z.literal("moved"), to: number }),
]);

/** What an update comes to. */
export type Incoming = z.output<typeof incomingSchema>;

/** An update that was read. Shape: `{ "update": 871, "place": { "chat": 4711, "kind": "private" }, "incoming": {…} }`. */
export const readUpdateSchema = z.object({ update: number, place: placeSchema, incoming: incomingSchema });

/** An update that was read. */
export type ReadUpdate = z.output<typeof readUpdateSchema>;

/** An update as a chat is given it: with what whoever is behind it may here, or why they are turned away. */
export const admittedSchema = readUpdateSchema.extend({
  role: z.enum(STANDINGS),
  /** Whose chat it is. */
  agent: z.string(),
  /** Why they are not heard, as they are told it; nothing is done then. */
  turned: z.string().optional(),
});

/** An update as a chat is given it. */
export type Admitted = z.output<typeof admittedSchema>;
