import { z } from "zod";
import type { EventOf, KindContract, MailOf } from "./contract.ts";
import { LEVELS, PROMPTS } from "./prompts.ts";
import { whoSchema } from "./who.ts";

/** Longest text one message may carry; larger things belong in the object store. Units: characters. */
export const MAX_TEXT = 65_536;

const text = z.string().min(1).max(MAX_TEXT);
const seqs = z.array(z.number().int().positive()).min(1);

const tokens = z.number().int().min(0);

/** Tokens that an answer cost. `input` is without what was read from or written to the provider's cache. */
const usageSchema = z.object({ input: tokens, output: tokens, cacheRead: tokens, cacheWrite: tokens });

/** A conversation: hears, thinks as a step, says; never waits for anyone. */
export const channelContract = {
  kind: "channel",
  version: 1,
  account: "CORE",
  about: "One conversation: hears, thinks, says.",
  mail: {
    /** Somebody says something here. */
    hear: z.object({ text, who: whoSchema }),
  },
  events: {
    heard: z.object({ text, who: whoSchema }),
    /** The agent's answer; `answers` are the seqs of the `heard` events that it closes. */
    said: z.object({ text: z.string(), answers: seqs, model: z.string(), usage: usageSchema.optional() }),
    /** Thinking came to nothing; the messages are closed all the same, with the reason said to the person. */
    failed: z.object({ reason: z.string(), answers: seqs }),
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
    status: z.object({ doing: z.literal("thinking") }),
  },
  asks: {
    /** How this conversation stands. */
    status: z.object({
      heard: z.number().int(),
      said: z.number().int(),
      thinking: z.boolean(),
      waiting: z.number().int(),
    }),
    /** What a model is given for its next call: who it is, with each text's level, and how much of what was said. Units: tokens are estimates. */
    prompt: z.object({
      system: z.array(z.object({ name: z.string(), level: z.enum(LEVELS), text: z.string(), tokens })),
      messages: z.number().int(),
      unseen: z.number().int(),
      tokens,
      postscript: z.string(),
    }),
  },
  sends: {},
  views: ["channels"],
  shares: { LIMITS: ["model.*"] },
  reads: { [PROMPTS]: [">"] },
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
