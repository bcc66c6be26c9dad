import { z } from "zod";
import { addressSchema } from "./address.ts";
import { encodeToken, isToken, MAX_TOKEN } from "./token.ts";
import { usageSchema } from "./turn.ts";
import { type Who, whoSchema } from "./who.ts";

/**
 * Body of `charge`, by which whoever called a model tells the agent's cortex what it cost. `for` is the conversation that
 * it was thought for, `who` the person who began it, where somebody did.
 */
export const chargeSchema = usageSchema.extend({ model: z.string(), for: addressSchema, who: whoSchema.optional() });

/** What a call cost, and for whom. */
export type Charge = z.output<typeof chargeSchema>;

/** Millionths of a dollar in one. */
export const MICRO = 1_000_000;

/** Whose spending is bounded: all of an agent, one conversation, or one person. */
export const SCOPES = ["agent", "channel", "person"] as const;

/** One of them. */
export type Scope = (typeof SCOPES)[number];

/** An amount. Units: tokens of all sorts together, and millionths of a US dollar. */
export const amountSchema = z.object({ tokens: z.number().int(), microUsd: z.number().int() });

/** What was spent. */
export type Amount = z.output<typeof amountSchema>;

/** The two things that a limit may count. */
export type Measure = keyof Amount;

/**
 * Entry of the view `budgets`, one a scope: what was spent on a day. Key: `budgets.<agent>.<scope key>`.
 * Shape: `{ "seq": 7, "day": "2026-11-21", "tokens": 5210, "microUsd": 40212 }`; the day is that of UTC.
 */
export const budgetViewSchema = amountSchema.extend({ seq: z.number().int(), day: z.string() });

/** Where the entries are. */
export const BUDGETS = { bucket: "VIEWS", view: "budgets" } as const;

/** The key of a scope's entry among all that the bucket has. */
export function budgetKey(agent: string, scope: Scope, id?: string): string {
  return `${BUDGETS.view}.${agent}.${scopeKey(scope, id)}`;
}

/**
 * The end of the key of a scope's entry: one token, however long the id.
 * Shape: `agent`, `channel-terminal-default`, `person-telegram-4711`.
 */
export function scopeKey(scope: Scope, id = ""): string {
  return scope === "agent" ? scope : fitting(`${scope}-${id}`, scopeRoom);
}

/** How a person is called among what was spent; of a very long id only the beginning, and a sum of all. Shape: `telegram-4711`. */
export function personId({ party, id }: Pick<Who, "party" | "id">): string {
  // An id is at most 200 characters, which escape to so many more that a part of them is enough to look at.
  const token = [...id].map((character) => encodeToken(character.isWellFormed() ? character : "\uFFFD")).join("");
  return fitting(`${party}-${token}`, idRoom);
}

/** The day of UTC in which a moment lies. Units: ms since 1970. Shape: `2026-11-21`. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, "2026-11-21".length);
}

/** All tokens of a call, from a cache or not. */
export function tokensOf({ input, output, cacheRead, cacheWrite }: Charge): number {
  return input + output + cacheRead + cacheWrite;
}

const scopeRoom = MAX_TOKEN;

/** So that a scope's key has room for the name of its scope. */
const idRoom = MAX_TOKEN - "channel-".length;

/** A text that is one token: itself, or where it is too long its beginning and a sum of all of it. */
function fitting(text: string, room: number): string {
  if (text.length <= room && isToken(text)) return text;
  const sum = `-${checksum(text)}`;
  return text.slice(0, room - sum.length).replace(/=[0-9A-F]?$/, "") + sum;
}

/** Two FNV-1a sums side by side: enough to tell names apart, and no protection. */
function checksum(text: string): string {
  const sums = [0x811c9dc5, 0x01000193].map((start) => {
    let sum = start;
    for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
    return (sum >>> 0).toString(16).padStart(8, "0");
  });
  return sums.join("");
}
