import {
  answered,
  isUsing,
  type Line,
  STATUS_TOOL,
  shownResult,
  statusInput,
  turnOf,
  used,
  wellSettled,
} from "#actors/turn/mod.ts";
import type { Job } from "#subjects/job.ts";
import type { CallResult } from "#subjects/turn.ts";
import type { WorkerEvent } from "#subjects/worker.ts";
import { RUN } from "./environment.ts";
import type { OpenOrder, Pending, WorkerState } from "./state.ts";

/** Where an event stands. Units: `at` ms since 1970. */
type At = { readonly seq: number; readonly id: string; readonly at: number };

type Data<Type extends WorkerEvent["type"]> = Extract<WorkerEvent, { type: Type }>["data"];

/** Folds one event of a job's log; never throws, also on a log of which a part was trimmed. */
export function evolve(before: WorkerState, event: WorkerEvent, placed: At): WorkerState {
  const state = "job" in event.data ? { ...before, job: event.data.job } : before;
  switch (event.type) {
    case "requested":
      return requested(state, event.data, placed);
    case "approved":
      return approved(state, event.data, placed);
    case "denied":
      return denied(state, event.data);
    case "started":
      return { ...state, stands: "running" };
    case "placed":
      return sought(state, event.data, placed);
    case "attached":
      return attached(state, event.data, placed);
    case "detached":
      return detached(state, event.data);
    case "thought":
      return thought(state, event.data, placed);
    case "used":
      return goOn(settle(shown(state, event.data.until), event.data));
    case "told":
      return { ...state, waiting: [...state.waiting, userLine(event.data.text, placed)] };
    case "aborting":
      // What nobody has allowed by now is not begun any more.
      return { ...state, stands: "aborting", pending: [], ending: endingOf(event.data), status: event.data.why };
    case "aborted":
      return ended(state, "aborted", event.data.why);
    case "completed":
      return ended(state, "completed", event.data.text);
    case "failed":
      return ended(state, "failed", event.data.reason);
    case "left":
      return gone(state);
    case "renewed":
      return event.data.host === undefined ? state : gone(state);
    default:
      return state;
  }
}

function requested(state: WorkerState, { job, before, approval }: Data<"requested">, placed: At): WorkerState {
  const begun: WorkerState = {
    ...state,
    ...(before === undefined ? {} : { before }),
    ...(job.assignment.type === "task" ? { turn: turnOf([taskLine(job, before, placed)]) } : {}),
  };
  if (approval === undefined) return { ...begun, stands: "queued", claim: claimMail(placed) };
  return { ...begun, stands: "needs_approval", pending: [{ approval }], asked: 1 };
}

/** The mail by which a job claims its turn, sent with this event. */
function claimMail({ id }: At): string {
  return `${id}:claim`;
}

function taskLine({ assignment }: Job, before: string | undefined, placed: At): Line {
  const past = before === undefined ? "" : `\n\n[What came before it]\n${before}`;
  return userLine(`[Task] ${assignment.text}${past}`, placed);
}

function userLine(text: string, { seq, at }: At): Line {
  return { role: "user", seq, at, text };
}

function approved(state: WorkerState, { approval, order }: Data<"approved">, placed: At): WorkerState {
  const call = state.pending.find((each) => each.approval.id === approval)?.call;
  const left = withoutPending(state, approval);
  if (order === undefined) return { ...left, stands: "queued", claim: claimMail(placed) };
  return opened(left, order.data.order, { call: call ?? RUN, mail: `${placed.id}:order-0` });
}

function denied(state: WorkerState, { approval: id, why }: Data<"denied">): WorkerState {
  const call = state.pending.find(({ approval }) => approval.id === id)?.call;
  const left = withoutPending(state, id);
  return call === undefined ? left : goOn(settle(left, { call, text: `Not allowed: ${why}`, failed: true }));
}

