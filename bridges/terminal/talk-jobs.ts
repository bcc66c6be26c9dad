import { stateAfter } from "#bridges/conversation/job-past.ts";
import { jobPicture } from "#bridges/conversation/job-picture.ts";
import type { Client } from "#runtime/mod.ts";
import { hasEnded } from "#subjects/job.ts";
import type { ListedJob } from "#subjects/job-list.ts";
import { JOB_VERBS } from "#subjects/job-verbs.ts";
import { type Address, parseAddress, type Who } from "#subjects/mod.ts";
import type { JobCommand } from "./command.ts";
import { beginJob, cameText, sendWish } from "./job-mail.ts";
import { allJobs, approvalMeant, jobNamed } from "./job-named.ts";
import { jobLine } from "./job-shown.ts";
import { JobUnusable } from "./job-unusable.ts";
import { harmless } from "./plain.ts";

/** Where somebody speaks of jobs: a job that is begun there is told of there. */
export type Speaking = { readonly who: Who; readonly channel: Address };

/** Most jobs that a conversation lists. */
const MOST_LISTED = 12;

/** Does what was typed about jobs; gives what to show of it, once the log has it. Throws: JobUnusable. */
export async function obeyOnJobs(client: Client, speaking: Speaking, command: JobCommand): Promise<readonly string[]> {
  switch (command.type) {
    case "jobs":
      return await listLines(client, speaking);
    case "task":
    case "run":
      return await begin(client, speaking, command);
    case "abort":
      return await say(client, await jobMeant(client, speaking, command), "abort", { who: speaking.who });
    case "approve":
    case "deny": {
      const to = await jobMeant(client, speaking, command);
      const { approvals = [] } = (await jobPicture(client, to)) ?? {};
      const approval = approvalMeant(to, approvals, command.approval);
      const what = approvals.find(({ id }) => id === approval)?.what ?? "";
      const said = await say(client, to, command.type, { approval, who: speaking.who });
      return [...said, ...harmless(what).split("\n")];
    }
  }
}

async function begin(
  client: Client,
  { who, channel }: Speaking,
  { type, text }: Extract<JobCommand, { text: string }>,
): Promise<readonly string[]> {
  const { agent } = parseAddress(channel);
  const begun = await beginJob(client, { agent, who, for: channel, [type]: text });
  const { id } = parseAddress(begun.address);
  const state = stateAfter(begun);
  // What exactly it asks for, the conversation is told by the job itself.
  return [state === "needs_approval" ? `${id} waits for an owner: /approve ${id}` : `${id}: ${state}`];
}

async function say(
  client: Client,
  to: Address,
  name: "approve" | "deny" | "abort",
  data: object,
): Promise<readonly string[]> {
  const record = await sendWish(client, { to, verb: JOB_VERBS[name].mail.verb, data });
  return [`${parseAddress(to).id}: ${cameText(record)}`];
}

async function listLines(client: Client, { channel }: Speaking): Promise<readonly string[]> {
  const jobs = await allJobs(client, parseAddress(channel).agent);
  const [open, ended] = [jobs.filter(({ state }) => !hasEnded(state)), jobs.filter(({ state }) => hasEnded(state))];
  const shown = [...open, ...ended].slice(0, MOST_LISTED);
  const left = jobs.length - shown.length;
  if (shown.length === 0) return ["no jobs; /task TEXT begins one"];
  return [...shown.map(jobLine), ...(left > 0 ? [`… ${left} more: thalassa jobs --all`] : [])];
}

/** What a job has to be for a command to mean it where none is named. */
const MEANT = {
  approve: { is: isWaiting, verb: "wait", none: "no job of this conversation waits for an owner" },
  deny: { is: isWaiting, verb: "wait", none: "no job of this conversation waits for an owner" },
  abort: { is: isOpen, verb: "go on", none: "no job of this conversation goes on" },
} as const;

/** The job that is named, else the only one of this conversation that may be meant: others were perhaps not seen. Throws: JobUnusable. */
async function jobMeant(
  client: Client,
  { channel }: Speaking,
  { type, job: named }: Extract<JobCommand, { readonly type: keyof typeof MEANT }>,
): Promise<Address> {
  if (named !== undefined) return await jobNamed(client, named);
  const { is, verb, none } = MEANT[type];
  const all = (await allJobs(client, parseAddress(channel).agent)).filter(is);
  const here = all.filter((job) => job.for === channel);
  const [first, ...others] = here;
  if (first !== undefined && others.length === 0) return first.address;
  const ids = (first === undefined ? all : here).map(({ id }) => id).join(", ");
  if (first !== undefined) {
    throw new JobUnusable("job-ambiguous", `several jobs ${verb}: ${ids}`, `name one: /${type} ID`);
  }
  const elsewhere = ids === "" ? "" : `, and elsewhere ${ids}`;
  throw new JobUnusable(type === "abort" ? "job-missing" : "no-approval", `${none}${elsewhere}`, "/jobs lists them");
}

function isWaiting({ approvals = [] }: ListedJob): boolean {
  return approvals.length > 0;
}

function isOpen({ state }: ListedJob): boolean {
  return !hasEnded(state);
}
