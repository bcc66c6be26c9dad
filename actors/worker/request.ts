import { roleOf } from "#actors/policy/mod.ts";
import { type Approval, environmentOf, type Job } from "#subjects/job.ts";
import { type Address, parseAddress } from "#subjects/mod.ts";
import type { WorkerEvent, WorkerMail } from "#subjects/worker.ts";
import type { Refusal } from "./refusal.ts";
import type { WorkerRules } from "./rules.ts";

type Spawn = Extract<WorkerMail, { verb: "spawn" }>["data"];

/** Why all of a run has to be allowed. */
const RUN_WHY = "a line that a person gives is run only after an owner has allowed it";

/** Judges the wish for a job. Units: `at` ms since 1970. */
export function request(
  address: Address,
  { assignment, who, after, env, before, ...data }: Spawn,
  { from, at }: { readonly from?: Address | undefined; readonly at: number },
  { roles, approvalMs }: WorkerRules,
): WorkerEvent | Refusal {
  const stranger = strangerIn(address, { for: data.for, after, env, before }, from);
  if (stranger !== undefined) return stranger;
  const role = roleOf(who, roles);
  if (role === "guest") {
    return {
      type: "refusal",
      code: "not-known",
      reason: `${who.party}:${who.id} may begin no jobs here; an owner may change that with roles.users`,
    };
  }
  if (assignment.type === "run" && role !== "owner") {
    return {
      type: "refusal",
      code: "not-owner",
      reason: "only an owner may have a line run; ask for a task, or see roles.owners",
    };
  }
  const job: Job = {
    assignment,
    who,
    role,
    env: env ?? environmentOf(address),
    ...(data.for === undefined ? {} : { for: data.for }),
    ...(after === undefined ? {} : { after }),
  };
  const approval: Approval = { id: "a1", what: assignment.text, why: RUN_WHY, until: at + approvalMs };
  return {
    type: "requested",
    data: {
      job,
      ...(before === undefined ? {} : { before }),
      ...(assignment.type === "run" ? { approval } : {}),
      ...(data.for === undefined || data.for === from ? {} : { joins: true }),
    },
  };
}

/** Whoever begins a job has no say in conversations of other agents; only a job hands its own environment on. */
function strangerIn(
  address: Address,
  { for: told, after, ...past }: Pick<Spawn, "for" | "after" | "env" | "before">,
  from: Address | undefined,
): Refusal | undefined {
  const { agent } = parseAddress(address);
  const isOurs = (one: Address, kind: string): boolean => {
    const parts = parseAddress(one);
    return parts.agent === agent && parts.kind === kind;
  };
  if (told !== undefined && !isOurs(told, "channel")) {
    const reason = `${told} is no conversation of agent ${agent}; name one that is`;
    return { type: "refusal", code: "foreign-job", reason };
  }
  const goesOn = after !== undefined || past.env !== undefined || past.before !== undefined;
  if (!goesOn || (after !== undefined && after === from && isOurs(after, "worker"))) return undefined;
  const reason = "only a job that has ended hands on what it had; tell it what is to be done next";
  return { type: "refusal", code: "foreign-job", reason };
}
