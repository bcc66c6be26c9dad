import { resultText } from "#actors/worker/shown-order.ts";
import type { Violation } from "#chaos/checks.ts";
import { hasEnded, TRANSITIONS } from "#subjects/job.ts";
import type { HostRecord, JobRecord } from "./job-record.ts";
import { checkOutputs, type ExecResult, type ReadArtifact } from "./output-checks.ts";
import type { PlannedJob, PlannedStep } from "./plan.ts";
import { WHY } from "./requester.ts";

/** How a job came to its end, as the storm sees it. */
export type Ending = "whole" | "aborted" | "interrupted" | "given up" | "wrong";

/** What may have ended a job besides its own doing, for it was killed three times at the same spot: it says so. */
const GIVEN_UP = /died three times|could not be raised|It has no environment|did not answer in time|It was given up/;

/** What is said of what nobody knows how far it got. */
const INTERRUPTED = /nobody knows how far it got/;

/** A job moves only as it may, each of its orders is done once, and each call has the one result that the host gave. */
export function checkMoves({ address, states, orders, used }: JobRecord, host: HostRecord): readonly Violation[] {
  const wrong: string[] = [];
  const [first] = states;
  if (first !== "queued" && first !== "needs_approval") wrong.push(`it began as ${first}`);
  for (const [at, state] of states.entries()) {
    const next = states[at + 1];
    if (next !== undefined && !TRANSITIONS[state].includes(next)) wrong.push(`it went from ${state} to ${next}`);
  }
  const last = states.at(-1);
  if (last === undefined || !hasEnded(last)) wrong.push(`it stands at ${last} for good`);
  for (const { order, call } of orders) {
    const name = order.data.order;
    const [begun, results] = [host.begun.get(name) ?? 0, host.results.get(name) ?? []];
    if (begun > 1 || results.length > 1)
      wrong.push(`${name} was begun ${begun} times and ended ${results.length} times`);
    const told = used.filter((each) => each.call === call);
    if (told.length > 1) wrong.push(`${name} came back ${told.length} times`);
    const [result, shown] = [results[0], told[0]];
    if (shown === undefined || shown.text.startsWith("Not done:")) continue;
    if (result === undefined || resultText(result).text !== shown.text)
      wrong.push(`${name} came back otherwise than it ended`);
  }
  return wrong.map((what) => ({ what, address }));
}

/** What each step wrote is what the host says that it wrote; gives besides which steps ran to their end. */
export async function checkSteps(
  { steps, assignment }: PlannedJob,
  { address, orders }: JobRecord,
  host: HostRecord,
  read: ReadArtifact,
): Promise<{ readonly violations: readonly Violation[]; readonly ran: readonly PlannedStep[] }> {
  const wrong: string[] = [];
  const ran: PlannedStep[] = [];
  for (const [at, { order }] of orders.entries()) {
    const step = steps[at];
    const line = order.verb === "exec" ? order.data.argv[2] : order.verb;
    if (step === undefined || line !== step.line) {
      wrong.push(`order ${at + 1} of its ${assignment.type} is ${line}, not ${step?.line ?? "nothing"}`);
      continue;
    }
    const result = endedWith(host, order.data.order);
    if (result === undefined) continue;
    wrong.push(...(await checkOutputs(step, result, read)));
    ran.push(step);
  }
  return { violations: wrong.map((what) => ({ what, address })), ran };
}

function endedWith({ results }: HostRecord, name: string): ExecResult | undefined {
  const result = results.get(name)?.[0];
  return result?.type === "exec" && result.how === "ended" ? result : undefined;
}

/** How a job ended; whatever it was not meant to come to has to have its cause told. */
export function endingOf(
  job: PlannedJob,
  { states, final, used }: JobRecord,
  ran: readonly PlannedStep[],
  storm: { readonly panicked: boolean; readonly withEngine: boolean },
): Ending {
  const state = states.at(-1);
  if (state === "aborted") {
    const isMeant = (job.abortAfterMs !== undefined || storm.panicked) && final.includes(WHY);
    return isMeant ? "aborted" : "wrong";
  }
  if (state === "completed" && ran.length === job.steps.length) return "whole";
  const told = [final, ...used.map(({ text }) => text)].join("\n");
  if (INTERRUPTED.test(told)) return storm.withEngine ? "interrupted" : "wrong";
  return GIVEN_UP.test(told) ? "given up" : "wrong";
}

/** No line was counted twice or out of turn, and each of those that ran to their end was counted. */
export function checkCounted(
  { address, counted, assignment }: PlannedJob,
  ran: readonly PlannedStep[],
  read: string,
): readonly Violation[] {
  const lines = read.split("\n").filter((line) => line !== "");
  const isInTurn = lines.every((line, at) => line === counted[at]);
  const known = assignment.type === "run" ? (ran.length > 0 ? counted.length : 0) : ran.length;
  const most = assignment.type === "run" ? counted.length : known + 1;
  if (isInTurn && lines.length >= Math.min(known, counted.length) && lines.length <= most) return [];
  return [{ what: `${lines.join(" ")} was counted, and ${ran.map(({ id }) => id).join(" ")} ran to its end`, address }];
}
