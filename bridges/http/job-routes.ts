import { createRoute, z } from "@hono/zod-openapi";
import { jobPictureSchema } from "#bridges/conversation/job-picture.ts";
import { cortexContract } from "#subjects/cortex.ts";
import { JOB_STATES, jobViewSchema } from "#subjects/job.ts";
import { JOB_VERBS, type JobVerbName, type WhoMay } from "#subjects/job-verbs.ts";
import { MAX_TEXT } from "#subjects/turn.ts";
import { seqSchema } from "./events.ts";
import { type ProblemCode, problemResponses } from "./problem.ts";

const json = <Schema extends z.ZodType>(schema: Schema) => ({ "application/json": { schema } });

const WHO_MAY: Readonly<Record<WhoMay, string>> = {
  anyone: "A token of role user sees and begins jobs of this bridge.",
  requester: "For whoever began the job, and owners.",
  owner: "For owners.",
};

/** What may happen to any request about a job. */
const COMMON = ["invalid-request", "no-token", "unknown-token", "not-allowed", "too-many-requests"] as const;
const TROUBLES = ["internal", "bus-away"] as const;

/** What may keep a job from hearing what somebody says. */
const SAYING: readonly ProblemCode[] = [
  ...(["malformed-json", "bad-key", "no-job", "job-forbidden", "refused", "too-large", "not-json"] as const),
  ...(["stopping", ...COMMON, ...TROUBLES] as const),
];

const keyed = z.object({
  "Idempotency-Key": z.string().optional().openapi({ description: "The same key of one token is one wish." }),
});

const params = z.object({
  id: z.string().min(1).max(300).openapi({ description: "A job's id, or its address.", example: "wV1StGXR8Z5jd-0" }),
});

const agent = z.string().min(1).max(240).optional();

/** A job that was taken on. */
const submittedSchema = z
  .object({
    id: z.string(),
    address: z.string(),
    state: z.enum(JOB_STATES).optional().openapi({ description: "Absent while no process has heard of the job." }),
  })
  .openapi("JobSubmitted");

/** What a job made of what was said to it. */
const answeredSchema = z
  .object({
    id: z.string(),
    address: z.string(),
    mail: z.string().openapi({ description: "Id of what was sent." }),
    event: z.string().optional().openapi({ description: "What it led to; absent while no process has heard it." }),
    seq: z.int().optional(),
    state: z.enum(JOB_STATES).optional(),
    next: z.string().optional().openapi({ description: "Address of the job that goes on from this one." }),
  })
  .openapi("JobAnswer");

const listSchema = z
  .object({ jobs: z.array(z.object({ id: z.string(), address: z.string(), ...jobViewSchema.shape })) })
  .openapi("Jobs");

/** How an agent's jobs stand as a whole. */
const slotsSchema = z
  .object({ agent: z.string(), on: z.boolean(), ...cortexContract.asks.slots.shape })
  .openapi("Panic");

/** `POST /v1/jobs`. */
export const submitJob = createRoute({
  ...JOB_VERBS.submit.http,
  ...headOf("submit", "submitJob"),
  request: {
    headers: keyed,
    body: {
      required: true,
      content: json(
        JOB_VERBS.submit.input.openapi("JobWanted", {
          description: `Either task or run, of at most ${MAX_TEXT} characters; channel is told of its end.`,
          example: { task: "Write a web server and show it.", channel: "ci" },
        }),
      ),
    },
  },
  responses: {
    202: {
      description: "The job is there, or will be as soon as a process hears of it.",
      content: json(submittedSchema),
    },
    ...problemResponses(...SAYING, "bad-channel", "no-agent", "key-reused"),
  },
});

/** `GET /v1/jobs`. */
export const listJobs = createRoute({
  ...JOB_VERBS.list.http,
  ...headOf("list", "listJobs"),
  request: {
    query: z.object({
      state: z
        .string()
        .optional()
        .openapi({ description: "States, divided by commas; ended ones of any age.", example: "running,queued" }),
      all: z.stringbool().optional().openapi({ type: "boolean", description: "Ended ones of any age too." }),
      agent,
    }),
  },
  responses: {
    200: { description: "The jobs that this token may see.", content: json(listSchema) },
    ...problemResponses(...COMMON, ...TROUBLES),
  },
});

