import type { Input } from "#runtime/mod.ts";
import type { ExecutorEvent, ExecutorMail } from "#subjects/executor.ts";
import { type Brought, judgeEnd } from "./judge-end.ts";
import { judgeLooked, judgeSuspect } from "./judge-look.ts";
import { judgeOrder } from "./judge-order.ts";
import { judgeDown, judgeUp } from "./judge-up.ts";
import { prunable } from "./prune.ts";
import { type Refusal, refusal } from "./refusal.ts";
import type { ExecutorRules } from "./rules.ts";
import type { ExecutorState } from "./state.ts";

/** What a host judges: mail, or what its steps bring. */
export type ExecutorInput = Input<ExecutorMail, Brought>;

/** Makes the `decide` of a host that keeps to these rules. */
export function decideWith(rules: ExecutorRules) {
  return (state: ExecutorState, input: ExecutorInput): ExecutorEvent | Refusal | undefined => {
    if (input.type === "mail") return judgeMail(state, rules, input);
    if (input.type !== "failure" && input.data.type === "looked") return judgeLooked(state, rules, input.data);
    if (input.type !== "failure" && input.data.type === "suspect") return judgeSuspect(state, input.data);
    return judgeEnd(state, rules, input);
  };
}

type Mail = Extract<ExecutorInput, { type: "mail" }>;

function judgeMail(state: ExecutorState, rules: ExecutorRules, mail: Mail): ExecutorEvent | Refusal | undefined {
  if (mail.verb === "tend") return tend(state, rules, mail.data.at);
  const { from } = mail;
  if (from === undefined) return refusal("no-sender", `${state.address} does this for jobs alone; let a job order it`);
  if (mail.verb === "up") return judgeUp(state, rules, mail.data, from);
  if (mail.verb === "down") return judgeDown(state, mail.data, from);
  return judgeOrder(state, mail, from);
}

/** Nothing is looked after where nothing is; then no timer is set anew. */
function tend(state: ExecutorState, rules: ExecutorRules, at: number): ExecutorEvent | undefined {
  const pruned = prunable(state, rules, at);
  if (Object.keys(state.environments).length === 0) return undefined;
  return { type: "tended", data: { pruned: [...pruned], again: true, engine: state.engine } };
}
