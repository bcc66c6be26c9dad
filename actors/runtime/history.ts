import { type Address, PREV_LENGTH } from "#subjects/mod.ts";
import type { AnyKind } from "./actor.ts";
import type { Bus, LogRecord } from "./bus.ts";
import { Fold, type FoldStart } from "./fold.ts";
import { decodeSnapshot } from "./snapshot.ts";

/** The part of a bus that reads one actor's past. */
export type Reader = Pick<Bus, "last" | "record" | "next" | "loadSnapshot">;

/** An actor read back: its fold, and the records whose sends may not have left. */
export type Loaded = { readonly fold: Fold; readonly unconfirmed: readonly LogRecord[] };

/** How many records are asked for at once. */
const PARALLEL = 256;

/**
 * Reads an actor back from its snapshot and the log after it. Records are found through the sequences each names, never
 * by a scan. A snapshot that the log does not bear out (a store put back, a tail lost) is ignored.
 */
export async function loadActor(bus: Reader, kind: AnyKind, address: Address, signal: AbortSignal): Promise<Loaded> {
  const [bytes, last] = await Promise.all([bus.loadSnapshot(address, signal), bus.last(address, signal)]);
  const start = decodeSnapshot(kind, bytes);
  if (last === undefined) return { fold: new Fold(kind, address), unconfirmed: [] };
  const known = start !== undefined && (await bornOut(bus, address, start, last, signal)) ? start : undefined;
  const from = known?.seq ?? 0;
  const records = last.forged
    ? await scanForward(bus, address, from, signal)
    : await walkBack(bus, address, last, from, signal);
  const newest = records.at(-1) ?? (last.forged ? await bus.record(address, from, signal) : last);
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
  bus: Pick<Reader, "record">,
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
    oldest = more ? records[0] : undefined;
  }
  return chunks.reverse().flat();
}

/** A snapshot counts only if the log still holds the very event it was taken at, or holds nothing that old any more. */
async function bornOut(
  bus: Reader,
  address: Address,
  start: FoldStart,
  last: LogRecord,
  signal: AbortSignal,
): Promise<boolean> {
  if (start.seq > last.seq) return false;
  const there = start.seq === last.seq ? last : await bus.record(address, start.seq, signal);
  return there === undefined ? start.seq < last.seq : there.id === start.id;
}

/** Reads every record after a sequence one by one: slow, for the rare log into which an answer was forged. */
async function scanForward(
  bus: Reader,
  address: Address,
  from: number,
  signal: AbortSignal,
): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = [];
  let record = await bus.next(address, from + 1, signal);
  while (record !== undefined) {
    if (!record.forged) records.push(record);
    record = await bus.next(address, record.seq + 1, signal);
  }
  return records;
}

async function fetchRecords(
  bus: Pick<Reader, "record">,
  address: Address,
  seqs: readonly number[],
  signal: AbortSignal,
): Promise<LogRecord[]> {
  const found: LogRecord[] = [];
  for (let at = 0; at < seqs.length; at += PARALLEL) {
    const chunk = seqs.slice(at, at + PARALLEL).map((seq) => bus.record(address, seq, signal));
    for (const record of await Promise.all(chunk)) if (record !== undefined && !record.forged) found.push(record);
  }
  return found;
}
