import { deedsOfOrder, ENVIRONMENT, type HoldingRule, isByDefault, judge } from "#actors/policy/mod.ts";
import { callsIn } from "#actors/turn/mod.ts";
import type { AnswerPart } from "#models/mod.ts";
import type { Job } from "#subjects/job.ts";
import { workerContract } from "#subjects/worker.ts";
import type { Verdict } from "./thought.ts";
import { orderOf } from "./tools.ts";

/** What the rules say of each call of an answer that means an order. */
export function verdictsOf(
  content: readonly AnswerPart[],
  job: Job,
  rules: readonly HoldingRule[],
): readonly Verdict[] {
  const { role, who, env } = job;
  return callsIn(content).flatMap((call): readonly Verdict[] => {
    if (call.type !== "tool-call") return [];
    const order = orderOf(call.name, call.input, { env, order: "judged" });
    if (order === undefined) return [];
    const asker = { role, user: `${who.party}:${who.id}`, kind: workerContract.kind, tool: call.name };
    const { effect, reasons } = judge({ asker, deeds: deedsOfOrder(order), world: ENVIRONMENT }, rules);
    const why = reasons
      .slice(0, MAX_REASONS)
      .map((reason) => (isByDefault(reason) ? reason.because : `${reason.because}: ${reason.rule}`))
      .join("; ");
    return [{ call: call.id, effect, why }];
  });
}

/** Most reasons that are told of one call. */
const MAX_REASONS = 3;
