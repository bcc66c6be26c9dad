import { endedIn, lengthOf, MAX_CALL_LINES } from "#actors/turn/mod.ts";
import { excerpt } from "#subjects/excerpt.ts";
import { hasEnded } from "#subjects/job.ts";
import { type Address, parseAddress, type Who } from "#subjects/mod.ts";
import { MAX_TEXT } from "#subjects/turn.ts";
import type { WorkerEvent, WorkerMail } from "#subjects/worker.ts";
import { judgeAnswer } from "./answer.ts";
import { answerApproval, expire } from "./approval.ts";
import { abort, aborted, failed, leave, mayEnd, notYours, renew, settled, stop, timeOut } from "./ending.ts";
import { attach, detach, overdue, placeOn, result, returned } from "./environment.ts";
import { notNow, type Refusal } from "./refusal.ts";
import { request } from "./request.ts";
import type { WorkerRules } from "./rules.ts";
import { type Begun, isBegun, type WorkerState } from "./state.ts";
import type { Brought } from "./thought.ts";

type Mail = { readonly type: "mail"; readonly from?: Address; readonly at: number } & WorkerMail;

/** How a step of a worker came to its end. */
type StepEnd =
  | { readonly type: "outcome" | "emission"; readonly key: string; readonly at: number; readonly data: Brought }
  | {
      readonly type: "failure";
      readonly key: string;
      readonly at: number;
      readonly code: "threw" | "abandoned";
      readonly reason: string;
    };

/** What a worker judges: mail, or how a step of it ended. Units: `at` ms since 1970. */
export type WorkerInput = Mail | StepEnd;

/** Most of an error that is passed on. Units: UTF-16 units. */
const MAX_REASON = 300;

/** Judges one input: a job moves only as `TRANSITIONS` has it, and each move says who wanted it, and why. */
export function decideWith(rules: WorkerRules) {
  return (state: WorkerState, input: WorkerInput): WorkerEvent | Refusal | undefined => {
    if (input.type !== "mail") return isBegun(state) ? judgeStep(state, input, rules) : undefined;
    if (isBegun(state)) return judgeMail(state, input, rules);
    if (input.verb === "spawn") return request(state.address, input.data, input, rules);
    return {
      type: "refusal",
      code: "no-job",
      reason: `${state.address} was never begun; thalassa jobs lists those that were`,
    };
  };
}

function judgeMail(state: Begun, mail: Mail, rules: WorkerRules): WorkerEvent | Refusal | undefined {
  switch (mail.verb) {
    case "spawn":
      return undefined;
    case "approve":
    case "deny":
      return answerApproval(state, mail, mail.at, rules);
    case "abort":
      return abort(state, mail.data, rules);
    case "cancel":
      return cancel(state, mail.from, mail.data.reason);
    case "tell":
      return tell(state, mail.from, mail.data, rules);
    case "retry":
      return renew(state, mail.data, rules);
    case "grant":
      return isOf(state, mail.from, "cortex") ? grant(state, rules) : foreign(mail.from);
    case "halt":
      return isOf(state, mail.from, "cortex")
        ? stop(state, mail.data.who, `All jobs were stopped. ${mail.data.why}`.trim())
        : foreign(mail.from);
    case "attach":
      return attach(state, mail.from, mail.data, rules.limitMs);
    case "detach":
      return detach(state, mail.from, mail.data);
    case "result":
      return result(state, mail.from, mail.data);
    case "expire":
      return expire(state, mail.data.approval);
    case "timeout":
      return timeOut(state);
    case "leave":
      return leave(state, mail.at);
    case "overdue":
      return overdue(state, mail.data.order);
    case "bounced":
    case "refused":
      return giveUp(state, mail.data.id, mail.data.reason);
  }
}

/** A slot that is not needed any more goes back. */
function grant({ stands, job }: Begun, { limitMs }: WorkerRules): WorkerEvent | undefined {
  if (stands === "queued") return { type: "started", data: { job, limitMs } };
  return stands === "running" || stands === "aborting" ? undefined : { type: "declined", data: { job } };
}

function cancel(state: Begun, from: Address | undefined, reason: string): WorkerEvent | Refusal {
  if (from === undefined || from !== state.job.for) return foreign(from);
  return stop(state, agentOf(from), reason || "its conversation does not want it any more");
}

/** What it is told while it runs or waits is seen by its next call; what it is told after its end begins a new job. */
function tell(
  state: Begun,
  from: Address | undefined,
  { text, who }: Extract<Mail, { verb: "tell" }>["data"],
  rules: WorkerRules,
): WorkerEvent | Refusal {
  const { address, stands, job, waiting } = state;
  if (who === undefined && (from === undefined || from !== job.for)) return foreign(from);
  if (hasEnded(stands)) return renew(state, { who: who ?? job.who, text }, rules);
  if (stands === "aborting") return notNow(address, stands, "tell it when it has ended");
  if (job.assignment.type === "run") return notNow(address, stands, "a line of shell listens to nobody");
  if (who !== undefined && !mayEnd(state, who, rules)) return notYours(state);
  if (waiting.length > 0 && (waiting.length >= MAX_CALL_LINES || lengthOf(waiting) + text.length > MAX_TEXT)) {
    const reason = `${waiting.length} messages wait here already; say it again when it has seen some`;
    return { type: "refusal", code: "too-many-waiting", reason };
  }
  return { type: "told", data: { text, ...(who === undefined ? {} : { who }) } };
}

function giveUp(state: Begun, id: string, reason: string): WorkerEvent | undefined {
  if (state.stands === "queued" && id === state.claim) return aborted(state, SYSTEM, reason);
  return returned(state, id, reason);
}

function judgeStep(state: Begun, input: StepEnd, rules: WorkerRules): WorkerEvent | undefined {
  if (input.type === "emission") return undefined;
  if (input.type === "failure" && state.stands === "aborting") return settled(state);
  if (input.type === "outcome") {
    const { data } = input;
    if ("placed" in data) return placeOn(state, data.placed, rules);
    if ("unplaced" in data) return state.stands === "running" ? failed(state, data.unplaced) : undefined;
    if ("gone" in data) return settled(state);
  }
  return judgeTurn(state, input, rules);
}

function judgeTurn(state: Begun, input: StepEnd, { approvalMs }: WorkerRules): WorkerEvent | undefined {
  if (state.stands !== "running") return undefined;
  const end = endedIn(state.turn, input as Parameters<typeof endedIn>[1]);
  if (input.type === "failure" && end === undefined) return failed(state, excerpt(input.reason, MAX_REASON));
  const { place } = state;
  switch (end?.type) {
    case "answered":
      if (place === undefined || !("verdicts" in end.answer)) return undefined;
      return judgeAnswer({ ...state, place }, end.turn, end.answer as never, input.at + approvalMs);
    case "denied":
      return failed(state, end.reason);
    case "failure":
      return failed(state, end.code === "abandoned" ? DIED : excerpt(end.reason, MAX_REASON));
    default:
      return undefined;
  }
}

/** Told of a job that brought its process down. */
const DIED = "Its process died three times while it thought, and it was given up.";

const SYSTEM: Who = { party: "system", id: "thalassa" };

function agentOf(address: Address): Who {
  return { party: "agent", id: parseAddress(address).agent };
}

function isOf({ address }: Begun, from: Address | undefined, kind: string): boolean {
  if (from === undefined) return false;
  const sender = parseAddress(from);
  return sender.kind === kind && sender.agent === parseAddress(address).agent;
}

function foreign(from: Address | undefined): Refusal {
  return { type: "refusal", code: "foreign-job", reason: `${from ?? "nobody"} has no say in this job` };
}
