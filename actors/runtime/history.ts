import { type Address, PREV_LENGTH } from "#subjects/mod.ts";
import type { Bus, LogRecord } from "./bus.ts";

/** What it takes to go from record to record; `next` finds older ones behind a gap wider than any record tells. */
export type Walker = Pick<Bus, "last" | "record"> & Partial<Pick<Bus, "next">>;

/** The ids of all mail that was handled since a time, from the newest record back. Units: `sinceAt` ms since 1970. */
export async function causesSince(
  bus: Pick<Bus, "record">,
  address: Address,
  tail: readonly number[],
  sinceAt: number,
  signal: AbortSignal,
): Promise<Set<string>> {
  const causes = new Set<string>();
  let seqs = tail;
  while (seqs.length > 0) {
    const records = await fetchRecords(bus, address, seqs, signal);
    for (const { cause } of records) if (cause !== undefined) causes.add(cause);
    const oldest = records[0];
    if (oldest === undefined || oldest.at < sinceAt) break;
    seqs = oldest.prev;
  }
  return causes;
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

/** The honest records after a sequence up to and including `last`, if that is honest; ascending. */
export function readAfter(
  bus: Walker,
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
export function scanForward(
  bus: Walker,
  address: Address,
  from: number,
  signal: AbortSignal,
): Promise<readonly LogRecord[]> {
  return readBefore(bus, address, from, Number.POSITIVE_INFINITY, signal);
}

async function fetchRecords(
  bus: Pick<Bus, "record">,
  address: Address,
  seqs: readonly number[],
  signal: AbortSignal,
): Promise<LogRecord[]> {
  const records = await Promise.all(seqs.map((seq) => bus.record(address, seq, signal)));
  return records.filter((record) => record !== undefined).filter((record) => !record.forged);
}
