import { kindOf } from "#chaos/checks.ts";
import type { Stored } from "#chaos/stored.ts";
import { Fold } from "#runtime/fold.ts";
import type { ExecutorEvent } from "#subjects/executor.ts";
import { executorContract } from "#subjects/executor.ts";
import type { JobState } from "#subjects/job.ts";
import { type Address, parseAddress, readEvent } from "#subjects/mod.ts";
import type { Ordered, OrderResult } from "#subjects/order.ts";
import { type WorkerEvent, workerContract } from "#subjects/worker.ts";

/** An order of a job, with the call of the model that it is for; a run's has none. */
export type JobOrder = { readonly order: Ordered; readonly call?: string };

/** What a job's log says of it. */
export type JobRecord = {
  readonly address: Address;
  readonly events: readonly WorkerEvent[];
  /** How it stood after each of its events, where that changed. */
  readonly states: readonly JobState[];
  readonly orders: readonly JobOrder[];
  /** What each call came to; in the order of coming. */
  readonly used: readonly Extract<WorkerEvent, { type: "used" }>["data"][];
  /** Its last words, why it came to nothing, or why it was ended. */
  readonly final: string;
};

/** Reads one job's log. */
export function jobRecord(address: Address, records: readonly Stored[]): JobRecord {
  const fold = new Fold(kindOf(parseAddress(address).kind), address);
  const states: JobState[] = [];
  for (const record of records) {
    fold.apply(record);
    const { stands } = fold.state as { readonly stands?: JobState };
    if (stands !== undefined && stands !== states.at(-1)) states.push(stands);
  }
  const events = records.flatMap((record) => readEvent(workerContract, record) ?? []);
  return {
    address,
    events,
    states,
    orders: events.flatMap(ordersIn),
    used: events.flatMap((event) => (event.type === "used" ? [event.data] : [])),
    final: (fold.state as { readonly final?: string }).final ?? "",
  };
}

function ordersIn(event: WorkerEvent): readonly JobOrder[] {
  if (event.type === "thought") return event.data.orders ?? [];
  if (event.type !== "attached" && event.type !== "approved") return [];
  return event.data.order === undefined ? [] : [{ order: event.data.order }];
}

/** What a host says became of orders: how often each was begun, and each result that it gave. */
export type HostRecord = {
  readonly begun: ReadonlyMap<string, number>;
  readonly results: ReadonlyMap<string, readonly OrderResult[]>;
};

/** Reads a host's log. */
export function hostRecord(records: readonly Stored[]): HostRecord {
  const begun = new Map<string, number>();
  const results = new Map<string, OrderResult[]>();
  const come = ({ order, result }: { readonly order: string; readonly result: OrderResult }): void => {
    results.set(order, [...(results.get(order) ?? []), result]);
  };
  for (const record of records) {
    const event: ExecutorEvent | undefined = readEvent(executorContract, record);
    if (event?.type === "ordered") {
      const { order } = event.data.order.data;
      begun.set(order, (begun.get(order) ?? 0) + 1);
    }
    if (event?.type === "finished") come(event.data);
    if (event?.type === "lowered") for (const each of event.data.unfinished) come(each);
  }
  return { begun, results };
}
