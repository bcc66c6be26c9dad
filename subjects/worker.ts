import { z } from "zod";
import { addressSchema } from "./address.ts";
import type { EventOf, KindContract, MailOf } from "./contract.ts";
import { approvalSchema, assignmentSchema, JOB_STATES, JOBS_VIEW, jobSchema } from "./job.ts";
import { boundsSchema, envSchema, orderedSchema, resultOfOrderSchema } from "./order.ts";
import { PROMPTS } from "./prompts.ts";
import { returnedSchema } from "./runtime.ts";
import { fileSchema, responseSchema, resultSchema, textSchema } from "./turn.ts";
import { whoSchema } from "./who.ts";

/** What a worker is begun with: what is to be done, for whom, and where it goes on from. */
const spawn = z.object({
  assignment: assignmentSchema,
  who: whoSchema,
  for: addressSchema.optional(),
  /** The job that it goes on from, whose environment it takes over, and what that one had to say. */
  after: addressSchema.optional(),
  env: envSchema.optional(),
  before: z.string().optional(),
});

const why = z.string().max(500);
const answer = z.object({ approval: approvalSchema.shape.id, who: whoSchema });
const job = { job: jobSchema };
const approvals = z.array(approvalSchema);

/** A tool call of an answer that an executor does, once it is allowed. */
const pendingSchema = z.object({ call: z.string(), order: orderedSchema });

/** A file of the workspace that was kept, and the conversation whose people it is for. */
const keptSchema = fileSchema.pick({ artifact: true, name: true }).extend({ for: addressSchema });

/** What belongs to one host's environment while a job has it. */
const placeSchema = z.object({ host: z.string() });

