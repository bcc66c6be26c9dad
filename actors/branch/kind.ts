import type { ThinkPort } from "#actors/thinking/mod.ts";
import { type Brought, stepsOf } from "#actors/turn/mod.ts";
import { modelsFrom } from "#models/mod.ts";
import type { Kind } from "#runtime/mod.ts";
import { branchContract } from "#subjects/branch.ts";
import { decide } from "./decide.ts";
import { evolve } from "./evolve.ts";
import { type BranchStep, performWith } from "./perform.ts";
import { sends } from "./sends.ts";
import { type BranchState, initial, STATE_VERSION, status } from "./state.ts";

/** A thought on the side, as the runtime runs it. */
export type BranchKind = Kind<typeof branchContract, BranchState, BranchStep, Brought>;

/** The kind `branch` on what it thinks with. */
export function branchKind(port: ThinkPort): BranchKind {
  return {
    contract: branchContract,
    stateVersion: STATE_VERSION,
    initial,
    decide,
    evolve,
    sends,
    steps,
    perform: performWith(port),
    answers: { status },
  };
}

/** The kind `branch` for whoever folds logs: it thinks offline. */
export const branch: BranchKind = branchKind({ models: modelsFrom("branch", {}) });

/** Nothing is wanted before it was begun and after it has ended. */
function steps({ turn, origin }: BranchState): Readonly<Record<string, BranchStep>> {
  if (turn === undefined || origin === undefined) return {};
  return Object.fromEntries(Object.entries(stepsOf(turn)).map(([key, step]) => [key, { ...step, turn, origin }]));
}
