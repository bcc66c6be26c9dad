import { z } from "zod";
import { type Address, addressOf, addressSchema, parseAddress } from "./address.ts";
import type { EventOf, KindContract, MailOf } from "./contract.ts";
import { PROMPTS } from "./prompts.ts";
import { encodeToken } from "./token.ts";
import { responseSchema, resultSchema, textSchema, usageSchema } from "./turn.ts";
import { whoSchema } from "./who.ts";

/** How a thought on the side may end. */
export const OUTCOMES = ["done", "failed", "cancelled", "timed-out", "lost"] as const;

/** Whose past it thinks with, up to and with which event, about what, and who began that. */
const spawn = z.object({
  from: addressSchema,
  seq: z.number().int().positive(),
  task: textSchema,
  who: whoSchema.optional(),
});

const forWhom = { for: addressSchema, who: whoSchema.optional() };

/** A thought on the side: a channel's whole context by reference, one task, one conclusion. */
export const branchContract = {
  kind: "branch",
  version: 1,
  account: "CORE",
  about: "A thought on the side, with its conversation's past by reference; ends in one conclusion.",
  mail: {
    /** Think about this, with that past. */
    spawn,
    /** Something more to think of. */
    tell: z.object({ text: textSchema }),
    /** Think no further. */
    cancel: z.object({ reason: z.string() }),
    /** Its time is over. */
    timeout: z.object({}),
  },
  events: {
    spawned: spawn,
    told: z.object({ text: textSchema }),
    /** A call of the model that used tools; for whom it thinks, and who began that. */
    thought: responseSchema.extend(forWhom),
    /** What came of a tool call. */
    used: resultSchema,
    /** It has ended; the conversation is told. */
    concluded: z.object({
      outcome: z.enum(OUTCOMES),
      text: z.string(),
      model: z.string().optional(),
      usage: usageSchema.optional(),
      ...forWhom,
    }),
  },
  live: {},
  asks: {
    /** How it stands. */
    status: z.object({ task: z.string(), calls: z.number().int(), status: z.string(), outcome: z.string() }),
  },
  sends: { channel: ["report", "conclude"], cortex: ["charge"] },
  views: [],
  shares: { LIMITS: ["model.*"], CACHE: ["answer.*"] },
  reads: { [PROMPTS]: [">"], VIEWS: ["budgets.>"] },
  pasts: ["channel"],
} as const satisfies KindContract;

/** Mail a branch takes. */
export type BranchMail = MailOf<typeof branchContract>;

/** What happens to a branch. */
export type BranchEvent = EventOf<typeof branchContract>;

/** Number of characters of an event's id in the name of what it began. */
const NAMED_BY = 6;

/** The branch that the call of an event began; made twice, it is the same one. Shape: `main.branch.b3fA9xQ-0`. */
export function branchAddress(by: Address, event: string, call: number): Address {
  return addressOf(parseAddress(by).agent, branchContract.kind, `b${encodeToken(event.slice(0, NAMED_BY))}-${call}`);
}
