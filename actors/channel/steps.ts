import type { Usage } from "#models/mod.ts";
import type { ChannelState, Line } from "./state.ts";

/**
 * What a call sees of the conversation, and what it is told of the rest. The lines in `answers` are the last ones and wait
 * for an answer.
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

/** A call of the model. The same call is the same step for as long as it runs, whatever is heard meanwhile. */
export type ThinkStep = {
  readonly type: "think";
  readonly window: Window;
};

/** What a call came to: the words, the model that wrote them, and what that cost where it costs something. */
export type Thought = { readonly text: string; readonly model: string; readonly usage?: Usage };

/** Name of the running call after the first message it answers. Shape: `think-17`; undefined at rest. */
export function thinkKey(state: ChannelState): string | undefined {
  const first = state.thinking[0];
  return first && `think-${first.seq}`;
}

/** At most one call runs, and one does while anything waits for an answer. */
export function steps(state: ChannelState): Readonly<Record<string, ThinkStep>> {
  const key = thinkKey(state);
  return key === undefined ? {} : { [key]: { type: "think", window: windowOf(state) } };
}

/** What the running call sees; at rest, what the next one will see before what is heard until then. */
export function windowOf({ window, thinking, waiting, before, first, heard, said }: ChannelState): Window {
  return {
    lines: [...window, ...thinking],
    answers: thinking.map((line) => line.seq),
    before,
    ...(first ? { first } : {}),
    // What waits is not yet seen, so that a repeated call sees what the first one saw.
    heard: heard - waiting.length,
    said,
  };
}
