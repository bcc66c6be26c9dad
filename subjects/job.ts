import { z } from "zod";
import { type Address, addressOf, addressSchema, parseAddress } from "./address.ts";
import { STANDINGS } from "./policy.ts";
import { encodeToken } from "./token.ts";
import { textSchema } from "./turn.ts";
import { whoSchema } from "./who.ts";

/** Where a job stands. */
export const JOB_STATES = [
  "needs_approval",
  "queued",
  "running",
  "aborting",
  "aborted",
  "completed",
  "failed",
] as const;

/** One of them. */
export type JobState = (typeof JOB_STATES)[number];

/** What may follow what; there is no other way. */
export const TRANSITIONS: Readonly<Record<JobState, readonly JobState[]>> = {
  needs_approval: ["queued", "aborted"],
  queued: ["running", "aborted"],
  running: ["aborting", "completed", "failed"],
  aborting: ["aborted"],
  aborted: [],
  completed: [],
  failed: [],
};

/** Whether a job has come to its end. */
export function hasEnded(state: JobState): boolean {
  return TRANSITIONS[state].length === 0;
}

/**
 * What is to be done: a `task` is thought about by a model that has tools; a `run` is one line of shell and nothing else.
 * Shape: `{ "type": "task", "text": "Write a web server…" }`.
 */
export const assignmentSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("task"), text: textSchema }),
  z.object({ type: z.literal("run"), text: textSchema }),
]);

/** What is to be done. */
export type Assignment = z.output<typeof assignmentSchema>;

/**
 * Something that has to be allowed by an owner before it is done: exactly this, for this job, and not later than `until`.
 * Units: `until` ms since 1970.
 */
export const approvalSchema = z.object({
  /** Shape: `a1`; counted by its job. */
  id: z.string().regex(/^a\d+$/),
  /** The exact command or plan. */
  what: z.string(),
  why: z.string(),
  until: z.number().int(),
});

/** Something that has to be allowed. */
export type Approval = z.output<typeof approvalSchema>;

/** What is the same of a job for all its life, so that each of its events can say what its view and its mail need. */
export const jobSchema = z.object({
  assignment: assignmentSchema,
  who: whoSchema,
  /** What they are to the agent. */
  role: z.enum(STANDINGS),
  /** The conversation that is told of it. */
  for: addressSchema.optional(),
  /** Where it works: the name of an environment, which a job that goes on from another one shares with it. */
  env: z.string(),
  /** The job that it goes on from. */
  after: addressSchema.optional(),
});

/** A job. */
export type Job = z.output<typeof jobSchema>;

/** Read models of jobs. */
export const JOBS_VIEW = "jobs";

/**
 * Entry of the view `jobs`, one a job. Key: `jobs.<agent>.<id>`. Units: ms since 1970.
 * Shape: `{ "seq": 12, "state": "running", "type": "task", "text": "Write a…", "who": {…}, "at": 1790000000000 }`.
 */
export const jobViewSchema = z.object({
  seq: z.number().int(),
  state: z.enum(JOB_STATES),
  type: z.enum(["task", "run"]),
  /** The beginning of what is to be done. */
  text: z.string(),
  who: whoSchema,
  for: addressSchema.optional(),
  after: addressSchema.optional(),
  /** When it came to stand as it does. */
  at: z.number().int(),
  env: z.string(),
  /** What it last said of itself, how it ended, or why it was aborted. */
  status: z.string().optional(),
  /** What an owner has to allow. */
  approvals: z.array(approvalSchema).optional(),
});

/** A job as people see it. */
export type JobEntry = z.output<typeof jobViewSchema>;

/** Number of characters of an event's id in the name of what it began. */
const NAMED_BY = 6;

/** Of a mail that somebody outside has sent, more: nobody else vouches that its id is like no other. */
const NAMED_BY_MAIL = 12;

/** The worker that the call of an event began; made twice, it is the same one. Shape: `main.worker.w3fA9xQ-0`. */
export function workerAddress(by: Address, event: string, call: number): Address {
  return addressOf(parseAddress(by).agent, "worker", `w${encodeToken(event.slice(0, NAMED_BY))}-${call}`);
}

/** The worker that a mail from outside begins: `id` is a random name that its sender made up. Shape: `main.worker.wV1StGXR8Z5jd-0`. */
export function workerOf(agent: string, id: string): Address {
  return addressOf(agent, "worker", `w${encodeToken(id.slice(0, NAMED_BY_MAIL))}-0`);
}

/** The environment of a job that goes on from no other. Shape: `main-w3fA9xQ-0`. */
export function environmentOf(worker: Address): string {
  const { agent, id } = parseAddress(worker);
  return `${agent}-${id}`;
}
