import type { Context } from "hono";
import { readJobPast, stateAfter } from "#bridges/conversation/job-past.ts";
import { jobPicture } from "#bridges/conversation/job-picture.ts";
import { JOB_STATES, type JobState, workerAddress, workerOf } from "#subjects/job.ts";
import { jobKeys, listed, readJobs } from "#subjects/job-list.ts";
import { assignmentOf, JOB_VERBS, type JobInput } from "#subjects/job-verbs.ts";
import { addressOf, DEFAULT_AGENT, encodeToken, parseAddress, readEvent } from "#subjects/mod.ts";
import { workerContract } from "#subjects/worker.ts";
import { requireAgent } from "./agents.ts";
import type { Bridge } from "./bridge.ts";
import { channelFor, type HttpEnv } from "./caller.ts";
import { onBus } from "./deadline.ts";
import { type JobMeant, jobFor, type KnownJob, mayTouch, whoOf } from "./job-caller.ts";
import { sendWish, wishId } from "./job-mail.ts";
import type { Saying } from "./job-routes.ts";
import { digestOf } from "./mail-id.ts";
import { Problem } from "./problem.ts";

const KEY = "Idempotency-Key";

/** Begins jobs. */
export function jobSubmitter(bridge: Bridge) {
  return async (c: Context<HttpEnv>, body: JobInput<"submit">) => {
    const caller = c.get("caller");
    const told = body.channel === undefined ? undefined : channelFor(caller, body.channel, body.agent);
    const agent = told === undefined ? encodeToken(body.agent ?? DEFAULT_AGENT) : parseAddress(told).agent;
    await requireAgent(bridge, told ?? addressOf(agent, "worker", "any"));
    const wish = wishId(caller, c.req.header(KEY));
    // What a person made up may begin alike; the job's name must not.
    const to = workerOf(agent, wish.isKeyed ? digestOf(wish.id) : wish.id);
    const assignment = assignmentOf(body);
    const data = { assignment, who: whoOf(caller), ...(told === undefined ? {} : { for: told }) };
    const came = await sendWish(bridge, bridge.jobs, {
      to,
      verb: "spawn",
      data: () => data,
      wish,
      asker: c.env?.outgoing,
    });
    const begun = came && readEvent(workerContract, came.record);
    const state =
      begun && wish.isKeyed ? readJobPast(await bridge.client.history(to))?.state : came && stateAfter(came.record);
    if (begun?.type === "requested" && !isSame(begun.data.job.assignment, assignment)) {
      throw new Problem("key-reused", `Under this key ${to} was begun with something else to do.`, { address: to });
    }
    return c.json({ id: parseAddress(to).id, address: to, ...(state === undefined ? {} : { state }) }, 202);
  };
}

/** Lists jobs. */
export function jobLister(bridge: Bridge) {
  return async (
    c: Context<HttpEnv>,
    query: { readonly state?: string; readonly all?: boolean; readonly agent?: string },
  ) => {
    const caller = c.get("caller");
    const keys = jobKeys(query.agent === undefined ? undefined : encodeToken(query.agent));
    const entries = await onBus(() => bridge.client.entriesOf("VIEWS", keys), "no jobs can be listed now");
    const states = query.state === undefined ? {} : { states: statesIn(query.state) };
    const jobs = listed(readJobs(entries), { ...states, all: query.all === true }, Date.now());
    return c.json({ jobs: jobs.filter(({ who }) => mayTouch(caller, "list", who)) }, 200);
  };
}

/** Shows jobs. */
export function jobShower(bridge: Bridge) {
  return async (c: Context<HttpEnv>, meant: JobMeant) => {
    const { address } = await jobFor(bridge, c.get("caller"), "show", meant);
    const picture = await jobPicture(bridge.client, address);
    if (picture === undefined) throw new Problem("no-job", `There is no job ${address}.`, { address });
    return c.json(picture, 200);
  };
}

/** Says something to jobs. */
export function jobTeller(bridge: Bridge) {
  return async (c: Context<HttpEnv>, verb: Saying, meant: JobMeant, given: object) => {
    const caller = c.get("caller");
    const job = await jobFor(bridge, caller, verb, meant);
    const { address: to } = job;
    const { job: _, ...input } = JOB_VERBS[verb].input.parse({ ...given, job: to });
    const isAboutApproval = verb === "approve" || verb === "deny";
    const data = () => ({
      ...{ ...input, who: whoOf(caller) },
      ...(isAboutApproval ? { approval: approvalOf(job, input) } : {}),
    });
    const wish = wishId(caller, c.req.header(KEY));
    const came = await sendWish(bridge, bridge.jobs, { to, verb, data, wish, asker: c.env?.outgoing });
    const answer = { id: parseAddress(to).id, address: to, mail: wish.id };
    if (came === undefined) return c.json(answer, 202);
    const { event, seq, id } = came.record;
    const state = stateAfter(came.record) ?? job.state;
    const next = event === "renewed" ? { next: workerAddress(to, id, 0) } : {};
    return c.json({ ...answer, event, seq, state, ...next }, 200);
  };
}

/** What is to be allowed or not: what is named, else the one thing that waits. Throws: Problem. */
function approvalOf({ address, approvals = [] }: KnownJob, input: { readonly approval?: string | undefined }): string {
  const [first, ...others] = approvals;
  const approval = input.approval ?? (others.length === 0 ? first?.id : undefined);
  if (approval !== undefined) return approval;
  const waits = first === undefined ? "nothing" : approvals.map(({ id, what }) => `${id} (${what})`).join(", ");
  throw new Problem("no-approval", `${address} waits for ${waits}.`, { address });
}

/** Throws: Problem. */
function statesIn(text: string): readonly JobState[] {
  return text.split(",").map((word) => {
    const state = JOB_STATES.find((each) => each === word.trim());
    if (state !== undefined) return state;
    const message = `${JSON.stringify(word)} is none of ${JOB_STATES.join(", ")}`;
    throw new Problem("invalid-request", message, { errors: [{ path: "state", message }] });
  });
}

function isSame(one: { readonly type: string; readonly text: string }, other: typeof one): boolean {
  return one.type === other.type && one.text === other.text;
}
