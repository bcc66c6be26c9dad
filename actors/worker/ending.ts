import { roleOf } from "#actors/policy/mod.ts";
import { bounded } from "#actors/turn/mod.ts";
import { excerpt } from "#subjects/excerpt.ts";
import { hasEnded } from "#subjects/job.ts";
import type { Who } from "#subjects/mod.ts";
import type { WorkerEvent, WorkerMail } from "#subjects/worker.ts";
import { notNow, type Refusal } from "./refusal.ts";
import type { WorkerRules } from "./rules.ts";
import type { Begun } from "./state.ts";

type MailData<Verb extends WorkerMail["verb"]> = Extract<WorkerMail, { verb: Verb }>["data"];

/** Told of a job that took too long. */
const TIMED_OUT = "It took longer than a job may, and was ended.";

/** Most of a job's task, and of its last words, that the one after it is given. Units: UTF-16 units. */
const MAX_BEFORE = 8_000;

/** Judges that a person wants it ended. */
export function abort(state: Begun, { who, why }: MailData<"abort">, rules: WorkerRules): WorkerEvent | Refusal {
  if (!mayEnd(state, who, rules)) return notYours(state);
  return stop(state, who, why || "no reason was given");
}

/** Judges that it is to end, whoever has decided that rightly. Only a job that runs has something to end first. */
export function stop(state: Begun, who: Who, why: string): WorkerEvent | Refusal {
  const { address, stands, job, place } = state;
  if (stands === "aborting") return { type: "refusal", code: "job-state", reason: `${address} is being ended already` };
  if (hasEnded(stands)) return notNow(address, stands, "there is nothing left to end");
  if (stands !== "running") return aborted(state, who, why);
  return { type: "aborting", data: { job, who, why, ...(place === undefined ? {} : { host: place.host }) } };
}

/** It has ended before its time, perhaps since something was not allowed; its slot is given back where it claimed one. */
export function aborted({ job, claim }: Begun, who: Who, why: string, denied?: string): WorkerEvent {
  const data = { job, who, why, granted: claim !== undefined, ...(denied === undefined ? {} : { denied }) };
  return { type: "aborted", data };
}

/** What ran in its environment has ended, or nothing did. */
export function settled(state: Begun, note = ""): WorkerEvent | undefined {
  if (state.stands !== "aborting" || state.ending === undefined) return undefined;
  const { who, why } = state.ending;
  return aborted(state, who, note === "" ? why : `${why} (${note})`);
}

/** Judges that its time is over. */
export function timeOut(state: Begun): WorkerEvent | undefined {
  return state.stands === "running" ? failed(state, TIMED_OUT, "timed-out") : undefined;
}

/** It came to nothing. */
export function failed({ job, place }: Begun, reason: string, outcome: "failed" | "timed-out" = "failed"): WorkerEvent {
  return { type: "failed", data: { job, reason, outcome, ...(place === undefined ? {} : { host: place.host }) } };
}

/** Judges a word that comes after its end, or the wish to have it done again: both begin a new job. */
export function renew(
  state: Begun,
  wish: { readonly who: Who; readonly text?: string },
  rules: WorkerRules,
): WorkerEvent | Refusal {
  const { address, stands, job, final = "", place, showsUntil } = state;
  if (!mayEnd(state, wish.who, rules)) return notYours(state);
  if (!hasEnded(stands)) return notNow(address, stands, "it can be done again once it has ended");
  const before = `${address} was about this: ${excerpt(job.assignment.text, MAX_BEFORE)}\nIt is ${stands}: ${bounded(final, MAX_BEFORE)}`;
  // What it still shows goes: the next job cannot have its environment before.
  const host = place === undefined || showsUntil === undefined ? {} : { host: place.host };
  return { type: "renewed", data: { job, ...wish, before, ...host } };
}

/** Nobody looks at what it shows any more. */
export function leave({ stands, job, place, showsUntil = 0 }: Begun, at: number): WorkerEvent | undefined {
  if (!hasEnded(stands) || place === undefined || at < showsUntil) return undefined;
  return { type: "left", data: { job, host: place.host } };
}

/** Whether somebody may say what becomes of a job: its owners, and who began it unless a setting says otherwise. */
export function mayEnd({ job }: Begun, who: Who, { roles, requesterAborts }: WorkerRules): boolean {
  if (roleOf(who, roles) === "owner") return true;
  return requesterAborts && who.party === job.who.party && who.id === job.who.id;
}

/** What others are told. */
export function notYours({ address, job }: Begun): Refusal {
  return {
    type: "refusal",
    code: "not-yours",
    reason: `${address} was begun by ${job.who.party}:${job.who.id}; ask them, or an owner`,
  };
}
