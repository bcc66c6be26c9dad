import { endOf, type Outcome } from "#bridges/conversation/turn.ts";
import type { Client, Hearing, LogRecord } from "#runtime/mod.ts";
import { type Address, REFUSAL, returnedSchema } from "#subjects/mod.ts";
import { OpenMail } from "./open-mail.ts";

/** Whatever was told wrongly of the clocks of two hosts, a message is looked for so much further back. Units: ms. */
const SLACK_MS = 60_000;

/**
 * The messages of one channel that somebody waits for: learns from what the channel tells, and from its log where that
 * may not be enough, how each of them ends. Reading a record twice changes nothing.
 */
export class ChannelWatch implements Disposable {
  readonly #client: Client;
  readonly #address: Address;
  readonly #signal: AbortSignal;
  readonly #open = new Map<string, OpenMail>();
  readonly #bySeq = new Map<number, OpenMail>();
  readonly #deaf: () => void;
  #search: Promise<void> | undefined;
  #searchAgain = false;
  #lastSeq: number | undefined;

  constructor(client: Client, hearing: Hearing, address: Address, signal: AbortSignal) {
    this.#client = client;
    this.#address = address;
    this.#signal = signal;
    this.#deaf = hearing.listen(address, {
      onRecord: (record) => this.#hear(record),
      onLive: (noun, data) => this.#glimpse(noun, data),
    });
  }

  get size(): number {
    return this.#open.size;
  }

  /** Begins to wait for a message that was perhaps heard since `sinceAt`. Units: ms since 1970. */
  open(id: string, sinceAt: number): OpenMail {
    const mail = this.#open.get(id) ?? new OpenMail(id, sinceAt - SLACK_MS);
    mail.watchers++;
    this.#open.set(id, mail);
    return mail;
  }

  /** One waits less for it. */
  leave(mail: OpenMail): void {
    mail.watchers--;
    if (mail.watchers > 0) return;
    this.#open.delete(mail.id);
    if (mail.place !== undefined) this.#bySeq.delete(mail.place.seq);
  }

  /** Reads the log back as far as an open message needs. Resolves when that is done, or nobody wants it any more. */
  lookBack(): Promise<void> {
    if (this.#search !== undefined) {
      this.#searchAgain = true;
      return this.#search;
    }
    this.#search = this.#searches().finally(() => {
      this.#search = undefined;
    });
    return this.#search;
  }

  [Symbol.dispose](): void {
    this.#deaf();
  }

  async #searches(): Promise<void> {
    do {
      this.#searchAgain = false;
      const sought = [...this.#open.values()];
      await this.#searchFor(sought).catch(() => {});
      for (const mail of sought) mail.searched();
    } while (this.#searchAgain && !this.#signal.aborted);
  }

  /** From the newest record back: how a turn ended is met before what it answers. */
  async #searchFor(sought: readonly OpenMail[]): Promise<void> {
    const ends = new Map<number, Outcome>();
    for await (const page of this.#client.backwards(this.#address, this.#signal)) {
      for (const record of page.toReversed()) this.#readBack(record, ends);
      const oldest = page[0];
      if (oldest !== undefined && !sought.some((mail) => isFurtherBack(mail, oldest))) return;
    }
  }

  #readBack(record: LogRecord, ends: Map<number, Outcome>): void {
    const end = endOf(record);
    for (const seq of end?.answers ?? []) if (end !== undefined) ends.set(seq, end.outcome);
    this.#read(record);
    const outcome = ends.get(record.seq);
    if (outcome !== undefined) this.#bySeq.get(record.seq)?.end(outcome);
  }

  #hear(record: LogRecord): void {
    const missed = this.#lastSeq !== undefined && record.prev.some((seq) => seq > (this.#lastSeq ?? 0));
    this.#lastSeq = record.seq;
    this.#read(record);
    if (missed) void this.lookBack();
  }

  #read(record: LogRecord): void {
    if (record.event === "heard" && record.cause !== undefined) {
      const mail = this.#open.get(record.cause);
      if (mail === undefined) return;
      mail.hear(record.seq, record.data);
      this.#bySeq.set(record.seq, mail);
      return;
    }
    const end = endOf(record);
    for (const seq of end?.answers ?? []) if (end !== undefined) this.#bySeq.get(seq)?.end(end.outcome);
  }

  #glimpse(noun: string, data: unknown): void {
    if (noun !== REFUSAL) return;
    const { success, data: refusal } = returnedSchema.safeParse(data);
    if (success) this.#open.get(refusal.id)?.end({ type: "refused", reason: refusal.reason, code: refusal.code });
  }
}

/** Whether what became of a message may stand before this record. */
function isFurtherBack(mail: OpenMail, oldest: LogRecord): boolean {
  if (mail.watchers === 0 || mail.isEnded) return false;
  if (mail.place !== undefined) return oldest.seq > mail.place.seq;
  return oldest.at >= mail.sinceAt;
}
