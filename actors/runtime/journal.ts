import { randomBytes } from "node:crypto";
import type { Address } from "#subjects/mod.ts";
import type { AnyEvent } from "./actor.ts";
import type { LogEntry, LogRecord } from "./bus.ts";
import { Fenced } from "./errors.ts";
import type { Fold } from "./fold.ts";
import { causesSince } from "./history.ts";
import { freshId } from "./ids.ts";
import { dispatch, hasVisibleSends } from "./outbox.ts";
import { type Loaded, loadActor } from "./recovery.ts";
import { encodeSnapshot } from "./snapshot.ts";
import type { Story } from "./steps.ts";
import type { ActorSystem } from "./system.ts";

/** Event traffic above which a snapshot is worth its while whatever the count of events. Units: bytes. */
const SNAPSHOT_BYTES = 256 * 1024;

/** Writing a snapshot costs by its size: one above the first is not written anew before the log grew by that share of it. */
const LARGE_SNAPSHOT = { bytes: 64 * 1024, share: 1 / 8 } as const;

/** Events short of this share of a snapshot's worth are read back about as fast as one, and cost the bus nothing more to keep. */
const FEW_EVENTS = 1 / 4;

/** Beyond so many ids of mail the oldest are let go, by searching the log anew. */
const MAX_RECALLED = 100_000;

/** One actor's log and what was folded of it: the only way to write to it. */
export class Journal {
  readonly #system: ActorSystem;
  readonly #address: Address;
  readonly #signal: AbortSignal;
  readonly fold: Fold;
  #unconfirmed: readonly LogRecord[];
  /** What the log was searched for once, kept while the actor is in memory: the next search need not read it again. */
  #recalled: { readonly sinceAt: number; readonly causes: Set<string> } | undefined;
  #bytesSinceSnapshot = 0;
  #bytesWorthSnapshot = 0;

  private constructor(system: ActorSystem, address: Address, signal: AbortSignal, loaded: Loaded) {
    this.#system = system;
    this.#address = address;
    this.#signal = signal;
    this.fold = loaded.fold;
    this.#unconfirmed = loaded.unconfirmed;
  }

  /** Reads an actor back and sends again whatever its log does not say was confirmed. Throws: NewerSchema; Closed. */
  static async open(system: ActorSystem, address: Address, signal: AbortSignal): Promise<Journal> {
    const journal = new Journal(system, address, signal, await loadActor(system.bus, system.kind, address, signal));
    await journal.confirm();
    return journal;
  }

  /** Appends an event and resolves when its sends are confirmed. Throws: Fenced when somebody else wrote; Closed. */
  async commit(event: AnyEvent, story: Story, cause?: string): Promise<void> {
    await this.append(event, story, cause);
    await this.confirm();
  }

  /**
   * Puts an event behind all we know and folds it. `cause` is the id of the mail it answers; what answers no mail is not
   * to be judged again once this has resolved. Throws: Fenced when somebody else wrote; Closed.
   */
  async append(event: AnyEvent, story: Story, cause?: string): Promise<void> {
    const { bus, clock, kind, options } = this.#system;
    const { fold } = this;
    const entry: LogEntry = {
      address: this.#address,
      event: event.type,
      data: event.data,
      id: freshId(),
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
    if (cause !== undefined) this.#recalled?.causes.add(cause);
    this.#bytesSinceSnapshot += bytes;
    this.#unconfirmed = [...this.#unconfirmed, record];
  }

  /** Resolves when every send is confirmed. Throws: Closed. */
  async confirm(): Promise<void> {
    for (const record of this.#unconfirmed) {
      await dispatch(this.#system, record, this.#signal);
      this.#unconfirmed = this.#unconfirmed.slice(1);
      this.fold.sentSeq = record.seq;
    }
  }

  /** Whether a mail was handled before; asks the log where memory does not reach. Units: `at` ms since 1970. */
  async hasHandled(mailId: string, at: number): Promise<boolean> {
    const { seen, tail } = this.fold;
    if (seen.has(mailId)) return true;
    const sinceAt = seen.searchFrom(at);
    if (sinceAt === undefined) return false;
    const known = this.#recalled;
    const isEnough = known !== undefined && known.sinceAt <= sinceAt && known.causes.size < MAX_RECALLED;
    const causes = isEnough
      ? known.causes
      : await causesSince(this.#system.bus, this.#address, tail, sinceAt, this.#signal);
    this.#recalled = { sinceAt: isEnough ? known.sinceAt : sinceAt, causes };
    return causes.has(mailId);
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
    if (this.#bytesSinceSnapshot < this.#bytesWorthSnapshot) return false;
    return this.fold.sinceSnapshot >= this.#system.options.snapshotEvery || this.#bytesSinceSnapshot > SNAPSHOT_BYTES;
  }

  /**
   * Saves a snapshot for an actor that leaves memory, where that saves anything: only a snapshot knows that the newest
   * event's sends are confirmed, so without one they leave once more when it is read back.
   */
  async saveOnLeaving(): Promise<void> {
    const { last, sinceSnapshot } = this.fold;
    const resends = last !== undefined && hasVisibleSends(this.#system.kind, last);
    if (resends || sinceSnapshot >= this.#system.options.snapshotEvery * FEW_EVENTS) await this.saveSnapshot();
  }

  /** Saves a snapshot if events came since the last one and every send is confirmed; that it may fail harms nobody. */
  async saveSnapshot(): Promise<void> {
    const { fold } = this;
    if (fold.sinceSnapshot === 0 || fold.sentSeq < fold.seq) return;
    fold.sinceSnapshot = 0;
    this.#bytesSinceSnapshot = 0;
    try {
      const bytes = encodeSnapshot(this.#system.kind, fold);
      const size = bytes?.length ?? Number.POSITIVE_INFINITY;
      const worth = size > LARGE_SNAPSHOT.bytes ? size * LARGE_SNAPSHOT.share : 0;
      this.#bytesWorthSnapshot = Math.min(worth, SNAPSHOT_BYTES);
      if (bytes !== undefined) await this.#system.bus.saveSnapshot(this.#address, bytes);
    } catch (error) {
      this.#system.logger.debug({ address: this.#address, err: error }, "a snapshot was not saved; the log has it all");
    }
  }
}
