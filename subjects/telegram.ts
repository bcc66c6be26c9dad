import { z } from "zod";
import { addressSchema } from "./address.ts";
import { channelContract } from "./channel.ts";
import type { EventOf, KindContract, MailOf } from "./contract.ts";
import { approvalSchema, assignmentSchema, jobViewSchema } from "./job.ts";
import { agentKey, BINDINGS_KEY, PROMPTS } from "./prompts.ts";
import { returnedSchema } from "./runtime.ts";
import { lookSchema, noticeSchema, outgoingSchema, placedSchema } from "./telegram-shown.ts";
import { admittedSchema, personSchema, placeSchema } from "./telegram-update.ts";
import { fileSchema } from "./turn.ts";
import { whoSchema } from "./who.ts";

/** The id of the one actor that takes in all that comes from Telegram. */
export const POLLER = "poller";

/** How the bridge stands, one entry. Key: `telegram.main.poller`. */
export const TELEGRAM_VIEW = "telegram";

/** Entry of the view `telegram`. Units: `at` ms since 1970. Shape: `{ "seq": 9, "bot": "our_bot", "mode": "polling", "at": 1790000000000 }`. */
export const telegramViewSchema = z.object({
  seq: z.number().int(),
  /** The bot's name, where Telegram has said it. */
  bot: z.string().optional(),
  mode: z.enum(["polling", "webhook"]),
  /** What stands in the way, and when that began. */
  problem: z.string().optional(),
  at: z.number().int(),
});

/** What a conversation says to its people. */
const tell = z.object({
  type: z.enum(["said", "ended", "failed", "stopped", "warned"]),
  /** Empty where a turn ended without a word. */
  text: z.string(),
  /** The messages that it is about, as this bridge called them. */
  re: z.array(z.string()).optional(),
  /** Whether it closes those messages. */
  closes: z.boolean(),
  model: z.string().optional(),
});

/** Mail that something in a chat leads to. */
const mails = z
  .array(z.object({ to: addressSchema, verb: z.string(), data: z.record(z.string(), z.unknown()) }))
  .optional();

/** What is to be shown then. */
const show = z.array(outgoingSchema).optional();

/** What becomes a dead letter of its own chat: mail that could be sent again. */
const undelivered = z.object({ verb: z.enum(["tell", "notice", "file"]), data: z.record(z.string(), z.unknown()) });

/** What of a job is known in its chat. */
const knownJobSchema = jobViewSchema.pick({ state: true, text: true, who: true, status: true }).extend({
  /** When it came to stand so. Units: ms since 1970. */
  at: z.number().int(),
  approvals: z.array(approvalSchema.shape.id),
  /** Who has decided what, in words. */
  decided: z.array(z.string()),
});

const reason = { code: z.string(), why: z.string() };

