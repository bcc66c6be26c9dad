import { type Address, FORKED, type Fork, forkSchema, type Moment } from "#subjects/mod.ts";
import type { AnyKind } from "./actor.ts";
import type { LogRecord } from "./bus.ts";
import { Fold } from "./fold.ts";
import { readAfter, type Walker } from "./history.ts";

/** The longest that reading a past may take, for who asks and who answers: a whole log is read for it. Units: ms. */
export const PAST_MS = 60_000;

/** So many events are folded before others get a turn: a long past must not hold up a whole process. */
const FOLDED_AT_ONCE = 500;

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
): Promise<readonly LogRecord[]> {
  const own = await readAfter(bus, address, last, from, signal);
  return [...(await readPast(bus, own[0], from, signal)), ...own];
}

/** What a log inherits: the past of the other, where its first record says that it is a fork. */
export async function readPast(
  bus: Walker,
  first: LogRecord | undefined,
  from: number,
  signal: AbortSignal,
): Promise<readonly LogRecord[]> {
  if (first?.event !== FORKED) return [];
  const fork = forkSchema.parse(first.data);
  return fork.seq <= from ? [] : recordsUpTo(bus, fork, from, signal);
}

/** The records of an actor up to a sequence, its own inherited past included, ascending. */
export async function recordsUpTo(
  bus: Walker,
  { from: address, seq }: Fork,
  from: number,
  signal: AbortSignal,
): Promise<readonly LogRecord[]> {
  const exact = await bus.record(address, seq, signal);
  if (exact !== undefined && !exact.forged) return readLineage(bus, address, exact, from, signal);
  const last = await bus.last(address, signal);
  if (last === undefined) return [];
  const records = await readLineage(bus, address, last, from, signal);
  return records.filter((record) => record.seq <= seq);
}

/** An actor as it stood at some moment, folded of all that led there. Throws: NewerSchema; Closed. */
export async function foldAt(
  bus: Walker,
  kind: AnyKind,
  address: Address,
  moment: Moment,
  signal: AbortSignal,
): Promise<Fold> {
  const last = await bus.last(address, signal);
  const records = last === undefined ? [] : await readMoment(bus, address, last, moment, signal);
  return foldAll(kind, address, records);
}

/** Folds a lineage from its beginning. Throws: NewerSchema. */
export async function foldAll(kind: AnyKind, address: Address, records: readonly LogRecord[]): Promise<Fold> {
  const fold = new Fold(kind, address);
  await applyAll(fold, records);
  return fold;
}

/** Folds records behind what a fold has, with pauses for others. Throws: NewerSchema. */
export async function applyAll(fold: Fold, records: readonly LogRecord[]): Promise<void> {
  for (const [index, record] of records.entries()) {
    fold.apply(record);
    if (index % FOLDED_AT_ONCE === FOLDED_AT_ONCE - 1) await new Promise(setImmediate);
  }
}

async function readMoment(
  bus: Walker,
  address: Address,
  last: LogRecord,
  moment: Moment,
  signal: AbortSignal,
): Promise<readonly LogRecord[]> {
  if ("seq" in moment) {
    const own = moment.seq === 0 ? undefined : await bus.record(address, moment.seq, signal);
    if (own !== undefined && !own.forged) return readLineage(bus, address, own, 0, signal);
  }
  const records = await readLineage(bus, address, last, 0, signal);
  if ("seq" in moment) return records.filter(({ seq }) => seq <= moment.seq);
  return "time" in moment ? records.filter(({ at }) => at <= moment.time) : records;
}
