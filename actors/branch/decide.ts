import { type Brought, callOf, failedCall, thinkKey } from "#actors/turn/mod.ts";
import type { BranchEvent, BranchMail } from "#subjects/branch.ts";
import { excerpt } from "#subjects/excerpt.ts";
import { judgeAnswer } from "./answer.ts";
import type { BranchState } from "./state.ts";

/** What a branch judges: mail, or what its call or its tool came to. */
export type BranchInput =
  | ({ readonly type: "mail" } & BranchMail)
  | { readonly type: "outcome" | "emission"; readonly key: string; readonly data: Brought }
  | { readonly type: "failure"; readonly key: string; readonly code: "threw" | "abandoned"; readonly reason: string };

type Refusal = { readonly type: "refusal"; readonly code: string; readonly reason: string };

/** Most of an error that is passed on. Units: UTF-16 units. */
const MAX_REASON = 300;

/** Judges one input. It is begun once, and ends once; what comes after changes nothing. */
export function decide(state: BranchState, input: BranchInput): BranchEvent | Refusal | undefined {
  if (input.type === "mail") return judgeMail(state, input);
  const { turn } = state;
  if (turn === undefined || input.type === "emission") return undefined;
  const call = callOf(turn, input.key);
  if (call !== undefined) {
    const came = input.type === "failure" ? failedCall(input) : input.data;
    return "text" in came ? { type: "used", data: { call: call.id, ...came } } : undefined;
  }
  if (input.key !== thinkKey(turn)) return undefined;
  if (input.type === "failure") {
    return concluded(state, "failed", input.code === "abandoned" ? DIED : excerpt(input.reason, MAX_REASON));
  }
  if ("denied" in input.data) return concluded(state, "failed", input.data.denied);
  return "content" in input.data ? judgeAnswer(state, turn, input.data) : undefined;
}

/** What is told of a branch that brought its process down. */
const DIED = "Its process died three times while it thought, and it was given up.";

/** What is told of a branch that took too long. */
const TIMED_OUT = "It took too long and was ended.";

function judgeMail(
  state: BranchState,
  input: Extract<BranchInput, { type: "mail" }>,
): BranchEvent | Refusal | undefined {
  if (input.verb === "spawn") return state.origin === undefined ? { type: "spawned", data: input.data } : undefined;
  if (state.turn === undefined) {
    if (input.verb === "timeout") return undefined;
    return { type: "refusal", code: "not-thinking", reason: `${state.address} is not thinking; begin another one` };
  }
  switch (input.verb) {
    case "tell":
      return { type: "told", data: input.data };
    case "cancel":
      return concluded(state, "cancelled", input.data.reason || "It was no longer wanted.");
    case "timeout":
      return concluded(state, "timed-out", TIMED_OUT);
  }
}

function concluded(
  state: BranchState,
  outcome: "failed" | "cancelled" | "timed-out",
  text: string,
): BranchEvent | undefined {
  const { origin } = state;
  return origin && { type: "concluded", data: { outcome, text, for: origin.from } };
}
