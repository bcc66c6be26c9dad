import { type Address, PREV_LENGTH } from "#subjects/mod.ts";
import type { AnyKind } from "./actor.ts";
import type { Bus, LogRecord } from "./bus.ts";
import { Fold, type FoldStart } from "./fold.ts";
import { readAfter, scanForward } from "./history.ts";
import { applyAll, readPast } from "./lineage.ts";
import { decodeSnapshot } from "./snapshot.ts";

/** The part of a bus that reads one actor's past. */
export type Reader = Pick<Bus, "last" | "record" | "next" | "loadSnapshot">;

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
  if (known === undefined) await applyAll(fold, await readPast(bus, records[0], 0, signal));
  fold.tail = records[0]?.prev ?? (newest === undefined ? [] : [...newest.prev, newest.seq].slice(-PREV_LENGTH));
  await applyAll(fold, records);
  fold.fence = last.seq;
  fold.last = newest;
  return { fold, unconfirmed: records.filter((record) => record.seq > fold.sentSeq) };
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
