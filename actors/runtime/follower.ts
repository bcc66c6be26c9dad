import type { Msg, Subscription } from "@nats-io/transport-node";
import { type Address, planeFilter } from "#subjects/mod.ts";
import type { LogRecord } from "./bus.ts";
import { Closed } from "./errors.ts";
import { readAfter } from "./history.ts";
import { NatsLog } from "./nats-log.ts";
import { readGlimpse, readTold } from "./told.ts";
import type { Wire } from "./wire.ts";

/** What a follower hands on, in the order of the log. */
export type Follow = {
  /** Records after this sequence are handed on. */
  readonly fromSeq: number;
  readonly onRecord: (record: LogRecord) => void;
  /** Passing things, as they come; nobody may count on them. */
  readonly onLive?: (noun: string, data: unknown) => void;
};

/**
 * Follows one actor's log without any right to make consumers: every record after `fromSeq` once, in order. It listens to
 * what the server tells again, sees gaps by the sequences each record names, and fills them by direct gets.
 */
export class Follower implements Disposable {
  readonly #address: Address;
  readonly #follow: Follow;
  readonly #log: NatsLog;
  readonly #subscriptions: readonly Subscription[];
  readonly #closing = new AbortController();
  readonly #unlisten: () => void;
  #seq: number;
  #turn: Promise<void> = Promise.resolve();

  constructor(wire: Wire, address: Address, follow: Follow) {
    this.#address = address;
    this.#follow = follow;
    this.#log = new NatsLog(wire, "nearest");
    this.#seq = follow.fromSeq;
    const on = (plane: "log" | "live", handle: (message: Msg) => void): Subscription =>
      wire.nc.subscribe(planeFilter(address, plane), {
        callback: (error, message) => {
          if (error === null) handle(message);
        },
      });
    this.#subscriptions = [
      on("log", (message) => void this.#inTurn(() => this.#hear(message)).catch(() => {})),
      on("live", (message) => this.#glimpse(message)),
    ];
    this.#unlisten = wire.listen((event) => {
      if (event.type === "reconnected") this.caughtUp().catch(() => {});
    });
    this.caughtUp().catch(() => {});
  }

  /** Resolves once everything that stood in the log when this was called has been handed on, or it was disposed of. */
  caughtUp(): Promise<void> {
    return this.#inTurn(async () => {
      const last = await this.#log.last(this.#address, this.#closing.signal);
      if (last !== undefined) await this.#upTo(last);
    });
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#unlisten();
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  async #hear(message: Msg): Promise<void> {
    const record = readTold(message);
    if (record?.address === this.#address) await this.#upTo(record);
  }

  /** Hands on all up to a record, reading back what was missed in between. */
  async #upTo(record: LogRecord): Promise<void> {
    if (record.forged || record.seq <= this.#seq) return;
    for (const each of await readAfter(this.#log, this.#address, record, this.#seq, this.#closing.signal)) {
      if (this.#closing.signal.aborted) return;
      this.#seq = each.seq;
      this.#follow.onRecord(each);
    }
  }

  #glimpse(message: Msg): void {
    const glimpse = readGlimpse(message);
    if (glimpse !== undefined) this.#follow.onLive?.(glimpse.noun, glimpse.data);
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(run).catch((error: unknown) => {
      if (!(error instanceof Closed)) throw error;
    });
    this.#turn = done.catch(() => {});
    return done;
  }
}
