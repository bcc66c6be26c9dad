import type { LogEntry, LogRecord } from "#runtime/bus.ts";
import type { Address } from "#subjects/mod.ts";

/** What the log stream answers to a publish. */
type Stored = { readonly type: "stored"; readonly seq: number; readonly bytes: number } | { readonly type: "fenced" };

/** A kind's log stream in memory: records of many actors under one row of sequences. */
export class MemoryLog {
  #records: readonly LogRecord[] = [];
  #lastSeq = 0;

  /** Stores an entry if `fence` is the newest sequence of its actor; who repeats a stored entry is fenced by it. */
  publish(entry: LogEntry, fence: number): Stored {
    if ((this.last(entry.address)?.seq ?? 0) !== fence) return { type: "fenced" };
    const text = JSON.stringify(entry);
    const seq = this.#store({ ...(JSON.parse(text) as LogEntry), seq: 0, forged: false });
    return { type: "stored", seq, bytes: JSON.stringify(entry.data).length };
  }

  /** Stores what no commit wrote. */
  forge(address: Address, event: string, data: unknown): number {
    const blank = { id: "", at: 0, version: 1, correlation: "", traceId: "", sentSeq: 0, prev: [], process: "" };
    return this.#store({ address, event, data, ...blank, seq: 0, forged: true });
  }

  last(address: Address): LogRecord | undefined {
    return this.#records.findLast((record) => record.address === address);
  }

  record(address: Address, seq: number): LogRecord | undefined {
    return this.#records.find((record) => record.address === address && record.seq === seq);
  }

  next(address: Address, fromSeq: number): LogRecord | undefined {
    return this.#records.find((record) => record.address === address && record.seq >= fromSeq);
  }

  /** All that happened to an actor, forgeries included. */
  of(address: Address): readonly LogRecord[] {
    return this.#records.filter((record) => record.address === address);
  }

  /** Removes records up to a sequence, as an operator may. */
  trim(address: Address, toSeq: number): void {
    this.#records = this.#records.filter((record) => record.address !== address || record.seq > toSeq);
  }

  /** What `restore` puts back; sequences issued since are issued again. */
  save(): () => void {
    const [records, lastSeq] = [this.#records, this.#lastSeq];
    return () => {
      this.#records = records;
      this.#lastSeq = lastSeq;
    };
  }

  #store(record: LogRecord): number {
    const seq = ++this.#lastSeq;
    this.#records = [...this.#records, { ...record, seq }];
    return seq;
  }
}
