import { personId } from "#subjects/charge.ts";
import type { CortexEvent } from "#subjects/cortex.ts";
import type { Address, Who } from "#subjects/mod.ts";

/** A job that runs or waits, and whose it is. Shape of `person`: `telegram-4711`. */
type Slot = { readonly address: Address; readonly person: string };

/** Which jobs run, which wait, the longest waiting first, and whether all is stopped. Units: `at` ms since 1970. */
export type Slots = {
  readonly running: readonly Slot[];
  readonly queue: readonly Slot[];
  readonly panic?: { readonly who: Who; readonly why: string; readonly at: number };
};

/** How many jobs may run at once, in all and of one person, and how many of one person may wait. */
export type SlotLimits = { readonly total: number; readonly person: number; readonly queued: number };

/** Most jobs that wait, whoever they are of: each of them stands in each snapshot. */
export const MAX_QUEUED = 20_000;

/** Nothing runs and nothing waits. */
export const NO_SLOTS: Slots = { running: [], queue: [] };

/** What is said of jobs. */
type SlotEvent = Extract<CortexEvent, { type: "claimed" | "released" | "panicked" | "calmed" }>;

/** Whose a job counts as. */
export function personOf(who: Who): string {
  return personId(who);
}

/** Whether a job runs or waits already. */
export function isKnown({ running, queue }: Slots, address: Address): boolean {
  return [...running, ...queue].some((slot) => slot.address === address);
}

/** Those whose turn it is: the longest waiting first, and nobody more than may run. */
export function grantable({ running, queue, panic }: Slots, limits: SlotLimits): Address[] {
  if (panic !== undefined) return [];
  const counts = new Map<string, number>();
  for (const { person } of running) counts.set(person, (counts.get(person) ?? 0) + 1);
  const granted: Address[] = [];
  for (const { address, person } of queue) {
    if (running.length + granted.length >= limits.total) break;
    const mine = counts.get(person) ?? 0;
    if (mine >= limits.person) continue;
    counts.set(person, mine + 1);
    granted.push(address);
  }
  return granted;
}

/** The slots after a job has said that it is ready, before anybody's turn has come. */
export function queued(slots: Slots, address: Address, who: Who): Slots {
  return { ...slots, queue: [...slots.queue, { address, person: personOf(who) }] };
}

/** The slots without a job. */
export function without({ running, queue, ...rest }: Slots, address: Address): Slots {
  const others = (slots: readonly Slot[]): readonly Slot[] => slots.filter((slot) => slot.address !== address);
  return { ...rest, running: others(running), queue: others(queue) };
}

/** The slots when all may go on. */
export function calm({ running, queue }: Slots): Slots {
  return { running, queue };
}

/** Folds one event that is about jobs. Units: `at` ms since 1970. */
export function foldSlots(slots: Slots, event: SlotEvent, at: number): Slots {
  switch (event.type) {
    case "claimed":
      return run(queued(slots, event.data.by, event.data.who), event.data.granted);
    case "released":
      return run(without(slots, event.data.by), event.data.granted);
    case "panicked":
      return { ...slots, panic: { who: event.data.who, why: event.data.why, at } };
    case "calmed":
      return run(calm(slots), event.data.granted);
  }
}

/** The slots after these jobs got one. */
function run({ running, queue, ...rest }: Slots, granted: readonly Address[]): Slots {
  const chosen = new Set(granted);
  const begun = queue.filter(({ address }) => chosen.has(address));
  return { ...rest, running: [...running, ...begun], queue: queue.filter(({ address }) => !chosen.has(address)) };
}
