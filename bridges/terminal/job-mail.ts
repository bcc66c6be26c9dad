import { createHash, randomBytes } from "node:crypto";
import { stateAfter } from "#bridges/conversation/job-past.ts";
import type { Client, LogRecord } from "#runtime/mod.ts";
import { workerAddress, workerOf } from "#subjects/job.ts";
import { assignmentOf, type JobInput } from "#subjects/job-verbs.ts";
import { type Address, parseAddress, REFUSAL, returnedSchema, type Who } from "#subjects/mod.ts";
import { JobUnusable, refusedBy } from "./job-unusable.ts";
import { newestSeq } from "./past.ts";

/** How long an actor has to say what came of what it was sent. Units: ms. */
const HEARD_MS = 10_000;

/** What is said to a job or a steward. */
export type Wish = {
  readonly to: Address;
  readonly verb: string;
  readonly data: object;
  /** What it is known by; made up where it is left out. */
  readonly id?: string;
  /** It was perhaps sent before, and came to something then. */
  readonly isPerhapsOld?: boolean;
};

/**
 * Says something and waits until the log has what came of it: that is the answer, not that it was sent.
 * Throws: JobUnusable when it is refused, or nobody has heard it in time.
 */
export async function sendWish(client: Client, wish: Wish, patienceMs: number = HEARD_MS): Promise<LogRecord> {
  const { to, verb, data, id = newId() } = wish;
  const fromSeq = wish.isPerhapsOld ? 0 : await newestSeq(client, to);
  const { promise, resolve, reject } = Promise.withResolvers<LogRecord>();
  let last: LogRecord | undefined;
  using _follower = client.follow(to, {
    fromSeq,
    onRecord: (record) => {
      last = record;
      if (record.cause === id) resolve(record);
    },
    onLive: (noun, told) => {
      const { success, data: refusal } = returnedSchema.safeParse(noun === REFUSAL ? told : undefined);
      if (success && refusal.id === id) reject(refusedBy(to, refusal));
    },
  });
  // Sent first, so that the time of its deadline is the actor's alone.
  const sent = client.send(to, verb, data, { id });
  let timer: NodeJS.Timeout | undefined;
  sent.then(() => {
    timer = setTimeout(() => reject(unanswered(wish, last, patienceMs)), patienceMs);
  }, reject);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

/** A job to begin. */
export type NewJob = Pick<JobInput<"submit">, "task" | "run"> & {
  readonly agent: string;
  readonly who: Who;
  readonly for?: Address;
  readonly key?: string;
};

/**
 * Begins a job; the same key is the same job, since the job is named by it. Gives where it is, and its first event.
 * Throws: JobUnusable.
 */
export async function beginJob(client: Client, { agent, who, key, for: told, ...job }: NewJob): Promise<LogRecord> {
  const id = key === undefined ? newId() : `${who.party}:${who.id}:${key}`;
  // What a person made up may begin alike; the job's name must not.
  const named = key === undefined ? id : createHash("sha256").update(id).digest("base64url");
  const data = { assignment: assignmentOf(job), who, ...(told === undefined ? {} : { for: told }) };
  return await sendWish(client, {
    to: workerOf(agent, named),
    verb: "spawn",
    data,
    id,
    isPerhapsOld: key !== undefined,
  });
}

function newId(): string {
  return randomBytes(9).toString("base64url");
}

/** What a wish led to; `next` is the job that goes on from this one. */
export function cameOf(record: LogRecord) {
  const { address, event, seq, id } = record;
  const next = event === "renewed" ? workerAddress(address, id, 0) : undefined;
  return { event, seq, state: stateAfter(record), ...(next === undefined ? {} : { next }) };
}

/** The same in words. Shape: `approved, and now queued`. */
export function cameText(record: LogRecord): string {
  const { event, state, next } = cameOf(record);
  const standing = state === undefined || state === event ? "" : `, and now ${state}`;
  return `${event}${standing}${next === undefined ? "" : `: it goes on as ${parseAddress(next).id}`}`;
}

function unanswered({ to, verb }: Wish, last: LogRecord | undefined, patienceMs: number): JobUnusable {
  const seen = last === undefined ? "its log has nothing new" : `its newest event is ${last.event} (#${last.seq})`;
  const truth = `${to} has not said within ${patienceMs / 1_000} s what came of ${verb}, and ${seen}`;
  return new JobUnusable("job-unanswered", truth, "what was said is kept until somebody hears it: thalassa ps");
}
