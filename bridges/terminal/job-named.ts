import type { Client } from "#runtime/mod.ts";
import type { Approval } from "#subjects/job.ts";
import { jobKeys, jobsMeant, type ListedJob, readJobs } from "#subjects/job-list.ts";
import { type Address, isAddress, parseAddress } from "#subjects/mod.ts";
import { JobUnusable } from "./job-unusable.ts";

/** So many of the jobs that somebody may mean are named. */
const MOST_NAMED = 5;

/** All jobs that there are, of one agent or of all, the newest change first. */
export async function allJobs(client: Client, agent?: string): Promise<readonly ListedJob[]> {
  return readJobs(await client.entriesOf("VIEWS", jobKeys(agent)));
}

/** The job that a person means: by its address, its id, or the beginning of its id. Throws: JobUnusable. */
export async function jobNamed(client: Client, text: string): Promise<Address> {
  // The view may be a moment behind: a whole address is looked for in the log.
  if (isAddress(text) && parseAddress(text).kind === "worker" && (await client.last(text)) !== undefined) return text;
  const meant = jobsMeant(await allJobs(client), text);
  const [first, ...others] = meant;
  if (first === undefined) {
    throw new JobUnusable("job-missing", `there is no job ${text}`, "thalassa jobs --all lists them");
  }
  if (others.length === 0) return first.address;
  const named = meant.slice(0, MOST_NAMED).map(({ address }) => address);
  const more = meant.length > MOST_NAMED ? ` and ${meant.length - MOST_NAMED} more` : "";
  const truth = `${text} may be ${named.join(", ")}${more}`;
  throw new JobUnusable("job-ambiguous", truth, "type more of its id, or its address");
}

/** What is to be allowed or not: what is named, else the one thing that waits. Throws: JobUnusable. */
export function approvalMeant(address: Address, approvals: readonly Approval[], named: string | undefined): string {
  const [first, ...others] = approvals;
  if (named !== undefined) return named;
  const { id } = parseAddress(address);
  if (first === undefined) {
    throw new JobUnusable("no-approval", `${id} waits for nobody's word`, `thalassa job show ${id} says how it stands`);
  }
  if (others.length === 0) return first.id;
  const waiting = approvals.map((each) => `${each.id} (${each.what})`).join(", ");
  throw new JobUnusable(
    "no-approval",
    `${id} waits for several: ${waiting}`,
    `name one: thalassa job approve ${id} a1`,
  );
}
