import { endedIn, type StepEnd } from "#actors/turn/mod.ts";
import type { BranchEvent, BranchMail } from "#subjects/branch.ts";
import { excerpt } from "#subjects/excerpt.ts";
import { judgeAnswer } from "./answer.ts";
import type { BranchState } from "./state.ts";

/** What a branch judges: mail, or what its call or its tool came to. */
export type BranchInput = ({ readonly type: "mail" } & BranchMail) | StepEnd;

type Refusal = { readonly type: "refusal"; readonly code: string; readonly reason: string };

/** Most of an error that is passed on. Units: UTF-16 units. */
const MAX_REASON = 300;

/** Judges one input. It is begun once, and ends once; what comes after changes nothing. */
export function decide(state: BranchState, input: BranchInput): BranchEvent | Refusal | undefined {
  if (input.type === "mail") return judgeMail(state, input);
  const end = endedIn(state.turn, input);
  switch (end?.type) {
    case undefined:
      return undefined;
    case "used":
      return end;
    case "answered":
      return judgeAnswer(state, end.turn, end.answer);
    case "denied":
      return concluded(state, "failed", end.reason);
    case "failure":
      return concluded(state, "failed", end.code === "abandoned" ? DIED : excerpt(end.reason, MAX_REASON));
  }
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
