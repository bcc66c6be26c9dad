import assert from "node:assert/strict";
import type { AnyKind } from "#runtime/actor.ts";
import type { LogRecord } from "#runtime/bus.ts";
import { eventOf } from "#runtime/fold.ts";
import { type Address, PREV_LENGTH, RESUMED } from "#subjects/mod.ts";
import { type LedgerOptions, type LedgerState, ledgerContract, ledgerKind } from "./ledger.ts";
import { type HostLine, MemoryHost, type MemoryHostOptions } from "./memory-host.ts";
import { MemoryStore } from "./memory-store.ts";
import { type Pick, Scheduler } from "./scheduler.ts";

/** Mail that a test posts as somebody outside would. */
export type ClientMail = { readonly to: Address; readonly verb: string; readonly data: unknown; readonly id: string };

/** How a world is set up. */
export type WorldOptions = LedgerOptions & {
  readonly pick?: Pick;
  readonly host?: MemoryHostOptions["host"];
  /** The actor that whoever serves wakes. */
  readonly resident?: Address;
  /** Processes believe to be the owner whatever the store says. */
  readonly blind?: boolean;
};

/** Ledgers, the processes that serve them one after the other, and a store: a bus with everything under a test's hand. */
export class LedgerWorld {
  readonly store: MemoryStore;
  readonly scheduler: Scheduler;
  readonly lines: HostLine[] = [];
  readonly posted: (ClientMail & { readonly at: number })[] = [];
  readonly #options: WorldOptions;
  readonly #zombies: MemoryHost[] = [];
  #owner: MemoryHost | undefined;
  #processes = 0;
  #checkpoint: (() => void) | undefined;

  constructor(options: WorldOptions = {}) {
    const pick = options.pick ?? (() => 0);
    this.#options = options;
    this.scheduler = new Scheduler(pick);
    this.store = new MemoryStore(this.scheduler, pick);
  }