/** A job: fresh context, tools and an environment of its own. */
export const workerContract = {
  kind: "worker",
  version: 2,
  account: "CORE",
  about: "A job: a task with tools and an environment of its own, or one line of shell.",
  mail: {
    /** Do this. */
    spawn,
    /** An owner allows what it asked for. */
    approve: answer,
    /** An owner does not. */
    deny: answer.extend({ why: why.default("") }),
    /** Do it no further. */
    abort: z.object({ who: whoSchema, why: why.default("") }),
    /** Something more to think of; after its end it goes on as a new job. */
    tell: z.object({ text: textSchema, who: whoSchema.optional() }),
    /** Do it again, as a new job. */
    retry: z.object({ who: whoSchema }),
    /** Its conversation does not want it any more. */
    cancel: z.object({ reason: z.string() }),
    /** The agent's cortex has a slot for it. */
    grant: z.object({}),
    /** The agent's cortex stops everything. */
    halt: z.object({ who: whoSchema, why }),
    /** Its environment is there; `fresh` where its workspace is a new one. */
    attach: z.object({
      env: z.string(),
      order: z.string(),
      engine: z.string(),
      notes: z.array(z.string()),
      fresh: z.boolean().optional(),
    }),
    /** Its environment is gone, or could not be had. */
    detach: z.object({ env: z.string(), why: z.string() }),
    /** An order has come to its end. */
    result: z.object({ order: z.string(), result: resultOfOrderSchema }),
    /** Nobody has allowed it in time. */
    expire: z.object({ approval: z.string() }),
    /** Its time is over. */
    timeout: z.object({}),
    /** Nobody looks at what it shows any more: its environment may go. */
    leave: z.object({}),
    /** A host should long have answered. */
    overdue: z.object({ order: z.string() }),
    bounced: returnedSchema,
    refused: returnedSchema,
  },
  events: {
    /** The job is there: it needs an approval first, or waits for its turn. */
    requested: z.object({
      ...job,
      before: z.string().optional(),
      approval: approvalSchema.optional(),
      /** Its conversation has not begun it, and is told that it is there. */
      joins: z.literal(true).optional(),
    }),
    /** An owner has allowed something: all of it, or one call, which is ordered with this. */
    approved: z.object({
      ...job,
      approval: z.string(),
      who: whoSchema,
      left: approvals,
      order: orderedSchema.optional(),
      host: z.string().optional(),
      state: z.enum(JOB_STATES),
    }),
    /** An owner has not, or nobody did in time: a call that is not done. */
    denied: z.object({
      ...job,
      approval: z.string(),
      who: whoSchema,
      why: z.string(),
      left: approvals,
      state: z.enum(JOB_STATES),
    }),
    /** It has a slot. */
    started: z.object({ ...job, limitMs: z.number().int() }),
    /** A host was chosen and told to have its environment there. */
    placed: z.object({
      ...job,
      ...placeSchema.shape,
      order: z.string(),
      bounds: boundsSchema,
    }),
    /** The environment is there. A run begins with it. */
    attached: z.object({
      ...job,
      ...placeSchema.shape,
      engine: z.string(),
      notes: z.array(z.string()),
      fresh: z.boolean().optional(),
      order: orderedSchema.optional(),
    }),
    /** The environment is gone or could not be had; calls that ran in it come to this. `host` did not answer, and is told to let it go. */
    detached: z.object({ ...job, why: z.string(), results: z.array(resultSchema), host: z.string().optional() }),
    /** A call of the model: what it wants done in the environment is ordered with it, as far as it is allowed. */
    thought: responseSchema.extend({
      ...job,
      orders: z.array(pendingSchema).optional(),
      /** Calls that an owner has to allow. */
      asks: z.array(z.object({ call: z.string(), order: orderedSchema, approval: approvalSchema })).optional(),
      host: z.string().optional(),
    }),
    /** What came of a tool call; `until` when what it shows is seen, `kept` a file that it kept for people. Units: ms since 1970. */
    used: resultSchema.extend({ until: z.number().int().optional(), kept: keptSchema.optional() }),
    /** Somebody has said something more. */
    told: z.object({ text: textSchema, who: whoSchema.optional() }),
    /** It goes on as another job. `host` had its environment there still, to show something, and lets it go. */
    renewed: z.object({
      ...job,
      who: whoSchema,
      text: textSchema.optional(),
      before: z.string(),
      host: z.string().optional(),
    }),
    /** It is to end; what runs in its environment is ended first. */
    aborting: z.object({ ...job, who: whoSchema, why: z.string(), host: z.string().optional() }),
    /** It has ended before its time; `denied` is what was not allowed, where that ended it. */
    aborted: z.object({
      ...job,
      who: whoSchema,
      why: z.string(),
      granted: z.boolean(),
      denied: approvalSchema.shape.id.optional(),
    }),
    /** It has done what it was to do. */
    completed: z.object({
      ...job,
      text: z.string(),
      host: z.string().optional(),
      /** What it shows is seen until then, and its environment stays. Units: ms since 1970. */
      until: z.number().int().optional(),
      ...responseSchema.pick({ model: true, usage: true }).partial().shape,
    }),
    /** It came to nothing. */
    failed: z.object({
      ...job,
      reason: z.string(),
      outcome: z.enum(["failed", "timed-out"]),
      host: z.string().optional(),
      ...responseSchema.pick({ model: true, usage: true }).partial().shape,
    }),
    /** Its environment was let go some time after its end. */
    left: z.object({ ...job, host: z.string() }),
    /** A slot came that it does not need any more. */
    declined: z.object({ ...job }),
  },
  live: {
    /** Words as they come. */
    delta: z.object({ step: z.string(), attempt: z.number().int(), offset: z.number().int(), text: z.string() }),
    /** What it is about just now. */
    status: z.object({ doing: z.enum(["thinking", "using"]), tool: z.string().optional() }),
  },
  asks: {
    /** How it stands. */
    status: z.object({
      state: z.enum(JOB_STATES).optional(),
      calls: z.number().int(),
      status: z.string(),
      host: z.string().optional(),
      approvals,
    }),
  },
  sends: {
    channel: ["join", "report", "conclude", "warn"],
    worker: ["spawn"],
    cortex: ["claim", "release", "charge"],
    executor: ["up", "down", "exec", "kill", "file", "get", "put", "preview", "admit"],
    telegram: ["job", "file"],
  },
  views: [JOBS_VIEW],
  shares: { LIMITS: ["model.*"], CACHE: ["answer.*"] },
  reads: { [PROMPTS]: [">"], VIEWS: ["budgets.>"] },
  lists: { VIEWS: ["hosts.>", "environments.>"] },
  artifacts: "read",
} as const satisfies KindContract;

/** Mail a worker takes. */
export type WorkerMail = MailOf<typeof workerContract>;

/** What happens to a worker. */
export type WorkerEvent = EventOf<typeof workerContract>;