/** `GET /v1/jobs/{id}`. */
export const showJob = createRoute({
  ...JOB_VERBS.show.http,
  ...headOf("show", "showJob"),
  request: { params, query: z.object({ agent }) },
  responses: {
    200: { description: "All that is known of it.", content: json(jobPictureSchema.openapi("Job")) },
    ...problemResponses(...COMMON, "no-job", ...TROUBLES),
  },
});

/** `GET /v1/jobs/{id}/events`. */
export const readJobEvents = createRoute({
  ...JOB_VERBS.events.http,
  ...headOf("events", "readJobEvents"),
  request: {
    params,
    query: z.object({ from: seqSchema.optional(), agent }),
    headers: z.object({ "Last-Event-ID": seqSchema.optional() }),
  },
  responses: {
    200: { description: "Events, until the reader leaves.", content: { "text/event-stream": { schema: z.string() } } },
    ...problemResponses(...COMMON, "no-job", "too-many-streams", "busy", "stopping", ...TROUBLES),
  },
});

/** What is said to one job: each becomes a piece of mail. */
export type Saying = "approve" | "deny" | "abort" | "tell" | "retry";

/** `POST /v1/jobs/{id}/…`, by what is said. */
export const sayToJob = {
  approve: sayingRoute("approve", "approveJob", JOB_VERBS.approve.input.omit({ job: true })),
  deny: sayingRoute("deny", "denyJob", JOB_VERBS.deny.input.omit({ job: true })),
  abort: sayingRoute("abort", "abortJob", JOB_VERBS.abort.input.omit({ job: true })),
  tell: sayingRoute("tell", "tellJob", JOB_VERBS.tell.input.omit({ job: true })),
  retry: sayingRoute("retry", "retryJob", JOB_VERBS.retry.input.omit({ job: true })),
} as const;

/** `POST /v1/admin/panic`. */
export const setPanic = createRoute({
  ...JOB_VERBS.panic.http,
  ...headOf("panic", "setPanic"),
  request: { headers: keyed, body: { required: true, content: json(JOB_VERBS.panic.input.openapi("PanicWanted")) } },
  responses: {
    200: { description: "It is so.", content: json(slotsSchema) },
    202: {
      description: "The bus has the wish, and no process has heard it yet.",
      content: json(z.object({ mail: z.string() })),
    },
    ...problemResponses(...SAYING.filter((code) => code !== "no-job"), "no-agent", "actor-away"),
  },
});

/** `GET /v1/admin/panic`. */
export const readPanic = createRoute({
  ...JOB_VERBS.slots.http,
  ...headOf("slots", "readPanic"),
  request: { query: z.object({ agent }) },
  responses: {
    200: { description: "Whether all is stopped, and what runs.", content: json(slotsSchema) },
    ...problemResponses(...COMMON, "no-agent", "actor-away", ...TROUBLES),
  },
});

function sayingRoute<Name extends Saying, Body extends z.ZodType>(name: Name, operationId: string, body: Body) {
  const path: (typeof JOB_VERBS)[Name]["http"]["path"] = JOB_VERBS[name].http.path;
  return createRoute({
    ...headOf(name, operationId),
    ...{ method: "post", path },
    request: {
      params,
      query: z.object({ agent }),
      headers: keyed,
      body: { required: name === "tell", content: json(body) },
    },
    responses: {
      200: { description: "It is so; seq is its place in the job's log.", content: json(answeredSchema) },
      202: {
        description: "The bus has it, and no process has heard it in 5 s; it counts as soon as one does.",
        content: json(answeredSchema),
      },
      ...problemResponses(...SAYING, ...(name === "approve" || name === "deny" ? (["no-approval"] as const) : [])),
    },
  });
}

/** What a route has of its verb. */
function headOf(name: JobVerbName, operationId: string) {
  const { about, whoMay } = JOB_VERBS[name];
  return { operationId, summary: about, description: WHO_MAY[whoMay], security: [{ bearer: [] }] };
}
