import type { Job } from "#subjects/job.ts";
import { type Address, addressOf } from "#subjects/mod.ts";
import type { CallResult } from "#subjects/turn.ts";
import type { WorkerEvent, WorkerMail } from "#subjects/worker.ts";
import { orderName } from "./answer.ts";
import { failed, settled } from "./ending.ts";
import type { WorkerRules } from "./rules.ts";
import { resultText } from "./shown-order.ts";
import type { Begun } from "./state.ts";

/** Most times in a row that an environment is sought in vain. */
const MAX_PLACEMENTS = 3;

/** The call that a run's only order is for. */
export const RUN = "run";

/** What a call comes to whose environment went away. */
const INTERRUPTED =
  "Its environment went away while it ran: nobody knows how far it got, and it is not run again by itself.";

/** Told where a host says nothing. */
const SILENT = "its host did not answer in time";

type MailData<Verb extends WorkerMail["verb"]> = Extract<WorkerMail, { verb: Verb }>["data"];

type Used = Extract<WorkerEvent, { type: "used" }>["data"];

/** The executor of a host. */
export function executorOn(host: string): Address {
  return addressOf("main", "executor", host);
}

/** The name of the order by which an environment is let go. */
export function downOrder(address: Address): string {
  return orderName(address, "down", 0);
}

/** A host was chosen: it is told to have the environment there. */
export function placeOn(state: Begun, host: string, { bounds }: WorkerRules): WorkerEvent | undefined {
  if (state.stands !== "running" || state.place !== undefined) return undefined;
  const order = orderName(state.address, "up", state.placements);
  return { type: "placed", data: { job: state.job, host, order, bounds } };
}

/** The environment is there; a run begins in it. What answers an older wish is nothing. */
export function attach(
  state: Begun,
  from: Address | undefined,
  { order, engine, notes, fresh }: MailData<"attach">,
  limitMs: number,
): WorkerEvent | undefined {
  const { address, job, stands, place } = state;
  if (stands !== "running" || place === undefined || place.isUp || place.order !== order) return undefined;
  if (!isItsHost(state, from)) return undefined;
  const data = { job, host: place.host, engine, notes, ...(fresh === true ? { fresh } : {}) };
  if (job.assignment.type === "task") return { type: "attached", data };
  const exec = {
    env: job.env,
    order: orderName(address, RUN, 0),
    argv: ["bash", "-c", job.assignment.text],
    timeoutMs: limitMs,
  };
  return { type: "attached", data: { ...data, order: { verb: "exec", data: exec } } };
}

/** The environment is gone, or could not be had. */
export function detach(
  state: Begun,
  from: Address | undefined,
  { env, why }: MailData<"detach">,
): WorkerEvent | undefined {
  const { stands, job } = state;
  if (env !== job.env || !isItsHost(state, from)) return undefined;
  if (stands === "aborting") return settled(state);
  return stands === "running" ? without(state, why) : undefined;
}

/** Only the host that has its environment, or was told to have it there, says what becomes of it. */
function isItsHost({ place }: Begun, from: Address | undefined): boolean {
  return place !== undefined && from === executorOn(place.host);
}

/** A host has said nothing for too long. */
export function overdue(state: Begun, order: string): WorkerEvent | undefined {
  const { stands, place, orders, address } = state;
  if (stands === "aborting" && order === downOrder(address))
    return settled(state, `${SILENT}; what runs there ends when it is back`);
  const isAwaited = (place?.order === order && !place.isUp) || Object.hasOwn(orders, order);
  return stands === "running" && isAwaited ? without(state, SILENT, place?.host) : undefined;
}

/** An order has come to its end. */
export function result(
  state: Begun,
  from: Address | undefined,
  { order, result: came }: MailData<"result">,
): WorkerEvent | undefined {
  const { stands, address, job, orders, place } = state;
  if (!isItsHost(state, from)) return undefined;
  if (stands === "aborting" && order === downOrder(address)) return settled(state);
  const open = Object.hasOwn(orders, order) ? orders[order] : undefined;
  if (stands !== "running" || open === undefined) return undefined;
  const shown = resultText(came);
  if (open.call !== RUN) {
    // A host names no files but its own.
    const isKept = came.type === "artifact" && came.artifact.name.startsWith(`${from}/`);
    const kept = isKept ? keptFor(job, came.artifact.name) : {};
    return {
      type: "used",
      data: { call: open.call, ...shown, ...(came.type === "preview" ? { until: came.until } : {}), ...kept },
    };
  }
  if (shown.failed) return failed(state, shown.text);
  return { type: "completed", data: { job, text: shown.text, ...(place === undefined ? {} : { host: place.host }) } };
}

/** Longest name of a file that is handed over; the end of a longer one is kept, for it says what it is. Units: UTF-16 units. */
const MAX_NAME = 120;

/** A file that was kept is for the people of the conversation. Shape of an artifact: `main.executor.here/main-w3fA9xQ-0/5f0c/report.pdf`. */
function keptFor({ for: conversation }: Job, artifact: string): Pick<Used, "kept"> {
  const name = artifact
    .slice(artifact.lastIndexOf("/") + 1)
    .slice(-MAX_NAME)
    .toWellFormed();
  return conversation === undefined || name === "" ? {} : { kept: { artifact, name, for: conversation } };
}

/** A mail of this job was not taken: what it was for fails, rather than waits for ever. */
export function returned(state: Begun, id: string, reason: string): WorkerEvent | undefined {
  const { place, orders, stands } = state;
  if (stands === "running" && place?.mail === id) return without(state, reason, place.host);
  if (stands === "aborting" && id.endsWith(":down")) return settled(state, reason);
  const [, open] = Object.entries(orders).find(([, { mail }]) => mail === id) ?? [];
  if (stands !== "running" || open === undefined) return undefined;
  if (open.call === RUN) return failed(state, reason);
  return { type: "used", data: { call: open.call, text: `Not done: ${reason}`, failed: true } };
}

/** The job goes on without its environment, and seeks another; a run that had begun does not. */
function without(state: Begun, why: string, silentHost?: string): WorkerEvent {
  const { job, orders, inVain } = state;
  const open = Object.values(orders);
  if (open.some(({ call }) => call === RUN)) return failed(state, INTERRUPTED);
  if (inVain >= MAX_PLACEMENTS) return failed(state, `It has no environment: ${why}`);
  const results: CallResult[] = open.map(({ call }) => ({ call, text: `${INTERRUPTED} (${why})`, failed: true }));
  return { type: "detached", data: { job, why, results, ...(silentHost === undefined ? {} : { host: silentHost }) } };
}
