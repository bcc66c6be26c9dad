import type { Executed, ExecutorEvent, ExecutorMail } from "#subjects/executor.ts";
import type { Address } from "#subjects/mod.ts";
import { type Failed, failed } from "./failed.ts";
import { foreign, type Refusal } from "./refusal.ts";
import { type Environment, type ExecutorState, environmentIn, isKnownOrder, MOST_OPEN } from "./state.ts";

/** Something is to be done in an environment: only by whoever has it, and only once. */
export function judgeOrder(
  state: ExecutorState,
  mail: Exclude<ExecutorMail, { verb: "tend" | "up" | "down" }>,
  from: Address,
): ExecutorEvent | Refusal | undefined {
  const { env, order } = mail.data;
  const environment = environmentIn(state, env);
  if (environment !== undefined && environment.by !== from && environment.next?.by !== from) {
    return foreign(env, environment.by);
  }
  if (isKnownOrder(state, env, order)) return undefined;
  const result = failureOf(environment, from);
  if (result === undefined) return { type: "ordered", data: { by: from, order: executed(mail) } };
  return { type: "finished", data: { env, by: from, order, result, engine: state.engine } };
}

/** Only what the order consists of: mail has an envelope. */
function executed(mail: Executed): Executed {
  return { verb: mail.verb, data: mail.data } as Executed;
}

function failureOf(environment: Environment | undefined, from: Address): Failed | undefined {
  if (environment === undefined) {
    return failed("no-environment", "There is no such environment on this host; have one raised first.");
  }
  if (environment.state !== "up" || environment.by !== from) {
    return failed("not-up", "The environment is not up; have it raised, and wait until it is there.");
  }
  if (Object.keys(environment.open).length >= MOST_OPEN) {
    return failed("too-many-orders", `${MOST_OPEN} orders run in this environment; wait until one of them has ended.`);
  }
  return undefined;
}
