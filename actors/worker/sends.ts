import { chargeSends, STATUS_TOOL, shownResult, statusInput, wellSettled } from "#actors/turn/mod.ts";
import type { Send } from "#runtime/mod.ts";
import { CORTEX, cortexContract } from "#subjects/cortex.ts";
import { type Approval, type Job, workerAddress } from "#subjects/job.ts";
import { type Address, addressOf, parseAddress } from "#subjects/mod.ts";
import type { Ordered } from "#subjects/order.ts";
import type { WorkerEvent } from "#subjects/worker.ts";
import { downOrder, executorOn } from "./environment.ts";
import { chatFor, handingOver, showing } from "./job-shown.ts";

type Sends = Readonly<Record<string, Send>>;

/** Whose event it is. Units: `at` ms since 1970. */
type Of = { readonly address: Address; readonly id: string; readonly at: number };

type Data<Type extends WorkerEvent["type"]> = Extract<WorkerEvent, { type: Type }>["data"];

/** A host that has not had an environment there for so long is taken for gone. Units: ms. */
const UP_MS = 120_000;

/** A host that is silent for so long after an order should have ended is taken for gone. Units: ms. */
const GRACE_MS = 120_000;

/** What is no program is done within this time. Units: ms. */
const QUICK_MS = 60_000;

/** An environment is let go within this time, or later by itself. Units: ms. */
const DOWN_MS = 60_000;

/** Each move shows in the view and in the chat; the cortex, the host, the conversation and the ledger hear what concerns them. */
export function sends(event: WorkerEvent, of: Of): Sends {
  switch (event.type) {
    case "requested":
      return requested(event.data, of);
    case "approved":
      return approved(event.data, of);
    case "denied":
      return denied(event.data, of);
    case "started":
      return {
        ...showing(event.data.job, of.at, { state: "running" }),
        ...timer("timeout", of.at + event.data.limitMs, {}),
      };
    case "placed":
      return placed(event.data, of);
    case "attached": {
      const { host, order } = event.data;
      return order === undefined ? {} : ordered([order], host, of.at);
    }
    case "detached": {
      const { job, host } = event.data;
      return host === undefined ? {} : down(of, job, host);
    }
    case "thought":
      return thought(event.data, of);
    case "used":
      return event.data.kept === undefined ? {} : handingOver(event.data.kept);
    case "renewed":
      return renewed(event.data, of);
    case "aborting":
      return aborting(event.data, of);
    case "aborted":
      return aborted(event.data, of);
    case "completed":
      return finished(of, event.data, "completed", event.data.text);
    case "failed":
      return finished(of, event.data, "failed", event.data.reason);
    case "left":
      return down(of, event.data.job, event.data.host);
    case "declined":
      return release(of, true);
    default:
      return {};
  }
}

function requested({ job, approval, joins }: Data<"requested">, of: Of): Sends {
  const { for: to, assignment, who } = job;
  const joined =
    to === undefined || joins === undefined ? {} : { join: mail(to, "join", { task: assignment.text, who }) };
  const state = approval === undefined ? "queued" : "needs_approval";
  const shown = showing(job, of.at, { state, approvals: approval && [approval] });
  return { ...shown, ...joined, ...(approval === undefined ? claim(of, job) : asking(of, job, [approval])) };
}

function approved({ job, approval, who, order, host, left, state }: Data<"approved">, of: Of): Sends {
  const shown = showing(job, of.at, { state, approvals: left, decided: { approval, what: "approved", who } });
  if (order === undefined) return { ...shown, ...claim(of, job) };
  return { ...shown, ...(host === undefined ? {} : ordered([order], host, of.at)) };
}

function denied({ job, approval, who, left, state }: Data<"denied">, of: Of): Sends {
  return showing(job, of.at, { state, approvals: left, decided: { approval, what: "denied", who } });
}

function placed({ job, host, order, bounds }: Data<"placed">, { at }: Of): Sends {
  const data = { env: job.env, order, bounds };
  return { up: mail(executorOn(host), "up", data), ...timer("overdue", at + UP_MS, { order }) };
}

function aborting({ job, host, why }: Data<"aborting">, of: Of): Sends {
  const shown = showing(job, of.at, { state: "aborting", status: why });
  if (host === undefined) return shown;
  return { ...shown, ...down(of, job, host), ...timer("overdue", of.at + DOWN_MS, { order: downOrder(of.address) }) };
}

function aborted({ job, who, why, granted, denied: approval }: Data<"aborted">, of: Of): Sends {
  const decided = approval === undefined ? undefined : { approval, what: "denied", who };
  const shown = showing(job, of.at, { state: "aborted", status: why, decided });
  return { ...shown, ...concluding(job, OUTCOMES.aborted, why), ...release(of, granted) };
}

