import type { Who } from "#subjects/mod.ts";

/** One line of a conversation as a model reads it; a `note` is said by the channel itself. Units: `at` ms since 1970. */
export type Line = {
  readonly role: "user" | "agent" | "note";
  readonly seq: number;
  readonly at: number;
  readonly text: string;
  readonly who?: Who;
};

/**
 * What a model sees of a conversation, and what it is told of the rest, so that nothing is left out in silence.
 * The lines in `answers` are the last ones and wait for an answer.
 */
export type Window = {
  readonly lines: readonly Line[];
  /** The seqs of the lines to be answered, oldest first. */
  readonly answers: readonly number[];
  /** How many lines came before `lines` and are not in it. */
  readonly before: number;
  /** The very first line heard, when it is one of those left out. */
  readonly first?: Line;
  /** All messages heard up to and with the last one in `answers`. */
  readonly heard: number;
  /** All answers given before this one. */
  readonly said: number;
};

/** One call of a model. `onText` takes the words as they come; together they are the beginning of the answer. */
export type ThinkRequest = {
  readonly model: string;
  readonly window: Window;
  readonly signal: AbortSignal;
  onText(text: string): void;
};

/** What a call came to: the whole text, and the model that really wrote it. */
export type Answer = { readonly text: string; readonly model: string };

/** Whoever can answer. Throws: any error, whose message says to a person what is true and what to do. */
export type Provider = {
  think(request: ThinkRequest): Promise<Answer>;
};

/** The request names a model that this provider does not have. */
export class UnknownModel extends Error {
  override readonly name = "UnknownModel";
  readonly code = "unknown-model";

  constructor(model: string, known: string) {
    super(`there is no model ${model} here; choose ${known}`);
  }
}
