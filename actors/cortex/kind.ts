import type { z } from "zod";
import { rolesFrom } from "#actors/policy/mod.ts";
import { limitsFrom } from "#models/mod.ts";
import type { Kind, Step } from "#runtime/mod.ts";
import { cortexContract } from "#subjects/cortex.ts";
import type { Limit } from "#subjects/limit.ts";
import { decideWith } from "./decide.ts";
import { evolve } from "./evolve.ts";
import type { SlotRules } from "./judge-slots.ts";
import { sends } from "./sends.ts";
import { slotLimitsFrom } from "./slot-limits.ts";
import { type CortexState, initial, KEPT_NAMES, STATE_VERSION, summed } from "./state.ts";

/** An agent's steward, as the runtime runs it. */
export type CortexKind = Kind<typeof cortexContract, CortexState, Step, never>;

/** The kind `cortex` under these limits, of money and of jobs. */
export function cortexKind(limits: readonly Limit[], rules: SlotRules): CortexKind {
  return {
    contract: cortexContract,
    stateVersion: STATE_VERSION,
    initial,
    decide: decideWith(limits, rules),
    evolve,
    sends,
    steps: () => ({}),
    perform: ({ type }) => Promise.reject(new Error(`a cortex runs nothing, and was asked to run ${type}`)),
    answers: { usage, slots: slotsWith(rules) },
  };
}

/** The kind `cortex` for whoever folds logs: limits only say what a new charge comes to. */
export const cortex: CortexKind = cortexKind(limitsFrom({}), slotRulesFrom({}));

/** Reads what the environment sets about jobs. Throws: RangeError that names the variable. */
export function slotRulesFrom(env: Readonly<Record<string, string | undefined>>): SlotRules {
  return { limits: slotLimitsFrom(env), roles: rolesFrom(env) };
}

/** Which jobs run, how many wait, and whether all is stopped. */
function slotsWith({ limits }: SlotRules) {
  return ({ slots: { running, queue, panic } }: CortexState): z.output<typeof cortexContract.asks.slots> => ({
    running: running.map(({ address }) => address),
    queued: queue.length,
    limit: limits.total,
    ...(panic === undefined ? {} : { panic }),
  });
}

/** What was spent on each day that is still known, oldest first. */
function usage({ days }: CortexState): z.output<typeof cortexContract.asks.usage> {
  return { days: days.map((day) => summed(day, KEPT_NAMES)) };
}
