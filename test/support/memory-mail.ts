import type { Delivery, OutgoingMail, OutgoingTimer } from "#runtime/bus.ts";
import { type Address, HEADERS, subjectOf } from "#subjects/mod.ts";
import type { Scheduler } from "./scheduler.ts";

/** Mail as it lies in the queue. */
export type StoredMail = {
  readonly seq: number;
  readonly address: Address;
  readonly verb: string;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
};

/** One claim's pull on the queue. */
type Consumer = { readonly process: string; readonly take: (delivery: Delivery) => void; readonly out: Set<number> };

/** A kind's work queue in memory, and the timers that will become mail in it. One consumer at a time has it. */
export class MemoryMail {
  readonly #scheduler: Scheduler;
  readonly #loseAck: () => boolean;
  #queue: readonly StoredMail[] = [];
  #timers: readonly OutgoingTimer[] = [];
  #putOff: readonly { readonly seq: number; readonly dueAt: number }[] = [];
  #seqsById = new Map<string, { readonly seq: number; readonly at: number }>();
  #lastSeq = 0;
  #consumer: Consumer | undefined;
  #worked = new Set<number>();
  #now: number;

  constructor(scheduler: Scheduler, now: number, loseAck: () => boolean) {
    this.#scheduler = scheduler;
    this.#loseAck = loseAck;
    this.#now = now;
  }

  /** How long the queue knows mail by its id. Units: ms. */
  static readonly windowMs = 30_000;

  /** Puts mail into the queue; the same mail within the window is there already. */
  post(mail: OutgoingMail): void {
    const key = `${mail.to}:${mail.id}`;
    const known = this.#seqsById.get(key);
    if (known !== undefined && this.#now - known.at < MemoryMail.windowMs) return;
    const { to, verb } = mail;
    const seq = this.put({ address: to, verb, body: Buffer.from(JSON.stringify(mail.data)), headers: headersOf(mail) });
    this.#seqsById.set(key, { seq, at: this.#now });
  }

  /** Puts anything into the queue, known or not. */
  put(mail: Omit<StoredMail, "seq">): number {
    const seq = ++this.#lastSeq;
    this.#queue = [...this.#queue, { ...mail, seq }];
    this.#offer(seq);
    return seq;
  }

  /** Sets a timer; one of the same name is replaced. */
  schedule(timer: OutgoingTimer): void {
    this.#timers = [...this.#timers.filter((other) => other.name !== timer.name || other.to !== timer.to), timer];
  }

  /** Gives the queue to a new consumer: the one before gets nothing more, and is heard no more. */
  consume(process: string, take: (delivery: Delivery) => void): void {
    this.#consumer = { process, take, out: new Set() };
    for (const { seq } of this.#queue) this.#offer(seq);
  }

  /** Hands mail out again as the server does when it waited too long for word of it. */
  expire(): void {
    const silent = [...(this.#consumer?.out ?? [])].filter((seq) => !this.#worked.has(seq));
    this.#worked = new Set();
    for (const seq of silent) this.#offer(seq);
  }

  /** Hands one unacknowledged mail out a second time. */
  repeat(pick: (count: number) => number): void {
    const out = [...(this.#consumer?.out ?? [])];
    const seq = out.length === 0 ? undefined : out[pick(out.length)];
    if (seq !== undefined) this.#offer(seq);
  }

  /** Turns timers that are due into mail. Units: ms since 1970. */
  passTo(now: number): void {
    this.#now = now;
    const due = this.#timers.filter((timer) => timer.dueAt <= now);
    this.#timers = this.#timers.filter((timer) => timer.dueAt > now);
    for (const timer of due) {
      const { to: address, verb, data, name } = timer;
      const headers = { ...headersOf(timer), [HEADERS.scheduler]: subjectOf(address, "at", name) };
      this.put({ address, verb, body: Buffer.from(JSON.stringify(data)), headers });
    }
    const again = this.#putOff.filter(({ dueAt }) => dueAt <= now);
    this.#putOff = this.#putOff.filter(({ dueAt }) => dueAt > now);
    for (const { seq } of again) this.#offer(seq);
  }

  /** When the next thing is due; undefined when nothing waits for a time. Units: ms since 1970. */
  nextDueAt(): number | undefined {
    const times = [...this.#timers, ...this.#putOff].map(({ dueAt }) => dueAt);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  waiting(): readonly StoredMail[] {
    return this.#queue;
  }

  timers(): readonly OutgoingTimer[] {
    return this.#timers;
  }

  /** What `restore` puts back. */
  save(): () => void {
    const [queue, timers, putOff, lastSeq] = [this.#queue, this.#timers, this.#putOff, this.#lastSeq];
    return () => {
      this.#queue = queue;
      this.#timers = timers;
      this.#putOff = putOff;
      this.#lastSeq = lastSeq;
      this.#seqsById = new Map();
      this.#consumer = undefined;
    };
  }

  #offer(seq: number): void {
    const consumer = this.#consumer;
    if (consumer === undefined) return;
    this.#scheduler.add(`deliver ${seq}`, undefined, () => {
      const mail = this.#queue.find((each) => each.seq === seq);
      if (mail === undefined || this.#consumer !== consumer) return;
      consumer.out.add(seq);
      this.#scheduler.add(`take ${seq}`, consumer.process, () => consumer.take(this.#delivery(mail, consumer)));
    });
  }

  #delivery(mail: StoredMail, consumer: Consumer): Delivery {
    const tell = (word: string, effect: () => void): void =>
      this.#scheduler.add(`${word} ${mail.seq}`, undefined, () => {
        if (this.#consumer === consumer) effect();
      });
    const remove = (): void => {
      consumer.out.delete(mail.seq);
      this.#queue = this.#queue.filter((each) => each.seq !== mail.seq);
    };
    return {
      ...mail,
      header: (name) => mail.headers[name],
      ack: () => {
        if (!this.#loseAck()) tell("ack", remove);
      },
      working: () => void this.#worked.add(mail.seq),
      later: (delayMs) => {
        this.#putOff = [...this.#putOff, { seq: mail.seq, dueAt: this.#now + delayMs }];
      },
      terminate: () => tell("term", remove),
    };
  }
}

/** The headers that mail travels with. */
export function headersOf(mail: OutgoingMail): Readonly<Record<string, string>> {
  return {
    [HEADERS.id]: mail.id,
    [HEADERS.time]: `${mail.at}`,
    [HEADERS.version]: `${mail.version}`,
    [HEADERS.correlation]: mail.correlation,
    ...(mail.from === undefined ? {} : { [HEADERS.from]: mail.from }),
    ...(mail.cause === undefined ? {} : { [HEADERS.cause]: mail.cause }),
    ...(mail.trace === "" ? {} : { [HEADERS.trace]: mail.trace }),
  };
}
