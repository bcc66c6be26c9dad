import { setTimeout as delay } from "node:timers/promises";
import type { ConsumerMessages, JsMsg } from "@nats-io/jetstream";
import type { Address } from "#subjects/mod.ts";
import { Activation } from "./activation.ts";
import type { Claim, Claims } from "./claims.ts";
import { deliveryOf } from "./delivery.ts";
import { deleteConsumer, type FeedOf, openFeed, pendingAcks } from "./feed.ts";
import { residentOf, type Slice } from "./slice.ts";
import type { ActorSystem, Tenure } from "./system.ts";
import { Unbroken } from "./unbroken.ts";
import type { Wire } from "./wire.ts";

/** Mail counts as swallowed when so many reads, so far apart, all say so. */
const DOUBT = { reads: 3, apartMs: 100, silentMs: 200 } as const;

/** What a partition stands on. */
export type PartitionPort = {
  readonly wire: Wire;
  readonly claims: Claims;
  readonly system: ActorSystem;
  /** It closed, or needs its claim renewed. */
  changed(): void;
};

/** One slice of a kind's mailboxes while this process has it: its mail, its actors in memory, and its end. */
export class Partition implements Tenure {
  readonly slice: Slice;
  readonly handedOverBy: string | undefined;
  readonly resident: Address | undefined;
  readonly #port: PartitionPort;
  readonly #actors = new Map<Address, Activation>();
  readonly #closing = new AbortController();
  #revision: number;
  #feed: ConsumerMessages | undefined;
  #leaving = false;
  #releasing: Promise<Claim | undefined> | undefined;
  #stale = false;
  #doubting = false;
  #doubtAgain = false;
  #delivered = 0;

  constructor(port: PartitionPort, slice: Slice, claim: Claim, handedOverBy: string | undefined) {
    this.#port = port;
    this.slice = slice;
    this.#revision = claim.revision;
    this.handedOverBy = handedOverBy;
    this.resident = residentOf(port.system.kind.contract, slice);
  }

  get revision(): number {
    return this.#revision;
  }

  get leaving(): boolean {
    return this.#leaving;
  }

  get isOpen(): boolean {
    return !this.#closing.signal.aborted;
  }

  /** Whether its delivery swallowed mail, so that its claim and consumer are to be renewed. */
  get isStale(): boolean {
    return this.#stale;
  }

  get actors(): Iterable<Activation> {
    return this.#actors.values();
  }

  get size(): number {
    return this.#actors.size;
  }