function sought(state: WorkerState, { host, order }: Data<"placed">, { id }: At): WorkerState {
  const place = { host, order, mail: `${id}:up`, isUp: false };
  return { ...state, place, placements: state.placements + 1, inVain: state.inVain + 1 };
}

function endingOf({ who, why }: Data<"aborting">): WorkerState["ending"] & {} {
  return { who, why };
}

/** Said to a job that had an environment before, whose files are not in this one. */
const EMPTY = "(Your environment is a new one: the workspace is empty.)";

function attached(state: WorkerState, { job, order, fresh }: Data<"attached">, placed: At): WorkerState {
  const { place, placements, turn } = state;
  if (place === undefined) return state;
  // No call of the model ran without an environment, so what the next one sees may grow.
  const isMissing = fresh === true && turn !== undefined && (placements > 1 || job.after !== undefined);
  const waiting = isMissing ? [...state.waiting, userLine(EMPTY, placed)] : state.waiting;
  const up = goOn({ ...state, waiting, place: { ...place, isUp: true }, inVain: 0, avoid: [] });
  return order === undefined ? up : opened(up, order.data.order, { call: RUN, mail: `${placed.id}:order-0` });
}

function detached({ place: _, ...state }: WorkerState, { results, host }: Data<"detached">): WorkerState {
  const avoid = host === undefined ? state.avoid : [...state.avoid, host];
  return results.reduce(settle, { ...state, avoid, orders: {} });
}

function thought(state: WorkerState, data: Data<"thought">, { seq, at, id }: At): WorkerState {
  const { content, results, orders = [], asks = [] } = data;
  const turn = answered(state.turn ?? turnOf([]), { text: "", seq, at, content, results });
  const status = wellSettled(data, STATUS_TOOL, statusInput).at(-1)?.input.text ?? state.status;
  const open = orders.map(
    ({ call, order }, index) => [order.data.order, { call, mail: `${id}:order-${index}` }] as const,
  );
  const pending: readonly Pending[] = asks;
  return goOn({
    ...state,
    turn,
    calls: turn.calls,
    status,
    orders: { ...state.orders, ...Object.fromEntries(open) },
    pending: [...state.pending, ...pending],
    asked: state.asked + asks.length,
  });
}

/** Its environment was let go after its end. */
function gone({ place: _, ...state }: WorkerState): WorkerState {
  return state;
}

function opened(state: WorkerState, name: string, order: OpenOrder): WorkerState {
  return { ...state, orders: { ...state.orders, [name]: order } };
}

function withoutPending(state: WorkerState, id: string): WorkerState {
  return { ...state, pending: state.pending.filter(({ approval }) => approval.id !== id) };
}

function shown(state: WorkerState, until: number | undefined): WorkerState {
  return until === undefined ? state : { ...state, showsUntil: Math.max(state.showsUntil ?? 0, until) };
}

/** A call has its result, as the model is shown it; one that nobody waits for changes nothing. */
function settle(state: WorkerState, { call, text, failed }: CallResult): WorkerState {
  const orders = Object.fromEntries(Object.entries(state.orders).filter(([, open]) => open.call !== call));
  const result = { call, text: shownResult(text), ...(failed ? { failed } : {}) };
  const { turn } = state;
  return { ...state, orders, ...(turn !== undefined && isUsing(turn) ? { turn: used(turn, result) } : {}) };
}

/** What it was told is seen by the next call, once the last one's tools have all come back. */
function goOn(state: WorkerState): WorkerState {
  const { turn, waiting } = state;
  if (turn === undefined || waiting.length === 0 || isUsing(turn)) return state;
  return { ...state, turn: { ...turn, lines: [...turn.lines, ...waiting] }, waiting: [] };
}

function ended(state: WorkerState, stands: "aborted" | "completed" | "failed", final: string): WorkerState {
  const { turn: _, ending: __, ...rest } = state;
  return { ...rest, stands, final, status: final, waiting: [], orders: {}, pending: [] };
}
