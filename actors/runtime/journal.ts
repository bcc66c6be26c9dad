import { randomBytes } from "node:crypto";
import type { Address } from "#subjects/mod.ts";
import type { AnyEvent } from "./actor.ts";
import type { LogEntry } from "./bus.ts";
import { Fenced } from "./errors.ts";
import type { Fold } from "./fold.ts";
import { findCause, loadActor } from "./history.ts";
import { dispatch } from "./outbox.ts";
import { encodeSnapshot } from "./snapshot.ts";
import type { Story } from "./steps.ts";
import type { ActorSystem } from "./system.ts";

/** Event traffic above which a snapshot is worth its while whatever the count of events. Units: bytes. */
const SNAPSHOT_BYTES = 256 * 1024;

/** One actor's log and what was folded of it: the only way to write to it. */
export class Journal {
  readonly #system: ActorSystem;
  readonly #address: Address;
  readonly #signal: AbortSignal;
  readonly fold: Fold;
  #bytesSinceSnapshot = 0;

  private constructor(system: ActorSystem, address: Address, signal: AbortSignal, fold: Fold) {
    this.#system = system;
    this.#address = address;
    this.#signal = signal;
    this.fold = fold;
  }

  /** Reads an actor back and sends again whatever its log does not say was confirmed. Throws: NewerSchema; Closed. */
  static async open(system: ActorSystem, address: Address, signal: AbortSignal): Promise<Journal> {
    const { fold, unconfirmed } = await loadActor(system.bus, system.kind, address, signal);
    for (const record of unconfirmed) {
      await dispatch(system, record, signal);
      fold.sentSeq = record.seq;
    }
    return new Journal(system, address, signal, fold);
  }

  /**
   * Appends an event behind all we know, folds it, and resolves when its sends are confirmed.
   * `cause` is the id of the mail it answers. Throws: Fenced when somebody else wrote; Closed.
   */
  async commit(event: AnyEvent, story: Story, cause?: string): Promise<void> {
    const { bus, clock, kind, options } = this.#system;
    const { fold } = this;
    const entry: LogEntry = {
      address: this.#address,
      event: event.type,
      data: event.data,
      id: randomBytes(9).toString("base64url"),
      at: Math.max(clock(), fold.last?.at ?? 0),
      version: kind.contract.version,
      correlation: story.correlation,
      traceId: story.traceId,
      sentSeq: fold.sentSeq,
      prev: fold.tail,
      process: options.process,
      ...(cause === undefined ? {} : { cause }),
    };
    const { seq, bytes } = await bus.append(entry, fold.fence, this.#signal);
    const record = { ...entry, seq, forged: false };
    fold.apply(record);
    this.#bytesSinceSnapshot += bytes;
    await dispatch(this.#system, record, this.#signal);
    fold.sentSeq = seq;
  }

  /** Whether a mail was handled before; asks the log where memory does not reach. Units: `at` ms since 1970. */
  async hasHandled(mailId: string, at: number): Promise<boolean> {
    const { seen, tail } = this.fold;
    if (seen.has(mailId)) return true;
    const sinceAt = seen.searchFrom(at);
    return sinceAt !== undefined && findCause(this.#system.bus, this.#address, tail, mailId, sinceAt, this.#signal);
  }

  /** Before mail that changed nothing is let go: was it judged by the newest state? Throws: Fenced when not. */
  async verifyNewest(): Promise<void> {
    const { fence, id } = this.fold;
    const last = await this.#system.bus.last(this.#address, this.#signal);
    const same = (last?.seq ?? 0) === fence && (last === undefined || last.forged || last.id === id);
    if (!same) throw new Fenced(this.#address, fence);
  }

  /** The story that the newest event belongs to; a new one where there is none. */
  story(): Story {
    const { last } = this.fold;
    if (last !== undefined) return { correlation: last.correlation, traceId: last.traceId };
    return { correlation: this.#address, traceId: randomBytes(16).toString("hex") };
  }

  /** Whether enough came since the last snapshot. */
  get wantsSnapshot(): boolean {
    return this.fold.sinceSnapshot >= this.#system.options.snapshotEvery || this.#bytesSinceSnapshot > SNAPSHOT_BYTES;
  }

  /** Saves a snapshot if events came since the last one and every send is confirmed. */
  async saveSnapshot(): Promise<void> {
    const { fold } = this;
    if (fold.sinceSnapshot === 0 || fold.sentSeq < fold.seq) return;
    const bytes = encodeSnapshot(this.#system.kind, fold);
    fold.sinceSnapshot = 0;
    this.#bytesSinceSnapshot = 0;
    if (bytes !== undefined) await this.#system.bus.saveSnapshot(this.#address, bytes);
  }
}