  /** The actor of an address, brought into memory if need be. */
  actor(address: Address): Activation {
    const known = this.#actors.get(address);
    if (known !== undefined) return known;
    const actor = new Activation(this.#port.system, this, address);
    this.#actors.set(address, actor);
    return actor;
  }

  /** Begins to take mail; `older` is the claim before this one. Throws: what kept it from it. */
  async serve(older: number | undefined): Promise<void> {
    const { wire, system } = this.#port;
    const { signal } = this.#closing;
    const order = new Unbroken(() => this.#swallowed());
    const take = (message: JsMsg): void => void (order.takes(message) && this.#take(message));
    const suspect = (doubt: string): void => this.#suspect(doubt);
    const feed = await openFeed(wire, this.#feedOf(), older, system.options, take, suspect, signal);
    if (!this.isOpen) return feed.stop();
    this.#feed = feed;
    this.#stale = false;
    this.wake();
  }

  /** Has the actor that lives here in memory with its steps, whatever mail there is. */
  wake(): void {
    if (this.resident !== undefined && this.isOpen && !this.#leaving) this.actor(this.resident).wake();
  }

  /** Claims it anew and with it a new consumer, so that whatever was swallowed is handed out again; actors stay. */
  async renew(): Promise<void> {
    const { claims, system } = this.#port;
    const { process } = system.options;
    const older = this.#revision;
    const known = claims.known(this.slice);
    // A renewal whose answer was lost has moved the claim on, and it is still ours.
    const standing = known?.process === process ? known : { process, revision: older };
    const claim = await claims.take(this.slice, process, standing);
    if (claim === undefined || !this.isOpen) return;
    this.#revision = claim.revision;
    this.#feed?.stop();
    for (const actor of this.#actors.values()) actor.forgetHeld();
    await this.serve(older);
  }

  async stillOurs(): Promise<boolean> {
    while (this.isOpen) {
      try {
        const claim = await this.#port.claims.read(this.slice);
        return claim?.process === this.#port.system.options.process;
      } catch {
        await delay(DOUBT.silentMs);
      }
    }
    return false;
  }

  /** Compares what the server counts as unacknowledged with what is here; renews the claim when mail was swallowed. */
  async doubt(waitMs: number): Promise<void> {
    this.#doubtAgain = this.#doubting;
    if (this.#doubting) return;
    this.#doubting = true;
    do {
      this.#doubtAgain = false;
      await delay(waitMs);
      if (!(await this.#hasSwallowed())) continue;
      this.#swallowed();
    } while (this.#doubtAgain && this.isOpen);
    this.#doubting = false;
  }

  /** Hands it to the next owner: no new mail, no new step; what runs may finish within the grace. */
  release(graceMs: number): Promise<Claim | undefined> {
    this.#releasing ??= this.#letGo(graceMs);
    return this.#releasing;
  }

  /** Resolves when nothing runs here but what never ends, or the time is up. */
  async untilQuiet(mostMs: number): Promise<void> {
    const until = performance.now() + mostMs;
    while (this.isOpen && performance.now() < until && this.#actors.values().some((actor) => actor.isBusy("what-ends")))
      await delay(2);
  }

  /** Drops everything at once; nothing is acknowledged. */
  close(reason: string): void {
    if (!this.isOpen) return;
    this.#port.system.logger.debug({ partition: this.slice, actors: this.#actors.size }, `closed: ${reason}`);
    this.#closing.abort();
    this.#feed?.stop();
    for (const actor of this.#actors.values()) actor.close();
    this.#actors.clear();
    this.#port.changed();
  }

  /** Tells the server that what it waits for is being worked on. */
  keepAlive(): void {
    for (const actor of this.#actors.values()) actor.keepAlive();
  }

  /** Lets actors at rest leave memory. Units: ms. */
  async passivate(idleMs: number): Promise<void> {
    for (const actor of [...this.#actors.values()]) {
      if (!this.isOpen || this.#actors.get(actor.address) !== actor || !actor.isIdle(idleMs)) continue;
      if (actor.address === this.resident) continue;
      this.#actors.delete(actor.address);
      await actor.saveOnLeaving().catch(() => {});
    }
  }

  async #letGo(graceMs: number): Promise<Claim | undefined> {
    if (!this.isOpen) return undefined;
    const { wire, claims, system } = this.#port;
    this.#leaving = true;
    this.#feed?.stop();
    for (const actor of this.#actors.values()) actor.dropMail();
    await this.untilQuiet(graceMs);
    if (!this.isOpen) return undefined;
    const cut = [...this.#actors.values()].some((actor) => actor.isBusy());
    this.close(cut ? "handed over, with steps cut" : "handed over");
    const { process } = system.options;
    const [freed] = await Promise.all([
      claims.free(this.slice, process, this.#revision, !cut).catch(() => undefined),
      deleteConsumer(wire, this.#feedOf()),
    ]);
    return freed;
  }

  #take(message: JsMsg): void {
    if (!this.isOpen || this.#leaving) return;
    this.#delivered++;
    const delivery = deliveryOf(message);
    this.actor(delivery.address).deliver(delivery);
  }

  #swallowed(): void {
    if (!this.isOpen || this.#leaving) return;
    this.#port.system.logger.info({ partition: this.slice }, "mail was swallowed; its claim is renewed");
    this.#stale = true;
    this.#port.changed();
  }

  #suspect(doubt: string): void {
    if (!this.isOpen || this.#leaving) return;
    this.#port.system.logger.debug({ partition: this.slice, doubt }, "delivery is in doubt");
    void this.#port.claims.read(this.slice).catch(() => {});
    void this.doubt(DOUBT.silentMs);
  }

  async #hasSwallowed(): Promise<boolean> {
    let reads = 0;
    while (this.isOpen && !this.#leaving && this.#feed !== undefined && reads < DOUBT.reads) {
      const feed = this.#feed;
      const here = this.#unacknowledged() - this.#delivered;
      try {
        const pending = await pendingAcks(this.#port.wire, this.#feedOf());
        if (feed !== this.#feed) reads = 0;
        else if (pending === undefined) return true;
        // What came while we asked was counted by the server and is counted by us.
        else if (pending <= here + this.#delivered) return false;
        else reads++;
        await delay(DOUBT.apartMs);
      } catch {
        await delay(DOUBT.silentMs);
      }
    }
    return reads >= DOUBT.reads;
  }

  #unacknowledged(): number {
    return this.#actors.values().reduce((sum, actor) => sum + actor.unacknowledged, 0);
  }

  #feedOf(): FeedOf {
    return { kind: this.#port.system.kind.contract.kind, partition: this.slice, revision: this.#revision };
  }
}