/** People write to a bot of Telegram: one actor takes everything in, one for each chat or topic talks there. */
export const telegramContract = {
  kind: "telegram",
  version: 1,
  account: "EDGE",
  about: "Telegram: `poller` takes in what comes, an actor for each chat or topic talks there.",
  mail: {
    /** To the poller: be there. */
    open: z.object({}),
    /** To the poller: somebody may talk to the agents, by the code that they were given; or may not. */
    pair: z.object({ code: z.string(), admit: z.boolean(), who: whoSchema }),
    /** To the poller: somebody may not any more. Shape: `{ "person": 4711, "who": {…} }`. */
    unpair: z.object({ person: z.number().int(), who: whoSchema }),
    /** To a chat: something happened there. */
    update: admittedSchema,
    /** To a chat: something to be shown. */
    notice: noticeSchema,
    /** To a chat, from its conversation. */
    tell,
    /** To a chat, from a job of its conversation: how it stands. */
    job: z.object({
      entry: jobViewSchema.omit({ seq: true }),
      /** What an owner has said of an approval. */
      decided: z.object({ approval: approvalSchema.shape.id, what: z.string(), who: whoSchema }).optional(),
    }),
    /** To a chat, from a job of its conversation: a file that its people may want. */
    file: fileSchema.pick({ artifact: true, name: true }).extend({ text: z.string() }),
    /** The rest of an album should be there. */
    gather: z.object({ album: z.string() }),
    /** A message should long have been answered. */
    weary: z.object({ ref: z.string() }),
    bounced: returnedSchema,
    refused: returnedSchema,
  },
  events: {
    /** The poller is to be there. */
    opened: z.object({}),
    /** Telegram has said who the bot is, or stands in the way again or no more. */
    connected: telegramViewSchema.omit({ seq: true }).extend({ id: z.number().int().optional() }),
    /** Updates came in: each with what its people may; `unread` are those that nobody could read, which become dead letters. */
    received: z.object({
      updates: z.array(admittedSchema),
      unread: z.array(z.unknown()).optional(),
      /** All numbers of these updates, also of those that mean nothing here. */
      numbers: z.array(z.number().int()),
      /** People who ask to be let in, each with a code. Units: `until` ms since 1970. */
      asking: z
        .array(z.object({ code: z.string(), person: personSchema, chat: z.number().int(), until: z.number().int() }))
        .optional(),
      owners: z.array(z.number().int()).optional(),
      /** People who were told just now that they write too much; what else they write is passed over for a minute. */
      hasty: z.array(z.number().int()).optional(),
    }),
    /** Somebody was let in, or not. */
    paired: z.object({
      code: z.string(),
      person: personSchema,
      chat: z.number().int(),
      admit: z.boolean(),
      who: whoSchema,
      owners: z.array(z.number().int()),
    }),
    /** Somebody may not talk here any more. */
    unpaired: z.object({ person: personSchema, who: whoSchema }),

    /** In a chat a message was passed on to its conversation, the `start`th there. */
    heard: z.object({
      place: placeSchema,
      message: z.number().int(),
      start: z.number().int(),
      hear: channelContract.mail.hear,
    }),
    /** Messages with files came: those are fetched first. */
    fetching: z.object({ messages: z.array(admittedSchema) }),
    /** A part of an album came; the others are waited for. */
    gathering: z.object({ album: z.string(), message: admittedSchema }),
    /** Somebody gave a command. */
    commanded: z.object({
      place: placeSchema,
      name: z.string(),
      message: z.number().int(),
      who: whoSchema,
      /** A job that it begins. */
      job: z.object({ assignment: assignmentSchema, for: addressSchema }).optional(),
      mails,
      show,
      look: lookSchema.optional(),
      /** From now on it is the conversation's so many-th start. */
      start: z.number().int().optional(),
    }),
    /** Somebody pressed a button; `answer` is what they are told at once. */
    pressed: z.object({
      query: z.string(),
      who: whoSchema,
      answer: z.string(),
      verb: z.string().optional(),
      ref: z.string().optional(),
      mails,
      look: lookSchema.optional(),
    }),
    /** They were told, or it is too late for that. */
    answered: z.object({ query: z.string() }),
    /** A message was not heard, and its sender is told why. */
    turned: z.object({ place: placeSchema, message: z.number().int(), why: z.string() }),
    /** Somebody changed what they had said; the agent is told with their next message. */
    edited: z.object({ message: z.number().int(), text: z.string() }),
    /** The bot may write there again, or not any more. */
    joined: z.object({ place: placeSchema, present: z.boolean(), left: z.array(undelivered).optional() }),
    /** The group goes on under another number. */
    moved: z.object({ to: z.number().int() }),
    /** The conversation speaks; what is to be shown of it stands in `show`, and not in `tell` once more. */
    told: z.object({
      tell,
      show,
      /** The mail of this chat that was not wanted, where that is what it tells. */
      returned: z.string().optional(),
    }),
    /** Something is to be shown, or shown otherwise; `job` where it is one. */
    noticed: z.object({ notice: noticeSchema, isSilent: z.literal(true).optional(), job: knownJobSchema.optional() }),
    /** A file is to be shown. */
    offered: z.object({ show }),
    /** Something was looked up. */
    looked: z.object({ key: z.string(), show, mails }),
    /** Words come that take a while: they are shown as they come. */
    speaking: z.object({ ref: z.string(), to: z.number().int().optional() }),
    /** A message of ours is at Telegram, without its words yet. */
    placed: placedSchema,
    /** All of something is shown. */
    shown: z.object({ n: z.number().int() }),
    /** Something cannot be shown. */
    dropped: z.object({ n: z.number().int(), ...reason, left: z.array(undelivered) }),
    /** Nothing can be shown there any more. */
    parked: z.object({ ...reason, left: z.array(undelivered) }),
    /** A message waits for its answer no longer. */
    wearied: z.object({ ref: z.string() }),
  },
  live: {},
  asks: {
    /** Who may talk here, and who asks to. Units: ms since 1970. */
    people: z.object({
      bot: z.string().optional(),
      people: z.array(personSchema.extend({ since: z.number().int() })),
      asking: z.array(personSchema.extend({ code: z.string(), until: z.number().int() })),
    }),
  },
  sends: {
    channel: ["hear", "stop"],
    worker: ["spawn", "approve", "deny", "abort", "retry"],
    cortex: ["panic"],
    telegram: ["update", "notice", "pair"],
  },
  views: [TELEGRAM_VIEW],
  reads: { [PROMPTS]: [agentKey("*"), BINDINGS_KEY], VIEWS: ["budgets.>"] },
  lists: { VIEWS: ["jobs.>", "channels.>"] },
  hears: ["channel"],
  artifacts: "write",
} as const satisfies KindContract;

/** Mail of the kind `telegram`. */
export type TelegramMail = MailOf<typeof telegramContract>;

/** What happens to actors of the kind `telegram`. */
export type TelegramEvent = EventOf<typeof telegramContract>;
