import type { z } from "zod";
import type { Line, Turn } from "#actors/turn/mod.ts";
import type { Approval, Job, JobState } from "#subjects/job.ts";
import type { Address, Who } from "#subjects/mod.ts";
import type { Ordered } from "#subjects/order.ts";
import type { workerContract } from "#subjects/worker.ts";

/** Something that an owner has to allow: all of the job, or one call of the model. */
export type Pending = { readonly approval: Approval; readonly call?: string; readonly order?: Ordered };

/** An order that an executor has, for which call it is, and the mail it went with. */
export type OpenOrder = { readonly call: string; readonly mail: string };

/** Where a job has its environment, or waits for it: `order` is that of the `up` it was asked for with. */
export type Place = { readonly host: string; readonly order: string; readonly mail: string; readonly isUp: boolean };

/** Where a job stands. */
export type WorkerState = {
  readonly address: Address;
  /** Absent before it was requested. */
  readonly job?: Job;
  readonly stands?: JobState;
  /** What the job before it had to say. */
  readonly before?: string;
  /** Its task and all that came since; absent for a run, and once it has ended. */
  readonly turn?: Turn;
  /** What it was told meanwhile. */
  readonly waiting: readonly Line[];
  readonly calls: number;
  /** What it last said of itself, and how it ended. */
  readonly status: string;
  readonly place?: Place;
  /** How often an environment was sought: each time is an order of its own, since an executor does none twice. */
  readonly placements: number;
  /** How often of those, since there last was one. */
  readonly inVain: number;
  /** Hosts that did not answer. */
  readonly avoid: readonly string[];
  readonly orders: Readonly<Record<string, OpenOrder>>;
  readonly pending: readonly Pending[];
  /** Approvals asked for so far; they are counted. */
  readonly asked: number;
  /** The mail by which it claimed its turn. */
  readonly claim?: string;
  /** Who wants it ended, and why. */
  readonly ending?: { readonly who: Who; readonly why: string };
  /** Its last words. */
  readonly final?: string;
  /** Until when somebody may look at what it shows. Units: ms since 1970. */
  readonly showsUntil?: number;
};

/** Raised when `WorkerState` changes its shape. */
export const STATE_VERSION = 2;

/** A job that nobody has requested yet. */
export function initial(address: Address): WorkerState {
  const nothing = { calls: 0, status: "", placements: 0, inVain: 0, asked: 0 };
  return { address, ...nothing, waiting: [], avoid: [], orders: {}, pending: [] };
}

/** A job that somebody has requested. */
export type Begun = WorkerState & { readonly job: Job; readonly stands: JobState };

/** Whether somebody has requested it. */
export function isBegun(state: WorkerState): state is Begun {
  return state.job !== undefined && state.stands !== undefined;
}

/** What still has to be allowed. */
export function approvalsOf(pending: readonly Pending[]): Approval[] {
  return pending.map(({ approval }) => approval);
}

/** How it stands, for whoever asks. */
export function status(state: WorkerState): z.output<typeof workerContract.asks.status> {
  const { stands, calls, status: said, place, pending } = state;
  return {
    ...(stands === undefined ? {} : { state: stands }),
    calls,
    status: said,
    ...(place === undefined ? {} : { host: place.host }),
    approvals: approvalsOf(pending),
  };
}
