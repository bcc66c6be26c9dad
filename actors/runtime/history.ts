import { type Address, PREV_LENGTH } from "#subjects/mod.ts";
import type { Bus, LogRecord } from "./bus.ts";

/** What it takes to go from record to record; `next` finds older ones behind a gap wider than any record tells. */
export type Walker = Pick<Bus, "last" | "record"> & Partial<Pick<Bus, "next">>;

/** Honest records of one actor that stand next to each other, ascending. */
export type Page = readonly LogRecord[];

/** The ids of all mail that was handled since a time, from the newest record back. Units: `sinceAt` ms since 1970. */
export async function causesSince(
  bus: Walker,
  address: Address,
  tail: readonly number[],
  sinceAt: number,
  signal: AbortSignal,
): Promise<Set<string>> {
  const causes = new Set<string>();
  for await (const page of pagesOf(bus, address, tail, 0, signal)) {
    for (const { cause } of page) if (cause !== undefined) causes.add(cause);
    if ((page[0]?.at ?? 0) < sinceAt) break;
  }
  return causes;
}

/** The honest records after a sequence up to and including `last`, if that is honest; ascending, trimmed ones are skipped. */
export async function readAfter(
  bus: Walker,
  address: Address,
  last: LogRecord,
  from: number,
  signal: AbortSignal,
): Promise<Page> {
  const pages: Page[] = [];
  for await (const page of pagesBack(bus, address, last, from, signal)) pages.push(page);
  return pages.reverse().flat();
}

/** The same, a page at a time, the newest first. */
export async function* pagesBack(
  bus: Walker,
  address: Address,
  last: LogRecord,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  if (last.seq <= from) return;
  if (last.forged) yield await scanForward(bus, address, from, signal);
  else {
    yield [last];
    yield* pagesOf(bus, address, last.prev, from, signal);
  }
}

/** The records that stand at `named`, and all before them. A record that names fewer than it can names all there are. */
async function* pagesOf(
  bus: Walker,
  address: Address,
  named: readonly number[],
  from: number,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  for (let seqs = named; seqs.length > 0; ) {
    const wanted = seqs.filter((seq) => seq > from);
    const page = await fetchRecords(bus, address, wanted, signal);
    if (page.length > 0) yield page;
    if (wanted.length < PREV_LENGTH) return;
    const [oldest] = page;
    if (oldest === undefined) yield await readBefore(bus, address, from, wanted[0] ?? 0, signal);
    seqs = oldest?.prev ?? [];
  }
}

/** Reads every record after a sequence one by one: slow, for the rare log into which an answer was forged. */
export function scanForward(bus: Walker, address: Address, from: number, signal: AbortSignal): Promise<Page> {
  return readBefore(bus, address, from, Number.POSITIVE_INFINITY, signal);
}

/** What is left between two sequences, where all that the later one names is gone. */
async function readBefore(
  bus: Walker,
  address: Address,
  from: number,
  until: number,
  signal: AbortSignal,
): Promise<Page> {
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

async function fetchRecords(
  bus: Pick<Bus, "record">,
  address: Address,
  seqs: readonly number[],
  signal: AbortSignal,
): Promise<Page> {
  const records = await Promise.all(seqs.map((seq) => bus.record(address, seq, signal)));
  return records.filter((record) => record !== undefined).filter((record) => !record.forged);
}
