import type { z } from "zod";
import type { channelContract } from "#subjects/channel.ts";

/** Words of an answer as they come. */
export type Delta = z.output<typeof channelContract.live.delta>;

/**
 * What is known of an answer while it comes. `text` is what the running attempt has said without a gap from its start;
 * `shown` is what the person has seen, perhaps from an attempt before.
 */
export type Words = {
  readonly step: string;
  readonly attempt: number;
  readonly text: string;
  readonly shown: string;
};

/** Nothing heard yet. */
export const SILENCE: Words = { step: "", attempt: 0, text: "", shown: "" };

/**
 * Takes one delta. `fresh` is what to show now: never a word twice, and nothing after a gap or where a new attempt says
 * something else than what was shown; the event at the end of the turn tells the rest.
 */
export function hearWords(words: Words, delta: Delta): { readonly words: Words; readonly fresh: string } {
  if (delta.step === words.step && delta.attempt < words.attempt) return { words, fresh: "" };
  const sameStep = delta.step === words.step;
  const sameAttempt = sameStep && delta.attempt === words.attempt;
  const shown = sameStep ? words.shown : "";
  const before = sameAttempt ? words.text : "";
  const { step, attempt } = delta;
  if (delta.offset > before.length) return { words: { step, attempt, text: before, shown }, fresh: "" };
  const text = before.slice(0, delta.offset) + delta.text;
  if (text.length <= before.length) return { words: { step, attempt, text: before, shown }, fresh: "" };
  const fresh = text.startsWith(shown) ? text.slice(shown.length) : "";
  return { words: { step, attempt, text, shown: shown + fresh }, fresh };
}

/** How what was shown relates to the true answer: the `rest` is still to be shown, or all of it `anew`. */
export function finishWords(words: Words, answer: string): { readonly type: "rest" | "anew"; readonly text: string } {
  if (answer.startsWith(words.shown)) return { type: "rest", text: answer.slice(words.shown.length) };
  return { type: "anew", text: answer };
}
