import type { z } from "zod";
import { limitsFrom } from "#models/mod.ts";
import type { Kind, Step } from "#runtime/mod.ts";
import { cortexContract } from "#subjects/cortex.ts";
import type { Limit } from "#subjects/limit.ts";
import { decideWith } from "./decide.ts";
import { evolve } from "./evolve.ts";
import { sends } from "./sends.ts";
import { type CortexState, initial, KEPT_NAMES, STATE_VERSION, summed } from "./state.ts";

/** An agent's steward, as the runtime runs it. */
export type CortexKind = Kind<typeof cortexContract, CortexState, Step, never>;

/** The kind `cortex` under these limits. */
export function cortexKind(limits: readonly Limit[]): CortexKind {
  return {
    contract: cortexContract,
    stateVersion: STATE_VERSION,
    initial,
    decide: decideWith(limits),
    evolve,
    sends,
    steps: () => ({}),
    perform: ({ type }) => Promise.reject(new Error(`a cortex runs nothing, and was asked to run ${type}`)),
    answers: { usage },
  };
}

/** The kind `cortex` for whoever folds logs: limits only say what a new charge comes to. */
export const cortex: CortexKind = cortexKind(limitsFrom({}));

/** What was spent on each day that is still known, oldest first. */
function usage({ days }: CortexState): z.output<typeof cortexContract.asks.usage> {
  return { days: days.map((day) => summed(day, KEPT_NAMES)) };
}
