import { z } from "zod";
import { addressSchema } from "./address.ts";
import { OUTCOMES } from "./branch.ts";
import type { EventOf, KindContract, MailOf } from "./contract.ts";
import { LEVELS, PROMPTS } from "./prompts.ts";
import { returnedSchema } from "./runtime.ts";
import { fileSchema, MAX_FILES, responseSchema, resultSchema, seqsSchema, textSchema } from "./turn.ts";
import { whoSchema } from "./who.ts";

/** Who began the turn, where its call cost something. */
const who = whoSchema.optional();

const ends = seqsSchema.optional();

const tokens = z.number().int().min(0);

/** What a bridge calls a message of its own, so that it knows what an answer is to. */
const ref = z.string().min(1).max(100);

/** The messages that an event is about, as their bridges call them. */
const re = z.array(ref).optional();

/** What somebody says: words, and the files that came with them. */
const message = z.object({
  text: textSchema,
  who: whoSchema,
  files: z.array(fileSchema).min(1).max(MAX_FILES).optional(),
  ref: ref.optional(),
});

/**
 * Work that a call of the model began: which of its calls, of which kind (a branch where nothing is said), and with whose past
 * up to and with which event, which a worker does not see.
 */
const began = z
  .array(
    z.object({
      call: z.number().int(),
      task: textSchema,
      seq: z.number().int().positive(),
      who,
      kind: z.enum(["branch", "worker"]).optional(),
    }),
  )
  .optional();

/** A conversation: hears, thinks as a step, says; never waits for anyone. */
export const channelContract = {
  kind: "channel",
  version: 4,
  account: "CORE",
  about: "One conversation: hears, thinks, says.",
  mail: {
    /** Somebody says something here. */
    hear: message,
    /** Think no further about what was said so far. */
    stop: z.object({ who: whoSchema }),
    /** Somebody began a job that this conversation is to be told of. */
    join: z.object({ task: textSchema, who: whoSchema }),
    /** How far work that was begun here has come. */
    report: z.object({ text: textSchema }),
    /** Work that was begun here has ended. */
    conclude: z.object({ outcome: z.enum(OUTCOMES), text: z.string() }),
    /** Work that was begun here should long have ended. */
    overdue: z.object({ work: addressSchema }),
    /** Something that its people should know, said by the agent itself. */
    warn: z.object({ text: textSchema }),
    bounced: returnedSchema,
    refused: returnedSchema,
  },
  events: {
    heard: message,
    /**
     * The agent speaks. `answers` are the seqs of the `heard` events that it closes, and with it the turn; where the turn
     * goes on, `to` are the seqs that it is about. `content` is there where there was more to the answer than its words.
     */
    said: responseSchema
      .partial({ content: true })
      .extend({ text: z.string(), began, answers: ends, to: ends, re, who }),
    /** A call of the model that used tools and said nothing. */
    thought: responseSchema.extend({ began, answers: ends, re, who }),
    /** What came of a tool call. */
    used: resultSchema,
    /** Thinking came to nothing; the messages are closed all the same, with the reason said to the person. */
    failed: z
      .object({ reason: z.string(), answers: seqsSchema, re })
      .extend(responseSchema.pick({ model: true, usage: true }).partial().extend({ who }).shape),
    /** Somebody stopped the turn. */
    stopped: z.object({ who: whoSchema, answers: seqsSchema, re }),
    /** A job that somebody began is at work for this conversation. */
    joined: z.object({ from: addressSchema, task: textSchema, who: whoSchema }),
    /** Work that was begun here says how far it has come. */
    reported: z.object({ from: addressSchema, text: z.string() }),
    /** Work that was begun here has ended; the next turn tells of it. */
    concluded: z.object({ from: addressSchema, outcome: z.enum(OUTCOMES), text: z.string() }),
    /** The people here are told something that the agent itself has to say. */
    warned: z.object({ text: z.string() }),
  },
  live: {
    /** Words as they come; `offset` counts characters from the start of the step's text, so a repeat never shows twice. */
    delta: z.object({
      step: z.string(),
      attempt: z.number().int(),
      offset: z.number().int(),
      text: z.string(),
    }),
    /** What the channel is about just now. */
    status: z.object({ doing: z.enum(["thinking", "using"]), tool: z.string().optional() }),
  },
  asks: {
    /** How this conversation stands. */
    status: z.object({
      heard: z.number().int(),
      said: z.number().int(),
      thinking: z.boolean(),
      waiting: z.number().int(),
      /** What the agent last said it is about. */
      about: z.string().optional(),
      /** Work begun here that goes on. Units: `since` ms since 1970. */
      work: z.array(
        z.object({ address: addressSchema, task: z.string(), since: z.number(), status: z.string().optional() }),
      ),
    }),
    /** What a model is given for its next call: who it is, with each text's level, and how much of what was said. Units: tokens are estimates. */
    prompt: z.object({
      system: z.array(z.object({ name: z.string(), level: z.enum(LEVELS), text: z.string(), tokens })),
      tools: z.array(z.string()),
      messages: z.number().int(),
      unseen: z.number().int(),
      tokens,
      postscript: z.string(),
    }),
  },
  sends: {
    branch: ["spawn", "tell", "cancel"],
    worker: ["spawn", "tell", "cancel"],
    cortex: ["charge"],
    telegram: ["tell"],
  },
  views: ["channels"],
  shares: { LIMITS: ["model.*"], CACHE: ["answer.*"] },
  reads: { [PROMPTS]: [">"], VIEWS: ["budgets.>"] },
  artifacts: "read",
} as const satisfies KindContract;

/** Mail a channel takes. */
export type ChannelMail = MailOf<typeof channelContract>;

/** What happens to a channel. */
export type ChannelEvent = EventOf<typeof channelContract>;

/** Entry of the view `channels`. Shape: `{ "seq": 42, "at": 1790000000000, "last": "You said…" }`. */
export const channelViewSchema = z.object({
  seq: z.number().int(),
  at: z.number().int(),
  last: z.string(),
});
