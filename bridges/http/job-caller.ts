import { readJobPast } from "#bridges/conversation/job-past.ts";
import type { Client } from "#runtime/mod.ts";
import { type JobEntry, jobViewSchema } from "#subjects/job.ts";
import { jobKey } from "#subjects/job-list.ts";
import { isSamePerson, JOB_VERBS, type JobVerbName } from "#subjects/job-verbs.ts";
import { type Address, addressOf, DEFAULT_AGENT, isAddress, parseAddress, type Who } from "#subjects/mod.ts";
import type { Bridge } from "./bridge.ts";
import type { Caller } from "./caller.ts";
import { onBus } from "./deadline.ts";
import { Problem } from "./problem.ts";

/** What is asked of a job before anything is said to it or of it. */
export type KnownJob = { readonly address: Address; readonly who: Who } & Pick<JobEntry, "state" | "approvals">;

/** A job as a request names it: by an id and perhaps its agent, or by its address. */
export type JobMeant = { readonly id: string; readonly agent?: string | undefined };

/** Whoever holds a token, as jobs know them. */
export function whoOf(caller: Caller): Who {
  return { party: "http", id: caller.name };
}

/**
 * The job that a request means, if its caller may do that with it. Beyond this the job judges itself; only it knows its roles,
 * and does not know the token's. Throws: Problem.
 */
export async function jobFor(
  { client }: Bridge,
  caller: Caller,
  verb: JobVerbName,
  meant: JobMeant,
): Promise<KnownJob> {
  const address = addressIn(meant);
  const job = await onBus((signal) => known(client, address, signal), "nothing is known of the job now");
  if (job === undefined) throw new Problem("no-job", `There is no job ${address}.`, { address });
  requireRole(caller, verb);
  if (!mayTouch(caller, verb, job.who)) {
    throw new Problem("not-allowed", `Token ${caller.name} has role user, and ${address} is no job of its own.`);
  }
  return job;
}

/** Throws: Problem where a verb is for owners and the token is none's. */
export function requireRole(caller: Caller, verb: JobVerbName): void {
  if (caller.role === "owner" || JOB_VERBS[verb].whoMay !== "owner") return;
  throw new Problem("not-allowed", `Token ${caller.name} has role user, and ${verb} is for owners.`);
}

/** Whether the holder of a token may have to do with somebody's job: one of role user with those of this bridge. */
export function mayTouch(caller: Caller, verb: JobVerbName, who: Who): boolean {
  if (caller.role === "owner") return true;
  return JOB_VERBS[verb].whoMay === "anyone" ? who.party === "http" : isSamePerson(who, whoOf(caller));
}

function addressIn({ id, agent }: JobMeant): Address {
  try {
    const address = isAddress(id) ? id : addressOf(agent ?? DEFAULT_AGENT, "worker", id);
    if (parseAddress(address).kind === "worker") return address;
  } catch (cause) {
    throw new Problem("no-job", `${JSON.stringify(id)} names no job.`, { cause });
  }
  throw new Problem("no-job", `${id} is an actor, and no job.`);
}

/** From the view, which may be a moment behind, or from the log. */
async function known(client: Client, address: Address, signal: AbortSignal): Promise<KnownJob | undefined> {
  const { success, data } = jobViewSchema.safeParse(await client.entry("VIEWS", jobKey(address), signal));
  if (success) return { address, ...data };
  if ((await client.last(address, signal)) === undefined) return undefined;
  const past = readJobPast(await client.history(address));
  return past && { address, who: past.job.who, state: past.state, approvals: [...past.approvals] };
}
