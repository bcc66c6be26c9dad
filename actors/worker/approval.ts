import { roleOf } from "#actors/policy/mod.ts";
import type { Who } from "#subjects/mod.ts";
import type { WorkerEvent, WorkerMail } from "#subjects/worker.ts";
import { aborted } from "./ending.ts";
import type { Refusal } from "./refusal.ts";
import type { WorkerRules } from "./rules.ts";
import { approvalsOf, type Begun, type Pending } from "./state.ts";

type Answer = Extract<WorkerMail, { verb: "approve" | "deny" }>;

/** Who decides where nobody did. */
const CLOCK: Who = { party: "system", id: "clock" };

/** Judges that somebody allows something, or does not. Units: `at` ms since 1970. */
export function answerApproval(
  state: Begun,
  { verb, data }: Answer,
  at: number,
  { roles }: WorkerRules,
): WorkerEvent | Refusal {
  const { who, approval: id } = data;
  const pending = state.pending.find(({ approval }) => approval.id === id);
  if (roleOf(who, roles) !== "owner") {
    return { type: "refusal", code: "not-owner", reason: "only an owner may allow that or not; see roles.owners" };
  }
  if (pending === undefined) {
    const open = approvalsOf(state.pending).map((approval) => approval.id);
    const others = open.length === 0 ? "nothing waits to be allowed" : `what waits is ${open.join(", ")}`;
    return { type: "refusal", code: "no-approval", reason: `${state.address} does not ask for ${id}; ${others}` };
  }
  if (verb === "deny") return denied(state, pending, who, data.why || "no reason was given");
  if (at > pending.approval.until) {
    return {
      type: "refusal",
      code: "approval-expired",
      reason: `${id} was to be allowed before ${new Date(pending.approval.until).toISOString()}`,
    };
  }
  return allowed(state, pending, who);
}

/** Judges that the time for allowing something is over. */
export function expire(state: Begun, id: string): WorkerEvent | undefined {
  const pending = state.pending.find(({ approval }) => approval.id === id);
  return pending && denied(state, pending, CLOCK, "nobody has allowed it in time");
}

function allowed(state: Begun, pending: Pending, who: Who): WorkerEvent | Refusal {
  const { job, stands, place } = state;
  const left = othersThan(state, pending);
  const data = { job, approval: pending.approval.id, who, left };
  if (pending.order === undefined) return { type: "approved", data: { ...data, state: "queued" } };
  if (place?.isUp !== true) {
    return {
      type: "refusal",
      code: "no-environment",
      reason: `${state.address} has no environment just now; allow it again in a moment`,
    };
  }
  return { type: "approved", data: { ...data, state: stands, order: pending.order, host: place.host } };
}

function denied(state: Begun, pending: Pending, who: Who, why: string): WorkerEvent {
  const { job, stands } = state;
  if (pending.order === undefined) return aborted(state, who, `Not allowed: ${why}.`, pending.approval.id);
  const left = othersThan(state, pending);
  return { type: "denied", data: { job, approval: pending.approval.id, who, why, left, state: stands } };
}

function othersThan({ pending }: Begun, one: Pending) {
  return approvalsOf(pending.filter((each) => each !== one));
}
