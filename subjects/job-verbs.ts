import { z } from "zod";
import { type Assignment, approvalSchema, JOB_STATES } from "./job.ts";
import { textSchema } from "./turn.ts";
import type { Who } from "./who.ts";

/** Who may: whoever may speak to the agent; whoever began the job, and owners; owners alone. */
export type WhoMay = "anyone" | "requester" | "owner";

/** Something that people say to a job, or ask about jobs. */
export type JobVerb = {
  /** For people, one sentence. */
  readonly about: string;
  readonly whoMay: WhoMay;
  readonly input: z.ZodObject;
  /** The mail that it becomes; what only reads becomes none. */
  readonly mail?: { readonly kind: "worker" | "cortex"; readonly verb: string };
  /** Shape of a path: `/v1/jobs/{id}/approve`, where `{id}` is the field `job` of the input. */
  readonly http: { readonly method: "get" | "post"; readonly path: string };
};

/** Longest reason that is given. Units: UTF-16 units. */
const MAX_WHY = 500;

const agent = z.string().min(1).max(240).optional();
const why = z.string().max(MAX_WHY).default("");
/** A job: its id, or its address. */
const job = z.string().min(1).max(300);
/** What is to be allowed or not; left out, it is the one thing that waits. */
const approval = approvalSchema.shape.id.optional();

/** All that people say to jobs and ask about them, by name: commands, HTTP routes and tools are made from this. */
export const JOB_VERBS = {
  submit: {
    about: "Begins a job: a task to think about with tools, or one line of shell to run.",
    whoMay: "anyone",
    input: z
      .object({
        task: textSchema.optional(),
        run: textSchema.optional(),
        channel: z.string().min(1).max(1_000).optional(),
        agent,
      })
      .refine(({ task, run }) => (task === undefined) !== (run === undefined), "give either task or run"),
    mail: { kind: "worker", verb: "spawn" },
    http: { method: "post", path: "/v1/jobs" },
  },
  list: {
    about: "Lists jobs, the newest first; ended ones of the last day, or all.",
    whoMay: "anyone",
    input: z.object({ states: z.array(z.enum(JOB_STATES)).optional(), all: z.boolean().default(false), agent }),
    http: { method: "get", path: "/v1/jobs" },
  },
  show: {
    about: "Shows a job: what it is to do, how it stands, how it came there, and what came of it.",
    whoMay: "anyone",
    input: z.object({ job }),
    http: { method: "get", path: "/v1/jobs/{id}" },
  },
  events: {
    about: "Follows what happens to a job.",
    whoMay: "anyone",
    input: z.object({ job }),
    http: { method: "get", path: "/v1/jobs/{id}/events" },
  },
  approve: {
    about: "Allows what a job asks for, exactly that and for that job alone.",
    whoMay: "owner",
    input: z.object({ job, approval }),
    mail: { kind: "worker", verb: "approve" },
    http: { method: "post", path: "/v1/jobs/{id}/approve" },
  },
  deny: {
    about: "Does not allow what a job asks for.",
    whoMay: "owner",
    input: z.object({ job, approval, why }),
    mail: { kind: "worker", verb: "deny" },
    http: { method: "post", path: "/v1/jobs/{id}/deny" },
  },
  abort: {
    about: "Ends a job before its time; what it runs is ended first.",
    whoMay: "requester",
    input: z.object({ job, why }),
    mail: { kind: "worker", verb: "abort" },
    http: { method: "post", path: "/v1/jobs/{id}/abort" },
  },
  tell: {
    about: "Gives a job something more to think of; one that has ended goes on as a new job.",
    whoMay: "requester",
    input: z.object({ job, text: textSchema }),
    mail: { kind: "worker", verb: "tell" },
    http: { method: "post", path: "/v1/jobs/{id}/tell" },
  },
  retry: {
    about: "Does a job that has ended again, as a new job.",
    whoMay: "requester",
    input: z.object({ job }),
    mail: { kind: "worker", verb: "retry" },
    http: { method: "post", path: "/v1/jobs/{id}/retry" },
  },
  panic: {
    about: "Stops all jobs of an agent and begins none, or lets things go on.",
    whoMay: "owner",
    input: z.object({ on: z.boolean(), why, agent }),
    mail: { kind: "cortex", verb: "panic" },
    http: { method: "post", path: "/v1/admin/panic" },
  },
  slots: {
    about: "Says whether all is stopped, which jobs run and how many wait.",
    whoMay: "anyone",
    input: z.object({ agent }),
    http: { method: "get", path: "/v1/admin/panic" },
  },
} as const satisfies Readonly<Record<string, JobVerb>>;

/** The name of one of them. */
export type JobVerbName = keyof typeof JOB_VERBS;

/** What is given with one of them. */
export type JobInput<Name extends JobVerbName> = z.output<(typeof JOB_VERBS)[Name]["input"]>;

/** What is to be done, of what was submitted. */
export function assignmentOf({ task, run }: Pick<JobInput<"submit">, "task" | "run">): Assignment {
  return run === undefined ? { type: "task", text: task ?? "" } : { type: "run", text: run };
}

/** Whether these are the same person, as far as one bridge can tell. */
export function isSamePerson(one: Who, other: Who): boolean {
  return one.party === other.party && one.id === other.id;
}

/** How a person is written where others are too. Shape: `telegram:4711`, with the name where it is known: `Ada (telegram:4711)`. */
export function personText({ party, id, name }: Who): string {
  return name === undefined ? `${party}:${id}` : `${name} (${party}:${id})`;
}
