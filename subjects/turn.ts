import { z } from "zod";

/** Longest text of one message, answer, task or conclusion; larger things belong in the object store. Units: UTF-16 units. */
export const MAX_TEXT = 65_536;

/** Words that somebody says. */
export const textSchema = z.string().min(1).max(MAX_TEXT);

/**
 * A file that came with a message, in the object store under the name `artifact`. Units: `bytes`. `type` is what its content
 * is. Shape: `{ "artifact": "main.telegram.4711/17-0", "name": "cat.jpg", "type": "image/jpeg", "bytes": 48123 }`.
 */
export const fileSchema = z.object({
  artifact: z.string().min(1).max(300),
  name: z.string().min(1).max(120),
  type: z.string().max(120),
  bytes: z.number().int().nonnegative(),
});

/** A file that came with a message. */
export type SentFile = z.output<typeof fileSchema>;

/** Most files of one message. */
export const MAX_FILES = 20;

/** Numbers of `heard` events. */
export const seqsSchema = z.array(z.number().int().positive());

const tokens = z.number().int().min(0);

/**
 * What a call cost. `input` is without what was read from or written to the provider's cache. Units: tokens, and for
 * `microUsd` millionths of a US dollar, by the prices of the process that called; absent where nobody charges.
 */
export const usageSchema = z.object({
  input: tokens,
  output: tokens,
  cacheRead: tokens,
  cacheWrite: tokens,
  microUsd: tokens.optional(),
});

/**
 * A model's answer, part by part, as it goes back to the model with the next call. Shape:
 * `[{ "type": "text", "text": "…" }, { "type": "tool-call", "id": "c1", "name": "branch", "input": { "task": "…" } }]`.
 */
export const contentSchema = z.array(
  z.discriminatedUnion("type", [
    z.object({ type: z.literal("text"), text: z.string() }),
    z.object({ type: z.literal("tool-call"), id: z.string(), name: z.string(), input: z.unknown() }),
    z.object({ type: z.literal("malformed-call"), id: z.string(), name: z.string(), raw: z.string() }),
    z.object({ type: z.literal("kept"), model: z.string(), data: z.unknown() }),
  ]),
);

/** What came of a tool call. Shape: `{ "call": "c1", "text": "The branch has started." }`. */
export const resultSchema = z.object({ call: z.string(), text: z.string(), failed: z.literal(true).optional() });

/** One call of a model: what it wanted, and the calls that were settled with the answer itself. */
export const responseSchema = z.object({
  content: contentSchema,
  results: z.array(resultSchema).optional(),
  model: z.string(),
  usage: usageSchema.optional(),
});

/** What one call of a model brought. */
export type Response = z.output<typeof responseSchema>;

/** What came of one tool call. */
export type CallResult = z.output<typeof resultSchema>;

/** What one call cost. */
export type Spent = z.output<typeof usageSchema>;
