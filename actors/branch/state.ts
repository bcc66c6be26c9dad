import type { z } from "zod";
import type { Line, Turn } from "#actors/turn/mod.ts";
import type { BranchEvent, branchContract, OUTCOMES } from "#subjects/branch.ts";
import type { Address } from "#subjects/mod.ts";

/** Whose past it thinks with, about what, and who began that. */
export type Origin = Extract<BranchEvent, { type: "spawned" }>["data"];

/** Where a thought on the side stands. Kept small: the past that it thinks with is not in it. */
export type BranchState = {
  readonly address: Address;
  /** Absent before it was begun. */
  readonly origin?: Origin;
  /** Its task and all that came since; absent once it has ended. */
  readonly turn?: Turn;
  /** What it was told meanwhile. */
  readonly waiting: readonly Line[];
  readonly calls: number;
  /** What it last said of itself. */
  readonly status: string;
  readonly outcome?: (typeof OUTCOMES)[number];
};

/** Raised when `BranchState` changes its shape. */
export const STATE_VERSION = 1;

/** A branch that was not begun yet. */
export function initial(address: Address): BranchState {
  return { address, waiting: [], calls: 0, status: "" };
}

/** How it stands, for whoever asks. */
export function status({ origin, calls, status, outcome }: BranchState): z.output<typeof branchContract.asks.status> {
  return {
    task: origin?.task ?? "",
    calls,
    status,
    outcome: outcome ?? (origin === undefined ? "unknown" : "thinking"),
  };
}
