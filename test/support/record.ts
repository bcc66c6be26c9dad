import type { LogEntry, LogRecord } from "#runtime/bus.ts";
import type { Address } from "#subjects/mod.ts";

/** An event `added` of a ledger that adds one, as a commit would put it into the log; its time is the number in its id. */
export function entryOf(address: Address, id: string, change: Partial<LogEntry> = {}): LogEntry {
  const nth = Number(/\d+$/.exec(id)?.[0] ?? 0);
  return {
    address,
    event: "added",
    data: { tag: id, amount: 1, total: nth + 1 },
    id,
    at: nth,
    version: 1,
    cause: `mail of ${id}`,
    correlation: id,
    traceId: "",
    sentSeq: 0,
    prev: [],
    process: "p",
    ...change,
  };
}

/** All records of some pages, in the order in which they come. */
export async function recordsOf(pages: AsyncIterable<readonly LogRecord[]>): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const page of pages) records.push(...page);
  return records;
}
