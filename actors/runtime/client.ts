import { randomBytes } from "node:crypto";
import { ServiceError, type ServiceStats, Svcm } from "@nats-io/services";
import type { Msg } from "@nats-io/transport-node";
import {
  type Address,
  formatTraceparent,
  KINDS,
  type KindContract,
  type Moment,
  parseAddress,
  subjectOf,
} from "#subjects/mod.ts";
import type { OpenArtifact } from "./artifact.ts";
import { artifactReader } from "./artifact-store.ts";
import { type Entry, entriesOf, entryText } from "./bucket-entry.ts";
import type { LogRecord } from "./bus.ts";
import { type BusAccess, connectToBus } from "./connection.ts";
import { Unanswered } from "./errors.ts";
import { type Follow, Follower } from "./follower.ts";
import { Hearing } from "./hearing.ts";
import { pagesBack } from "./history.ts";
import { PAST_MS, readLineage } from "./lineage.ts";
import { postMail } from "./nats-bus.ts";
import { NatsLog } from "./nats-log.ts";
import { mailVersion } from "./outbox.ts";
import { Wire } from "./wire.ts";

/** A key given by a person or script names one message for so long. Units: ms. */
const KEY_LIFE_MS = 24 * 60 * 60_000;

/** How long the processes of all kinds have to answer. Units: ms. */
const CENSUS_MS = 500;

/** The longest a question may wait for its actor. Units: ms. */
const ASK_MS = 3_000;

/** What else there is to say about a message. */
export type Posting = {
  /** The same key is the same message for 24 hours, however often it is sent. */
  readonly key?: string;
  /** The id to repeat an earlier attempt under, within two minutes of it; made anew where left out. */
  readonly id?: string;
  /** Gives it up: Closed is thrown, and whether the bus has it nobody knows. */
  readonly signal?: AbortSignal;
};

/** Everybody on the bus who is no actor: sends mail, follows logs, asks. */
export class Client implements AsyncDisposable {
  readonly wire: Wire;
  readonly #log: NatsLog;
  readonly #contracts: readonly KindContract[];
  readonly #closing = new AbortController();

  constructor(wire: Wire, contracts: readonly KindContract[] = KINDS) {
    this.wire = wire;
    this.#log = new NatsLog(wire, "nearest");
    this.#contracts = contracts;
  }

  /** Connects as one of the bus's users. Throws: BusUnreachable. */
  static async connect(access: BusAccess, apiPrefix?: string): Promise<Client> {
    return new Client(await Wire.over(await connectToBus(access), apiPrefix));
  }

  /** Sends mail; resolves with its id when the bus has it. Repeats under the same id are one mail. Throws: Closed. */
  async send(to: Address, verb: string, data: object, { key, id, signal }: Posting = {}): Promise<string> {
    const mailId = key ?? id ?? randomBytes(9).toString("base64url");
    const now = Date.now();
    const trace = formatTraceparent({
      traceId: randomBytes(16).toString("hex"),
      spanId: randomBytes(8).toString("hex"),
    });
    const mail = {
      to,
      verb,
      data,
      id: mailId,
      // A keyed message may have been heard at any time of the key's life: the actor searches that far back.
      at: key === undefined ? now : now - KEY_LIFE_MS,
      version: mailVersion(this.#contracts, parseAddress(to).kind),
      correlation: mailId,
      trace,
    };
    await postMail(this.wire, mail, signal ?? this.#closing.signal);
    return mailId;
  }

  /** Follows one actor's log, and what it tells in passing. */
  follow(address: Address, follow: Follow): Follower {
    return new Follower(this.wire, address, follow);
  }

  /** Hears all actors of a kind at once: for whoever follows many. */
  hearing(kind: string): Hearing {
    return new Hearing(this.wire, kind);
  }

  /** An actor's newest record; undefined when it has none. */
  last(address: Address, signal: AbortSignal = this.#closing.signal): Promise<LogRecord | undefined> {
    return this.#log.last(address, signal);
  }

  /** One record of an actor; undefined when it was trimmed or is no record of it. */
  record(address: Address, seq: number, signal: AbortSignal = this.#closing.signal): Promise<LogRecord | undefined> {
    return this.#log.record(address, seq, signal);
  }

  /** An actor's history from its newest record back, a page at a time, each in order. */
  async *backwards(address: Address, signal: AbortSignal = this.#closing.signal): AsyncGenerator<readonly LogRecord[]> {
    const last = await this.#log.last(address, signal);
    if (last !== undefined) yield* pagesBack(this.#log, address, last, 0, signal);
  }

  /** An actor's history after a sequence, in order; that of a fork begins in the log of the other. */
  async history(address: Address, fromSeq = 0): Promise<readonly LogRecord[]> {
    const { signal } = this.#closing;
    const last = await this.#log.last(address, signal);
    return last === undefined ? [] : readLineage(this.#log, address, last, fromSeq, signal);
  }

  /** An entry of a bucket, where our contract lets us read it; undefined when there is none or it was deleted. */
  async entry(bucket: string, key: string, signal: AbortSignal = this.#closing.signal): Promise<unknown> {
    const text = await this.entryText(bucket, key, signal);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** The same, of an entry that is text. */
  entryText(bucket: string, key: string, signal: AbortSignal = this.#closing.signal): Promise<string | undefined> {
    return entryText(this.wire, bucket, key, signal);
  }

  /** The entries of a bucket that our contract lets us list, by a pattern of keys, in the order of their last change. */
  entriesOf(bucket: string, pattern: string, signal: AbortSignal = this.#closing.signal): Promise<readonly Entry[]> {
    return entriesOf(this.wire, bucket, pattern, signal);
  }

  /** What is in the object store under a name; undefined when there is nothing. Throws: NotAllowed; Closed. */
  artifact(name: string, signal: AbortSignal = this.#closing.signal): Promise<OpenArtifact | undefined> {
    return artifactReader(this.wire, signal).get(name);
  }

  /** Asks an actor a question of its contract, or how it stands, or stood at a `moment`. Throws: Unanswered. */
  async ask(address: Address, question: string, moment: Moment = {}): Promise<unknown> {
    const isPast = Object.keys(moment).length > 0;
    const timeout = isPast ? PAST_MS : ASK_MS;
    const body = isPast ? JSON.stringify(moment) : "";
    let answer: Msg;
    try {
      answer = await this.wire.nc.request(subjectOf(address, "ask", question), body, { timeout });
    } catch (error) {
      const { kind } = parseAddress(address);
      throw new Unanswered(address, question, `no process of kind ${kind} answered`, error);
    }
    const refusal = ServiceError.toServiceError(answer);
    if (refusal !== null) throw new Unanswered(address, question, refusal.message);
    return answer.json();
  }

  /** What every process on the bus says of itself. */
  async census(): Promise<readonly ServiceStats[]> {
    const stats: ServiceStats[] = [];
    const client = new Svcm(this.wire.nc).client({ maxWait: CENSUS_MS, strategy: "timer" });
    for await (const each of await client.stats()) stats.push(each);
    return stats;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.wire.nc.close();
  }
}