  /** The process that serves; one is started where there is none. */
  get owner(): MemoryHost {
    if (this.#owner === undefined || !this.#owner.isOpen) this.#owner = this.start();
    return this.#owner;
  }

  /** Starts a process that takes everything over; whoever had it may find out or not. */
  start(options: LedgerOptions = {}): MemoryHost {
    const process = `p${++this.#processes}`;
    const { host, blind, perform, resident } = this.#options;
    const kind = ledgerKind({ ...this.#options, perform: perform ?? this.#work(process), ...options });
    this.#owner = new MemoryHost(this.store, process, kind, {
      contracts: [kind.contract],
      lines: this.lines,
      ...(host === undefined ? {} : { host }),
      ...(blind === undefined ? {} : { blind }),
      ...(resident === undefined ? {} : { resident }),
    }).serve();
    if (resident !== undefined) this.#owner.actor(resident).wake();
    return this.#owner;
  }

  /** Posts mail from outside and remembers it. */
  post(to: Address, verb: string, data: unknown, id: string = `client-${this.posted.length}`): void {
    void this.owner;
    const mail = { to, verb, data, id, at: this.store.now };
    this.posted.push(mail);
    this.#post(mail);
  }

  /** Mail from outside comes again, long after the queue has forgotten it. */
  repeat(index: number): void {
    const mail = this.posted[index];
    if (mail !== undefined) this.store.mail.put(storedForm(mail));
  }

  crash(): void {
    this.owner.crash();
    this.start();
  }

  /** The owner is stopped and another takes over; `wake` lets every stopped one go on. */
  stop(): void {
    const { owner } = this;
    this.scheduler.stop(owner.process);
    this.#zombies.push(owner);
    this.start();
  }

  wake(): void {
    for (const zombie of this.#zombies.splice(0)) {
      this.scheduler.goOn(zombie.process);
      if (!this.#options.blind || !zombie.isOpen) continue;
      zombie.takeBack();
      this.#owner = zombie;
    }
  }

  /** The owner hands over in good order, if it gets done with what runs. */
  async handOver(mostSteps = 200): Promise<void> {
    const { owner } = this;
    owner.leave();
    // Its last acknowledgements arrive before it lets go, for they travel on the same connection.
    const isDone = (): boolean => !owner.busy && !this.scheduler.labels().some((label) => label.startsWith("ack"));
    for (let steps = 0; steps < mostSteps && !isDone(); steps++) await this.scheduler.step();
    if (owner.isOpen) owner.release();
    this.start();
  }

  checkpoint(): void {
    this.#checkpoint = this.store.checkpoint();
  }

  /** The store is put back; no process and no request outlives it, and whoever posted from outside posts again. */
  restore(): void {
    if (this.#checkpoint === undefined) return;
    for (const host of [this.owner, ...this.#zombies.splice(0)]) host.crash();
    this.scheduler.clear();
    this.#checkpoint();
    this.#owner = undefined;
    this.start();
    for (const mail of this.posted) this.#post(mail);
  }

  /** Lets everything happen that is to happen, timers and repeats included. Throws: Error when there is no end to it. */
  async rest(): Promise<void> {
    this.wake();
    for (let rounds = 0; rounds < 60; rounds++) {
      void this.owner;
      await this.scheduler.settle();
      const { mail } = this.store;
      const dueAt = mail.nextDueAt();
      if (mail.waiting().length === 0 && dueAt === undefined && !this.owner.busy) return;
      if (dueAt !== undefined) this.store.advance(Math.max(0, dueAt - this.store.now));
      this.owner.keepAlive();
      mail.expire();
    }
    const waiting = this.store.mail.waiting().map(({ seq, address, verb }) => `${seq} ${verb} to ${address}`);
    throw new Error(`not at rest; unacknowledged: ${waiting.join(", ") || "nothing"}; busy: ${this.owner.busy}`);
  }

  /** Lets things happen until something is so. Throws: Error when it is not within five seconds. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    const deadlineAt = performance.now() + 5_000;
    while (!isSo()) {
      if (performance.now() > deadlineAt)
        throw new Error(`${what} is not so; next could be ${this.scheduler.labels()}`);
      await this.scheduler.step();
    }
  }

  /** Lets things happen until a promise is settled. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let pending = true;
    const done = promise.finally(() => {
      pending = false;
    });
    done.catch(() => {});
    for (let steps = 0; pending && steps < 5_000; steps++) await this.scheduler.step();
    if (pending) throw new Error("nothing that can happen would settle this");
    return done;
  }

  /** The state as the owner has it in memory. */
  async state(address: Address): Promise<LedgerState> {
    return (await this.run(this.owner.actor(address).ask((state) => state))) as LedgerState;
  }

  /** The honest records of an actor. */
  log(address: Address): readonly LogRecord[] {
    return this.store.log.of(address).filter((record) => !record.forged);
  }

  /** The events of an actor, by name. */
  events(address: Address): readonly string[] {
    return this.log(address).map((record) => record.event);
  }

  /** Everything that is true of a log whatever happened to its processes. */
  async check(address: Address): Promise<void> {
    const records = this.log(address);
    const causes = records.flatMap(({ cause }) => (cause === undefined ? [] : [cause]));
    assert.equal(new Set(causes).size, causes.length, `a mail took effect twice: ${causes}`);
    const seqs = records.map(({ seq }) => seq);
    for (const [at, record] of records.entries()) {
      assert.deepEqual(record.prev, seqs.slice(Math.max(0, at - PREV_LENGTH), at), `prev of ${record.seq}`);
    }
    assert.deepEqual(await this.state(address), replay(ledgerKind(), address, records), `${address} is not its log`);
    const view = this.store.view(`balances.${address.replace(".ledger.", ".")}`);
    const last = records.findLast(({ event }) => event === "added" || event === "received");
    assert.equal(view?.seq, last?.seq, `the view of ${address} is not of its last balance`);
    const troubles = this.lines.filter(({ level }) => level === "error");
    assert.deepEqual(troubles, []);
  }

  #post(mail: ClientMail & { readonly at: number }): void {
    this.store.mail.post({ ...mail, version: ledgerContract.version, correlation: mail.id, trace: "" });
  }

  /** Performs a job the way work is done: piece by piece, each told, and dead with its process. */
  #work(process: string): NonNullable<LedgerOptions["perform"]> {
    return async ({ tag, job }, { emit }) => {
      for (let note = 1; note <= job.notes; note++) {
        await this.scheduler.turn(`${process} works on ${tag}`, process);
        await emit({ tag, note });
      }
      for (let turn = 0; turn <= (job.turns ?? 0); turn++) {
        await this.scheduler.turn(`${process} goes on with ${tag}`, process);
      }
      if (job.wrong === "throw") throw new Error("this job cannot be done");
      return { tag, done: true };
    };
  }
}

/** Folds records from nothing, as whoever only reads the log would. */
export function replay(kind: AnyKind, address: Address, records: readonly LogRecord[]): LedgerState {
  const events = records.filter(({ event }) => event !== RESUMED);
  return events.reduce(
    (state, record) => kind.evolve(state, eventOf(kind.contract, record), record),
    kind.initial(address),
  ) as LedgerState;
}

function storedForm(mail: ClientMail & { readonly at: number }): Parameters<MemoryStore["mail"]["put"]>[0] {
  const { to, verb, data, id, at } = mail;
  const headers = { "Thalassa-Id": id, "Thalassa-Time": `${at}`, "Thalassa-Version": `${ledgerContract.version}` };
  return { address: to, verb, body: Buffer.from(JSON.stringify(data)), headers };
}
