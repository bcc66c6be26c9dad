import { type Remark, remarkOf } from "#bridges/conversation/turn.ts";
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
  /** What is said to messages while a search goes on, by the seq of the message and its own. */
  readonly #remarks = new Map<number, Map<number, Remark>>();
  #search: Promise<void> | undefined;
  #searchAgain = false;
  /** Something that was told while the log is read was perhaps missed: what that reading finds may have a hole. */
  #missed = false;
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

  /** What was told of late may not have come: nothing counts as the end of a message until the log was read. */
  catchUp(): Promise<void> {
    for (const mail of this.#open.values()) mail.isFollowed = false;
    this.#missed = true;
    return this.lookBack();
  }

  [Symbol.dispose](): void {
    this.#deaf();
  }

  async #searches(): Promise<void> {
    do {
      this.#searchAgain = false;
      this.#missed = false;
      const sought = [...this.#open.values()];
      await this.#searchFor(sought).catch(() => {});
      for (const mail of sought) mail.searched();
    } while (this.#searchAgain && !this.#signal.aborted);
    this.#remarks.clear();
  }

  /** From the newest record back: what was said to a message is met before the message. */
  async #searchFor(sought: readonly OpenMail[]): Promise<void> {
    for await (const page of this.#client.backwards(this.#address, this.#signal)) {
      for (const record of page.toReversed()) this.#readBack(record);
      const oldest = page[0];
      if (oldest !== undefined && !sought.some((mail) => isFurtherBack(mail, oldest))) return;
    }
  }

  #readBack(record: LogRecord): void {
    const remark = remarkOf(record);
    if (remark !== undefined) this.#keep(remark);
    const mail = this.#hearIn(record);
    if (mail === undefined || this.#missed) return;
    mail.isFollowed = true;
    const said = [...(this.#remarks.get(record.seq)?.values() ?? [])];
    for (const each of said.toSorted((one, other) => one.seq - other.seq)) mail.take(each);
  }

  #hear(record: LogRecord): void {
    const missed = this.#lastSeq !== undefined && record.prev.some((seq) => seq > (this.#lastSeq ?? 0));
    this.#lastSeq = record.seq;
    if (missed) void this.catchUp();
    const mail = this.#hearIn(record);
    if (mail !== undefined) mail.isFollowed = true;
    const remark = remarkOf(record);
    if (remark === undefined) return;
    if (this.#search !== undefined) this.#keep(remark);
    for (const seq of remark.to) {
      const about = this.#bySeq.get(seq);
      if (about?.isFollowed) about.take(remark);
      else if (about !== undefined && this.#search === undefined) void this.lookBack();
    }
  }

  /** The open message that a record says was heard. */
  #hearIn(record: LogRecord): OpenMail | undefined {
    const mail = record.event === "heard" ? this.#open.get(record.cause ?? "") : undefined;
    mail?.hear(record.seq, record.data);
    if (mail !== undefined) this.#bySeq.set(record.seq, mail);
    return mail;
  }

  #keep(remark: Remark): void {
    for (const seq of remark.to) {
      const said = this.#remarks.get(seq) ?? new Map<number, Remark>();
      this.#remarks.set(seq, said.set(remark.seq, remark));
    }
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
