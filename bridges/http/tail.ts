import type { Client, Hearing, LogRecord } from "#runtime/mod.ts";
import type { Address } from "#subjects/mod.ts";

/** What a reader of a channel gets: a record of its log, or something told in passing. */
export type Item =
  | { readonly type: "record"; readonly record: LogRecord }
  | { readonly type: "live"; readonly noun: string; readonly data: unknown };

/** So much is kept for a reader that is slower than the channel; then the rest is read from the log when it is wanted. */
const MAX_QUEUE = 64;

/** Records read from the log at a time. */
const PAGE = 32;

/**
 * Reads one channel in order at the pace of its reader: every record after a sequence once, and passing things while the
 * reader keeps up. What it holds is bounded however slow the reader and however long the log.
 */
export class Tail implements Disposable {
  readonly #client: Client;
  readonly #address: Address;
  readonly #closing = new AbortController();
  readonly #ends: readonly (() => void)[];
  #queue: Item[] = [];
  /** Sequences still to be read from the log, ascending. */
  #backlog: number[] = [];
  /** What is told cannot be relied on: the log has to be read. */
  #isBehind = true;
  #seq: number;
  #wake = Promise.withResolvers<void>();

  constructor(client: Client, hearing: Hearing, address: Address, fromSeq: number) {
    this.#client = client;
    this.#address = address;
    this.#seq = fromSeq;
    const deaf = hearing.listen(address, {
      onRecord: (record) => this.#push({ type: "record", record }),
      onLive: (noun, data) => this.#push({ type: "live", noun, data }),
    });
    const unlisten = client.wire.listen((event) => {
      if (event.type === "reconnected") this.#fallBehind();
    });
    this.#ends = [deaf, unlisten];
  }

  /** Sequence of the record handed on last. */
  get seq(): number {
    return this.#seq;
  }

  /** What comes next, at least one item. Throws: Closed once it is disposed of. */
  async next(): Promise<readonly Item[]> {
    while (true) {
      const items = this.#isBehind || this.#backlog.length > 0 ? await this.#fromLog() : this.#fromQueue();
      if (items.length > 0) return items;
      if (this.#isBehind || this.#backlog.length > 0 || this.#queue.length > 0) continue;
      await this.#wake.promise;
      this.#closing.signal.throwIfAborted();
    }
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    for (const end of this.#ends) end();
    this.#wake.resolve();
  }

  #push(item: Item): void {
    if (this.#isBehind) return;
    if (this.#queue.length >= MAX_QUEUE) {
      this.#fallBehind();
      return;
    }
    this.#queue.push(item);
    this.#wake.resolve();
  }

  #fallBehind(): void {
    this.#queue = [];
    this.#isBehind = true;
    this.#wake.resolve();
  }

  #fromQueue(): readonly Item[] {
    this.#wake = Promise.withResolvers<void>();
    const ready: Item[] = [];
    for (const item of this.#queue.splice(0)) {
      if (item.type === "record") {
        const { seq, prev } = item.record;
        if (seq <= this.#seq) continue;
        if (prev.some((before) => before > this.#seq)) {
          this.#fallBehind();
          return ready;
        }
        this.#seq = seq;
      }
      ready.push(item);
    }
    return ready;
  }

  async #fromLog(): Promise<readonly Item[]> {
    if (this.#backlog.length === 0) {
      // What is told from here on is kept, and skipped if the log had it too.
      this.#isBehind = false;
      this.#backlog = await this.#missing();
    }
    const page = this.#backlog.splice(0, PAGE);
    const { signal } = this.#closing;
    const found = await Promise.all(page.map((seq) => this.#client.record(this.#address, seq, signal)));
    this.#seq = page.at(-1) ?? this.#seq;
    const honest = found.filter((record) => record !== undefined).filter((record) => !record.forged);
    return honest.map((record) => ({ type: "record", record }));
  }

  /** The sequences after the last one handed on: gone back to in long hops, so that none but a few records are read. */
  async #missing(): Promise<number[]> {
    const { signal } = this.#closing;
    const hops: (readonly number[])[] = [];
    let place = await this.#client.last(this.#address, signal);
    if (place !== undefined && place.seq > this.#seq) hops.push([place.seq]);
    while (place !== undefined && place.seq > this.#seq) {
      const before = place.prev.filter((seq) => seq > this.#seq);
      hops.push(before);
      const [oldest] = before;
      place = oldest === undefined ? undefined : await this.#client.record(this.#address, oldest, signal);
    }
    return hops.toReversed().flat();
  }
}
