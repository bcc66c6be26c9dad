import { type Address, addressOf, isAddress, parseAddress } from "./address.ts";
import { hasEnded, JOBS_VIEW, type JobEntry, type JobState, jobViewSchema } from "./job.ts";

/** A job as a list has it. */
export type ListedJob = { readonly address: Address; readonly id: string } & JobEntry;

/** What is wanted of a list. */
export type Listing = { readonly states?: readonly JobState[]; readonly all?: boolean };

/** Ended jobs are listed for so long, unless all are wanted. Units: ms. */
export const LISTED_MS = 24 * 60 * 60_000;

/** Keys of the view's entries: all of one agent's jobs, or of everybody's. */
export function jobKeys(agent = "*"): string {
  return `${JOBS_VIEW}.${agent}.*`;
}

/** Key of one job's entry. */
export function jobKey(address: Address): string {
  const { agent, id } = parseAddress(address);
  return `${JOBS_VIEW}.${agent}.${id}`;
}

/** Reads the entries of the view, the newest change first; what is no job is passed by. */
export function readJobs(entries: readonly { readonly key: string; readonly text: string }[]): readonly ListedJob[] {
  return entries.flatMap(readJob).toSorted((one, other) => other.at - one.at || other.seq - one.seq);
}

/** Those that a list is to have. Units: `now` ms since 1970. */
export function listed(jobs: readonly ListedJob[], { states, all }: Listing, now: number): readonly ListedJob[] {
  return jobs.filter(({ state, at }) => {
    if (states !== undefined) return states.includes(state);
    return all === true || !hasEnded(state) || at > now - LISTED_MS;
  });
}

/** Those that somebody may mean: an address means itself, an id that one, and the beginning of ids all that begin so. */
export function jobsMeant(jobs: readonly ListedJob[], text: string): readonly ListedJob[] {
  if (isAddress(text)) return jobs.filter(({ address }) => address === text);
  const whole = jobs.filter(({ id }) => id === text);
  return whole.length > 0 ? whole : jobs.filter(({ id }) => id.startsWith(text));
}

function readJob({ key, text }: { readonly key: string; readonly text: string }): readonly ListedJob[] {
  const [view, agent = "", id = "", ...more] = key.split(".");
  const entry = jobViewSchema.safeParse(parsed(text));
  if (view !== JOBS_VIEW || more.length > 0 || !entry.success) return [];
  return [{ address: addressOf(agent, "worker", id), id, ...entry.data }];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
