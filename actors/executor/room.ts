import type { ExecutorRules } from "./rules.ts";
import { type ExecutorState, running } from "./state.ts";

/** How much room a host has, as its events say it. */
export type Room = {
  readonly running: number;
  readonly free: number;
  readonly engine: string;
  readonly problem?: string;
};

/** The room after so many more (or fewer) are there. */
export function roomAfter(state: ExecutorState, rules: ExecutorRules, more: number): Room {
  const { engine, problem } = state;
  const there = running(state) + more;
  if (problem !== undefined) return { running: there, free: 0, engine, problem };
  return { running: there, free: Math.max(0, rules.environments - there), engine };
}
