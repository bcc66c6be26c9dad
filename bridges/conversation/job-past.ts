import type { LogRecord } from "#runtime/mod.ts";
import type { Approval, Job, JobState } from "#subjects/job.ts";
import { readEvent, type Who } from "#subjects/mod.ts";
import { type WorkerEvent, workerContract } from "#subjects/worker.ts";

/** A job that came to stand otherwise: how, by whom where a person did it, and why. Units: `at` ms since 1970. */
export type Transition = {
  readonly seq: number;
  readonly at: number;
  readonly event: string;
  readonly state: JobState;
  readonly who?: Who;
  readonly why?: string;
};

/** All that the log of a job says for people. */
export type JobPast = {
  readonly job: Job;
  readonly state: JobState;
  readonly transitions: readonly Transition[];
  /** What an owner has to allow. */
  readonly approvals: readonly Approval[];
  readonly host?: string;
  readonly engine?: string;
  /** What came of it, or why it came to nothing. */
  readonly result?: string;
};

/** Reads the log of a job, in order; undefined where it does not begin with one. */
export function readJobPast(records: readonly LogRecord[]): JobPast | undefined {
  let past: JobPast | undefined;
  for (const record of records) past = next(past, record);
  return past;
}

/** How a job stands after a record; undefined where that is no record of how it stands. */
export function stateAfter(record: LogRecord): JobState | undefined {
  const event = readEvent(workerContract, record);
  return event === undefined ? undefined : stateOf(event);
}

function next(past: JobPast | undefined, record: LogRecord): JobPast | undefined {
  const event = readEvent(workerContract, record);
  if (event === undefined) return past;
  if (past === undefined) {
    if (event.type !== "requested") return undefined;
    const { job, approval } = event.data;
    const approvals = approval === undefined ? [] : [approval];
    const state = stateOf(event) ?? "queued";
    return { job, state, approvals, transitions: [transitionOf(record, event, state)] };
  }
  const state = stateOf(event) ?? past.state;
  const isTold = state !== past.state || event.type === "approved" || event.type === "denied";
  const transitions = isTold ? [...past.transitions, transitionOf(record, event, state)] : past.transitions;
  return { ...past, state, transitions, approvals: approvalsAfter(past.approvals, event), ...placeAfter(event) };
}

function stateOf(event: WorkerEvent): JobState | undefined {
  switch (event.type) {
    case "requested":
      return event.data.approval === undefined ? "queued" : "needs_approval";
    case "approved":
    case "denied":
      return event.data.state;
    case "started":
      return "running";
    case "aborting":
    case "aborted":
    case "completed":
    case "failed":
      return event.type;
    default:
      return undefined;
  }
}

function transitionOf({ seq, at }: LogRecord, event: WorkerEvent, state: JobState): Transition {
  return { seq, at, event: event.type, state, ...becauseOf(event) };
}

function becauseOf(event: WorkerEvent): Pick<Transition, "who" | "why"> {
  switch (event.type) {
    case "requested":
      return { who: event.data.job.who };
    case "approved":
      return { who: event.data.who, why: event.data.approval };
    case "denied":
    case "aborting":
    case "aborted": {
      const { who, why } = event.data;
      return { who, ...(why === "" ? {} : { why }) };
    }
    case "failed":
      return { why: event.data.reason };
    default:
      return {};
  }
}

function approvalsAfter(before: readonly Approval[], event: WorkerEvent): readonly Approval[] {
  switch (event.type) {
    case "approved":
    case "denied":
      return event.data.left;
    case "thought":
      return [...before, ...(event.data.asks ?? []).map(({ approval }) => approval)];
    case "aborting":
    case "aborted":
    case "completed":
    case "failed":
      return [];
    default:
      return before;
  }
}

function placeAfter(event: WorkerEvent): Pick<JobPast, "host" | "engine" | "result"> {
  switch (event.type) {
    case "placed":
      return { host: event.data.host };
    case "attached":
      return { host: event.data.host, engine: event.data.engine };
    case "completed":
      return { result: event.data.text };
    case "failed":
      return { result: event.data.reason };
    case "aborted":
      return event.data.why === "" ? {} : { result: event.data.why };
    default:
      return {};
  }
}