function thought(data: Data<"thought">, of: Of): Sends {
  const { job, orders = [], asks = [], host } = data;
  const said = wellSettled(data, STATUS_TOOL, statusInput).at(-1)?.input.text;
  const approvals = asks.map(({ approval }) => approval);
  const isShown = said !== undefined || approvals.length > 0;
  return {
    ...charge(of, data),
    ...(isShown ? showing(job, of.at, { state: "running", status: said, approvals }) : {}),
    ...(said === undefined || job.for === undefined ? {} : { report: mail(job.for, "report", { text: said }) }),
    ...(host === undefined
      ? {}
      : ordered(
          orders.map(({ order }) => order),
          host,
          of.at,
        )),
    ...asking(of, job, approvals),
  };
}

/** The job that goes on from this one, in its environment. */
function renewed({ job, who, text, before, host }: Data<"renewed">, of: Of): Sends {
  const { assignment, env } = job;
  const next = text === undefined ? { assignment, before } : { assignment: { type: "task", text }, before };
  const data = { ...next, who, env, after: of.address, ...(job.for === undefined ? {} : { for: job.for }) };
  const leaving = host === undefined ? {} : down(of, job, host);
  return { ...leaving, spawn: mail(workerAddress(of.address, of.id, 0), "spawn", data) };
}

/** What has to be allowed is said to the people of the conversation, where they are not shown buttons, and forgotten in time. */
function asking({ address }: Of, job: Job, approvals: readonly Approval[]): Sends {
  const timers = approvals.map(
    ({ id, until }) => [`expire-${id}`, timerTo("expire", until, { approval: id })] as const,
  );
  if (job.for === undefined || approvals.length === 0 || chatFor(job) !== undefined) return Object.fromEntries(timers);
  const { id: name } = parseAddress(address);
  const lines = approvals.map(({ id, what, why }) => `${id}: ${what}\n  (${why})`);
  const text = `The job ${name} asks to be allowed this:\n${lines.join("\n")}\n/approve ${name} ${approvals[0]?.id} allows it, /deny ${name} ${approvals[0]?.id} does not.`;
  return { ...Object.fromEntries(timers), warn: mail(job.for, "warn", { text: excerptLines(text) }) };
}

/** Longest text of a warning. Units: UTF-16 units. */
const MAX_WARNING = 16_000;

function excerptLines(text: string): string {
  return text.length <= MAX_WARNING ? text : `${text.slice(0, MAX_WARNING).toWellFormed()}…`;
}

/** Orders as mail to the executor of a host, each with a time at which it should long have ended. */
function ordered(orders: readonly Ordered[], host: string, at: number): Sends {
  const sent = orders.flatMap(({ verb, data }, index) => {
    const dueAt = at + GRACE_MS + ("timeoutMs" in data ? data.timeoutMs : QUICK_MS);
    return [
      [`order-${index}`, mail(executorOn(host), verb, data)],
      [`overdue-${index}`, timerTo("overdue", dueAt, { order: data.order })],
    ] as const;
  });
  return Object.fromEntries(sent);
}

function finished(
  of: Of,
  data: Data<"completed"> | Data<"failed">,
  state: "completed" | "failed",
  text: string,
): Sends {
  const { job, host } = data;
  const until = "until" in data ? (data.until ?? 0) : 0;
  const leaving = host === undefined ? {} : until > of.at ? timer("leave", until, {}) : down(of, job, host);
  const outcome = "outcome" in data ? data.outcome : OUTCOMES[state];
  const told = { ...showing(job, of.at, { state, status: text }), ...concluding(job, outcome, text) };
  return { ...charge(of, data), ...told, ...release(of, true), ...leaving };
}

const OUTCOMES = { completed: "done", failed: "failed", aborted: "cancelled" } as const;

function concluding({ for: to }: Job, outcome: string, text: string): Sends {
  return to === undefined ? {} : { conclude: mail(to, "conclude", { outcome, text: shownResult(text) }) };
}

function claim(of: Of, { who, role }: Job): Sends {
  return { claim: mail(cortexOf(of), "claim", { who, role }) };
}

function release(of: Of, isOurs: boolean): Sends {
  return isOurs ? { release: mail(cortexOf(of), "release", {}) } : {};
}

function charge({ address }: Of, data: Parameters<typeof chargeSends>[1] & { readonly job: Job }): Sends {
  const { who, for: to } = data.job;
  return chargeSends(to ?? address, { ...data, who });
}

function down({ address }: Of, { env }: Job, host: string): Sends {
  return { down: mail(executorOn(host), "down", { env, order: downOrder(address), keep: true }) };
}

function cortexOf({ address }: Of): Address {
  return addressOf(parseAddress(address).agent, cortexContract.kind, CORTEX);
}

function mail(to: Address, verb: string, data: object): Send {
  return { type: "mail", to, verb, data };
}

function timer(verb: string, dueAt: number, data: object): Sends {
  return { [verb]: timerTo(verb, dueAt, data) };
}

function timerTo(verb: string, dueAt: number, data: object): Send {
  return { type: "timer", dueAt, verb, data };
}
