import type { CallResult } from "#subjects/turn.ts";
import { failedCall } from "./failed-call.ts";
import type { Brought, Thought } from "./thought.ts";
import { callOf, type Turn, thinkKey } from "./turn.ts";

/** A step of a turn that ended badly. */
export type StepFailure = {
  readonly type: "failure";
  readonly key: string;
  readonly code: "threw" | "abandoned";
  readonly reason: string;
};

/** What a step of a turn brings its actor. */
export type StepEnd =
  | { readonly type: "outcome" | "emission"; readonly key: string; readonly data: Brought }
  | StepFailure;

/** What the end of a step is to its turn: what a tool came to, an answer of the model, or why there is none. */
export type Ended =
  | { readonly type: "used"; readonly data: CallResult }
  | { readonly type: "answered"; readonly turn: Turn; readonly answer: Thought }
  | { readonly type: "denied"; readonly turn: Turn; readonly reason: string }
  | (StepFailure & { readonly turn: Turn });

/** Reads the end of a step; that of one which is no longer wanted is nothing. */
export function endedIn(turn: Turn | undefined, input: StepEnd): Ended | undefined {
  if (turn === undefined || input.type === "emission") return undefined;
  const call = callOf(turn, input.key);
  if (call !== undefined) {
    const came = input.type === "failure" ? failedCall(input) : input.data;
    return "text" in came ? { type: "used", data: { call: call.id, ...came } } : undefined;
  }
  if (input.key !== thinkKey(turn)) return undefined;
  if (input.type === "failure") return { ...input, turn };
  if ("denied" in input.data) return { type: "denied", turn, reason: input.data.denied };
  return "content" in input.data ? { type: "answered", turn, answer: input.data } : undefined;
}
