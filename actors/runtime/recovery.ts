import { setTimeout as delay } from "node:timers/promises";
import { type Address, type Fork, PREV_LENGTH } from "#subjects/mod.ts";
import type { AnyKind, Foldable } from "./actor.ts";
import type { Bus, LogRecord } from "./bus.ts";
import { NewerSchema, PUT_OFF_MS } from "./errors.ts";
import { Fold, type FoldStart } from "./fold.ts";
import { type Page, readAfter, scanForward } from "./history.ts";
import { foldAll, inTurns, lastUpTo, readLineage, readPast, upTo } from "./lineage.ts";
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
  if (last === undefined) return { fold: new Fold(kind, address), unconfirmed: [] };
  const start = decodeSnapshot(kind, bytes);
  const tail = await tailOf(bus, address, start, last, signal);
  const { records, before } = tail ?? { records: await readAfter(bus, address, last, 0, signal), before: undefined };
  const newest = records.at(-1) ?? (last.forged ? before : last);
  const fold = new Fold(kind, address, tail && start);
  const apply = (record: LogRecord) => fold.apply(record);
  if (tail === undefined) await inTurns(await readPast(bus, records[0], 0, signal), apply);
  fold.tail = records[0]?.prev ?? (newest === undefined ? [] : [...newest.prev, newest.seq].slice(-PREV_LENGTH));
  await inTurns(records, apply);
  fold.fence = last.seq;
  fold.last = newest;
  return { fold, unconfirmed: records.filter((record) => record.seq > fold.sentSeq) };
}

/**
 * An actor's state as of and with an event of its log, from its snapshot where that is no newer and the log bears it out.
 * Throws: NewerSchema; Closed.
 */
export async function readState<State>(
  bus: Reader,
  kind: Foldable<State>,
  past: Fork,
  signal: AbortSignal,
): Promise<State> {
  const { from, seq } = past;
  const [bytes, last] = await Promise.all([bus.loadSnapshot(from, signal), lastUpTo(bus, past, signal)]);
  if (last === undefined) return kind.initial(from);
  const start = decodeSnapshot(kind, bytes);
  const tail = start && start.seq <= seq ? await tailOf(bus, from, start, last, signal) : undefined;
  const records = tail?.records ?? (await readLineage(bus, from, last, 0, signal));
  // What a snapshot holds is whatever its kind's own state is: its version says that it is this one.
  const known = tail && start && { state: start.state as State, seq: start.seq };
  return (await foldAll(kind, from, upTo(records, seq), known)).state;
}

/**
 * The same; what a newer process wrote is waited for, until one that can read it takes over, as with mail.
 * Throws: AbortError; Closed.
 */
export async function awaitState<State>(
  bus: Reader,
  kind: Foldable<State>,
  past: Fork,
  signal: AbortSignal,
): Promise<State> {
  while (true) {
    try {
      return await readState(bus, kind, past, signal);
    } catch (error) {
      if (!(error instanceof NewerSchema)) throw error;
    }
    await delay(PUT_OFF_MS, undefined, { signal });
  }
}

/** The records after a snapshot, and the one it was taken at; undefined when the log is not the one it was taken of. */
async function tailOf(
  bus: Reader,
  address: Address,
  start: FoldStart | undefined,
  last: LogRecord,
  signal: AbortSignal,
): Promise<{ readonly records: Page; readonly before: LogRecord | undefined } | undefined> {
  if (start === undefined || start.seq > last.seq) return undefined;
  const [records, before] = await Promise.all([
    readAfter(bus, address, last, start.seq, signal),
    start.seq === last.seq ? last : bus.record(address, start.seq, signal),
  ]);
  if (before !== undefined) return before.id === start.id ? { records, before } : undefined;
  // With nothing but forgeries behind it, only what stands before it tells trimmed from put back.
  const [oldest = (await scanForward(bus, address, 0, signal))[0]] = records;
  return mayFollow(oldest, start.seq) ? { records, before } : undefined;
}

/**
 * Whether the oldest record left may have come after one that is gone. One that was trimmed is still named by those after
 * it; a sequence that was issued again to another actor is passed by.
 */
function mayFollow(oldest: LogRecord | undefined, seq: number): boolean {
  if (oldest === undefined || oldest.prev.includes(seq)) return true;
  return oldest.seq > seq && oldest.prev.length === PREV_LENGTH && oldest.prev.every((named) => named > seq);
}
