import { setTimeout as delay } from "node:timers/promises";
import { type Address, commitFilter, logStream, parseAddress } from "#subjects/mod.ts";
import type { LogRecord } from "./bus.ts";
import { answerOf } from "./nats-errors.ts";
import { readRecord } from "./record.ts";
import type { Wire } from "./wire.ts";

/** What a stream is asked for; the client's own type leaves `next_by_subj` out. */
type Query = { readonly last_by_subj: string } | { readonly seq: number; readonly next_by_subj?: string };

/** A replica may lag behind for so long before a record it has not counts as trimmed. */
const LAG = { tries: 3, waitMs: 40 } as const;

/**
 * Reads logs. An owner asks the `leader`, whose word is final; whoever only looks on asks the `nearest` replica, for
 * which less right is needed and which may lag behind for a moment.
 */
export class NatsLog {
  readonly #wire: Wire;
  readonly #from: "leader" | "nearest";

  constructor(wire: Wire, from: "leader" | "nearest") {
    this.#wire = wire;
    this.#from = from;
  }

  /** The newest record of an actor. Throws: Closed. */
  last(address: Address, signal: AbortSignal): Promise<LogRecord | undefined> {
    const query = { last_by_subj: commitFilter(address) };
    return this.#from === "leader" ? this.#ask(address, query, signal) : this.#askNearest(address, query, signal);
  }

  /** The first record of an actor at or after a sequence. Throws: Closed. */
  next(address: Address, fromSeq: number, signal: AbortSignal): Promise<LogRecord | undefined> {
    const query = { seq: fromSeq, next_by_subj: commitFilter(address) };
    return this.#from === "leader" ? this.#ask(address, query, signal) : this.#askNearest(address, query, signal);
  }

  /** One record; undefined when it was trimmed, or its sequence issued again to somebody else. Throws: Closed. */
  async record(address: Address, seq: number, signal: AbortSignal): Promise<LogRecord | undefined> {
    let record = await this.#askNearest(address, { seq }, signal);
    // A replica may not have it yet; the leader's word is final.
    if (record === undefined && this.#from === "leader") record = await this.#ask(address, { seq }, signal);
    for (let tries = 0; record === undefined && this.#from === "nearest" && tries < LAG.tries; tries++) {
      await delay(LAG.waitMs, undefined, { signal }).catch(() => {});
      record = await this.#askNearest(address, { seq }, signal);
    }
    return record?.address === address ? record : undefined;
  }

  async #askNearest(address: Address, query: Query, signal: AbortSignal): Promise<LogRecord | undefined> {
    const stream = logStream(parseAddress(address).kind);
    const got = await this.#wire.persist(() => this.#wire.jsm.direct.getMessage(stream, query), signal);
    return got === null ? undefined : readRecord({ ...found(got), headers: got.header }, 1);
  }

  async #ask(address: Address, query: Query, signal: AbortSignal): Promise<LogRecord | undefined> {
    const stream = logStream(parseAddress(address).kind);
    try {
      const got = await this.#wire.persist(() => this.#wire.jsm.streams.getMessage(stream, query), signal);
      return got === null ? undefined : readRecord({ ...found(got), headers: got.header }, 0);
    } catch (error) {
      if (answerOf(error) === "messageMissing") return undefined;
      throw error;
    }
  }
}

function found(message: { readonly subject: string; readonly seq: number; readonly data: Uint8Array }): {
  readonly subject: string;
  readonly seq: number;
  readonly body: Uint8Array;
} {
  return { subject: message.subject, seq: message.seq, body: message.data };
}
