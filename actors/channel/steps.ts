import type { Window } from "#models/mod.ts";
import type { ChannelState } from "./state.ts";

/** A call of the model. The same call is the same step for as long as it runs, whatever is heard meanwhile. */
export type ThinkStep = {
  readonly type: "think";
  readonly window: Window;
};

/** What a call came to. */
export type Thought = { readonly text: string; readonly model: string };

/** Name of the running call after the first message it answers. Shape: `think-17`; undefined at rest. */
export function thinkKey(state: ChannelState): string | undefined {
  const first = state.thinking[0];
  return first && `think-${first.seq}`;
}

/** At most one call runs, and one does while anything waits for an answer. */
export function steps(state: ChannelState): Readonly<Record<string, ThinkStep>> {
  const key = thinkKey(state);
  if (key === undefined) return {};
  const { window, thinking, waiting, before, first, heard, said } = state;
  return {
    [key]: {
      type: "think",
      window: {
        lines: [...window, ...thinking],
        answers: thinking.map((line) => line.seq),
        before,
        ...(first ? { first } : {}),
        // What waits is not yet seen, so that a repeated call sees what the first one saw.
        heard: heard - waiting.length,
        said,
      },
    },
  };
}
