import { type Address, FORKED, type Fork, forkSchema, type Moment } from "#subjects/mod.ts";
import type { Foldable } from "./actor.ts";
import type { LogRecord } from "./bus.ts";
import { stateAfter } from "./fold.ts";
import { type Page, pagesBack, readAfter, type Walker } from "./history.ts";

/** The longest that reading a past may take, for who asks and who answers: a whole log is read for it. Units: ms. */
export const PAST_MS = 60_000;

/** So many events are folded before others get a turn: a long past must not hold up a whole process. */
const FOLDED_AT_ONCE = 500;

/** A state, and the sequence of the newest event in it; 0 where nothing had happened. */
export type Folded<State> = { readonly state: State; readonly seq: number };

/**
 * All that led to a record, ascending: the log it stands in, and where that began as a fork, the past of the other up to
 * there, and so on. `from` leaves out what stands at or before it.
 */
export async function readLineage(
  bus: Walker,
  address: Address,
  last: LogRecord,
  from: number,
  signal: AbortSignal,
): Promise<Page> {
  const own = await readAfter(bus, address, last, from, signal);
  return [...(await readPast(bus, own[0], from, signal)), ...own];
}

/** What a log inherits: the past of the other, where its first record says that it is a fork. */
export async function readPast(
  bus: Walker,
  first: LogRecord | undefined,
  from: number,
  signal: AbortSignal,
): Promise<Page> {
  const fork = forkOf(first);
  return fork === undefined || fork.seq <= from ? [] : recordsUpTo(bus, fork, from, signal);
}

/** The records of an actor up to a sequence, its own inherited past included, ascending. */
export async function recordsUpTo(bus: Walker, past: Fork, from: number, signal: AbortSignal): Promise<Page> {
  const last = await lastUpTo(bus, past, signal);
  if (last === undefined) return [];
  return upTo(await readLineage(bus, past.from, last, from, signal), past.seq);
}

/** The same from the newest back, some at a time and each time the newest first; none of it is read before it is asked for. */
export async function* recordsBack(bus: Walker, past: Fork, signal: AbortSignal): AsyncGenerator<Page> {
  for (let wanted: Fork | undefined = past; wanted !== undefined; ) {
    const { from, seq }: Fork = wanted;
    const last = await lastUpTo(bus, wanted, signal);
    let oldest: LogRecord | undefined;
    for await (const page of last === undefined ? [] : pagesBack(bus, from, last, 0, signal)) {
      const found = upTo(page, seq);
      if (found.length > 0) yield found.toReversed();
      oldest = page[0] ?? oldest;
    }
    const fork = forkOf(oldest);
    wanted = fork && { ...fork, seq: Math.min(fork.seq, seq) };
  }
}

/**
 * The record from which the way back to a sequence begins: the one that stands there, or the newest of all where that is
 * gone, is none of the actor's own (but inherited), or is forged.
 */
export async function lastUpTo(bus: Walker, { from, seq }: Fork, signal: AbortSignal): Promise<LogRecord | undefined> {
  if (seq === 0) return undefined;
  const exact = await bus.record(from, seq, signal);
  return exact === undefined || exact.forged ? bus.last(from, signal) : exact;
}

/** What of some records stands at or before a sequence. */
export function upTo(records: Page, seq: number): Page {
  return records.filter((record) => record.seq <= seq);
}

/** An actor as it stood at some moment, folded of all that led there. Throws: NewerSchema; Closed. */
export async function foldAt<State>(
  bus: Walker,
  kind: Foldable<State>,
  address: Address,
  moment: Moment,
  signal: AbortSignal,
): Promise<Folded<State>> {
  return foldAll(kind, address, await recordsAt(bus, address, moment, signal));
}

/** Folds a lineage from its beginning, or goes on from what is known of it. Throws: NewerSchema. */
export async function foldAll<State>(
  kind: Foldable<State>,
  address: Address,
  records: Page,
  known: Folded<State> = { state: kind.initial(address), seq: 0 },
): Promise<Folded<State>> {
  let { state, seq } = known;
  await inTurns(records, (record) => {
    state = stateAfter(kind, state, record);
    seq = record.seq;
  });
  return { state, seq };
}

/** Folds records with pauses for others. */
export async function inTurns(records: Page, fold: (record: LogRecord) => void): Promise<void> {
  for (const [index, record] of records.entries()) {
    fold(record);
    if (index % FOLDED_AT_ONCE === FOLDED_AT_ONCE - 1) await new Promise(setImmediate);
  }
}

async function recordsAt(bus: Walker, address: Address, moment: Moment, signal: AbortSignal): Promise<Page> {
  if ("seq" in moment) return recordsUpTo(bus, { from: address, seq: moment.seq }, 0, signal);
  const last = await bus.last(address, signal);
  const records = last === undefined ? [] : await readLineage(bus, address, last, 0, signal);
  return "time" in moment ? records.filter(({ at }) => at <= moment.time) : records;
}

function forkOf(first: LogRecord | undefined): Fork | undefined {
  return first?.event === FORKED ? forkSchema.parse(first.data) : undefined;
}
