import { type Address, PREV_LENGTH } from "#subjects/mod.ts";
import type { AnyKind } from "./actor.ts";
import type { Bus, LogRecord } from "./bus.ts";
import { Fold, type FoldStart } from "./fold.ts";
import { decodeSnapshot } from "./snapshot.ts";

/** The part of a bus that reads one actor's past. */
export type Reader = Pick<Bus, "last" | "record" | "next" | "loadSnapshot">;

/** What it takes to go from record to record; `next` finds older ones behind a gap wider than any record tells. */
type Walker = Pick<Reader, "record"> & Partial<Pick<Reader, "next">>;

/** An actor read back: its fold, and the records whose sends may not have left. */
export type Loaded = { readonly fold: Fold; readonly unconfirmed: readonly LogRecord[] };

/**
 * Reads an actor back from its snapshot and the log after it. Records are found through the sequences each names, never
 * by a scan. A snapshot that the log does not bear out (a store put back, a tail lost) is ignored.
 */
export async function loadActor(bus: Reader, kind: AnyKind, address: Address, signal: AbortSignal): Promise<Loaded> {
  const [bytes, last] = await Promise.all([bus.loadSnapshot(address, signal), bus.last(address, signal)]);
  const start = decodeSnapshot(kind, bytes);
  if (last === undefined) return { fold: new Fold(kind, address), unconfirmed: [] };
  const borneOut = start !== undefined && start.seq <= last.seq && (await tailOf(bus, address, start, last, signal));
  const known = borneOut ? start : undefined;
  const { records, before } = borneOut || {
    records: await readAfter(bus, address, last, 0, signal),
    before: undefined,
  };
  const newest = records.at(-1) ?? (last.forged ? before : last);
  const fold = new Fold(kind, address, known);
  fold.tail = records[0]?.prev ?? (newest === undefined ? [] : [...newest.prev, newest.seq].slice(-PREV_LENGTH));
  for (const record of records) fold.apply(record);
  fold.fence = last.seq;
  fold.last = newest;
  return { fold, unconfirmed: records.filter((record) => record.seq > fold.sentSeq) };
}

/** Looks for the commit that handled a mail, from the newest record back to a time. Units: `sinceAt` ms since 1970. */
export async function findCause(
  bus: Pick<Reader, "record">,
  address: Address,
  tail: readonly number[],
  mailId: string,
  sinceAt: number,
  signal: AbortSignal,
): Promise<boolean> {
  let seqs = tail;
  while (seqs.length > 0) {
    const records = await fetchRecords(bus, address, seqs, signal);
    if (records.some((record) => record.cause === mailId)) return true;
    const oldest = records[0];
    if (oldest === undefined || oldest.at < sinceAt) return false;
    seqs = oldest.prev;
  }
  return false;
}

/** The records after `from` up to and including `last`, ascending; trimmed ones are skipped. */
export async function walkBack(
  bus: Walker,
  address: Address,
  last: LogRecord,
  from: number,
  signal: AbortSignal,
): Promise<readonly LogRecord[]> {
  if (last.seq <= from) return [];
  const chunks: LogRecord[][] = [[last]];
  let oldest: LogRecord | undefined = last;
  while (oldest !== undefined) {
    const wanted: readonly number[] = oldest.prev.filter((seq) => seq > from);
    const records = await fetchRecords(bus, address, wanted, signal);
    chunks.push(records);
    const more: boolean = wanted.length === oldest.prev.length && oldest.prev.length === PREV_LENGTH;
    if (more && records.length === 0) chunks.push(await readBefore(bus, address, from, oldest.seq, signal));
    oldest = more ? records[0] : undefined;
  }
  return chunks.reverse().flat();
}

/** The records after a snapshot, and the one it was taken at; false when the log is not the one it was taken of. */
async function tailOf(
  bus: Reader,
  address: Address,
  start: FoldStart,
  last: LogRecord,
  signal: AbortSignal,
): Promise<{ readonly records: readonly LogRecord[]; readonly before: LogRecord | undefined } | false> {
  const [records, before] = await Promise.all([
    readAfter(bus, address, last, start.seq, signal),
    start.seq === last.seq ? last : bus.record(address, start.seq, signal),
  ]);
  if (before !== undefined) return before.id === start.id && { records, before };
  // With nothing but forgeries behind it, only what stands before it tells trimmed from put back.
  const [oldest = (await scanForward(bus, address, 0, signal))[0]] = records;
  return mayFollow(oldest, start.seq) && { records, before };
}

/**
 * Whether the oldest record left may have come after one that is gone. One that was trimmed is still named by those after
 * it; a sequence that was issued again to another actor is passed by.
 */
function mayFollow(oldest: LogRecord | undefined, seq: number): boolean {
  if (oldest === undefined || oldest.prev.includes(seq)) return true;
  return oldest.seq > seq && oldest.prev.length === PREV_LENGTH && oldest.prev.every((named) => named > seq);
}

/** The honest records after a sequence, ascending. */
function readAfter(
  bus: Reader,
  address: Address,
  last: LogRecord,
  from: number,
  signal: AbortSignal,
): Promise<readonly LogRecord[]> {
  return last.forged ? scanForward(bus, address, from, signal) : walkBack(bus, address, last, from, signal);
}

/** What is left between two sequences, where all that the later one names is gone. */
async function readBefore(
  bus: Walker,
  address: Address,
  from: number,
  until: number,
  signal: AbortSignal,
): Promise<LogRecord[]> {
  const { next } = bus;
  if (next === undefined) return [];
  const records: LogRecord[] = [];
  let record = await next.call(bus, address, from + 1, signal);
  while (record !== undefined && record.seq < until) {
    if (!record.forged) records.push(record);
    record = await next.call(bus, address, record.seq + 1, signal);
  }
  return records;
}

/** Reads every record after a sequence one by one: slow, for the rare log into which an answer was forged. */
function scanForward(bus: Reader, address: Address, from: number, signal: AbortSignal): Promise<readonly LogRecord[]> {
  return readBefore(bus, address, from, Number.POSITIVE_INFINITY, signal);
}

async function fetchRecords(
  bus: Pick<Reader, "record">,
  address: Address,
  seqs: readonly number[],
  signal: AbortSignal,
): Promise<LogRecord[]> {
  const records = await Promise.all(seqs.map((seq) => bus.record(address, seq, signal)));
  return records.filter((record) => record !== undefined).filter((record) => !record.forged);
}
