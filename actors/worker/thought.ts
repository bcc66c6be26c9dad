import type { Thought, Brought as TurnBrought } from "#actors/turn/mod.ts";
import type { Effect } from "#subjects/policy.ts";

/** What the policy says of a call, and why. */
export type Verdict = { readonly call: string; readonly effect: Effect; readonly why: string };

/** An answer of a model, with what the policy says of each of its calls. */
export type JudgedThought = Thought & { readonly verdicts: readonly Verdict[] };

/** What a step of a worker may bring: an answer, why there is none, a host for its environment, or that nothing is left to end. */
export type Brought =
  | JudgedThought
  | Exclude<TurnBrought, Thought>
  | { readonly placed: string }
  | { readonly unplaced: string }
  | { readonly gone: true };
