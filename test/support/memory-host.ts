import { Activation } from "#runtime/activation.ts";
import type { AnyKind } from "#runtime/actor.ts";
import type { Delivery } from "#runtime/bus.ts";
import type { Logger } from "#runtime/logger.ts";
import { type HostOptions, resolveOptions } from "#runtime/options.ts";
import { SuspectLane } from "#runtime/steps.ts";
import type { ActorSystem, Tenure } from "#runtime/system.ts";
import type { Address, KindContract } from "#subjects/mod.ts";
import { memoryArtifacts } from "./memory-artifacts.ts";
import { MemoryBus } from "./memory-bus.ts";
import type { MemoryStore } from "./memory-store.ts";

/** A line of a host's own log. */
export type HostLine = { readonly level: string; readonly message: string; readonly fields: object };

/** What a test may say about a host. */
export type MemoryHostOptions = {
  readonly contracts: readonly KindContract[];
  readonly lines?: HostLine[];
  readonly host?: Omit<HostOptions, "process">;
  /** The actor that its claim wakes. */
  readonly resident?: Address;
  /** It believes to be the owner whatever the store says. */
  readonly blind?: boolean;
};

/** One process that serves every actor of a store: what partitions, presence and claims are in earnest. */
export class MemoryHost implements Tenure {
  readonly process: string;
  readonly resident: Address | undefined;
  readonly #store: MemoryStore;
  readonly #system: ActorSystem;
  readonly #actors = new Map<Address, Activation>();
  readonly #blind: boolean;
  #revision = 0;
  #open = true;
  leaving = false;
  handedOverBy: string | undefined;

  constructor(store: MemoryStore, process: string, kind: AnyKind, options: MemoryHostOptions) {
    this.process = process;
    this.#store = store;
    this.resident = options.resident;
    this.#blind = options.blind ?? false;
    this.#system = {
      kind,
      contracts: options.contracts,
      bus: new MemoryBus(store, process),
      options: resolveOptions({ process, ...options.host }),
      logger: loggerInto(options.lines ?? []),
      artifacts: memoryArtifacts,
      lane: new SuspectLane(),
      clock: () => store.now,
    };
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get actors(): readonly Activation[] {
    return [...this.#actors.values()];
  }

  get busy(): boolean {
    return this.actors.some((actor) => actor.isBusy());
  }

  /** Takes the claim and with it all mail. */
  serve(): this {
    this.handedOverBy = this.#store.claim.by;
    this.#consume();
    return this;
  }

  /** Takes its own claim anew, as a process does that doubts its delivery. */
  renew(): void {
    if (!this.#isOwner()) return;
    for (const actor of this.#actors.values()) actor.forgetHeld();
    this.#consume();
  }

  /** It comes back to a claim that it lost meanwhile, with all that it remembers of before. */
  takeBack(): void {
    if (this.#open) this.#consume();
  }

  actor(address: Address): Activation {
    const known = this.#actors.get(address);
    if (known !== undefined) return known;
    const actor = new Activation(this.#system, this, address);
    this.#actors.set(address, actor);
    return actor;
  }

  async stillOurs(): Promise<boolean> {
    await this.#store.scheduler.turn(`${this.process} reads its claim`, this.process);
    return this.#open && (this.#blind || this.#isOwner());
  }

  close(): void {
    this.#open = false;
    for (const actor of this.#actors.values()) actor.close();
    this.#actors.clear();
  }

  /** Everything in its memory is gone; what it had sent may still arrive. */
  crash(): void {
    this.#open = false;
    this.#store.scheduler.kill(this.process);
  }

  /** Begins to hand over in good order; `release` ends that. */
  leave(): void {
    this.leaving = true;
    for (const actor of this.#actors.values()) actor.dropMail();
  }

  /** Lets go of everything; in good order if nothing is cut by it. */
  release(): void {
    const by = this.busy ? undefined : this.process;
    const isOwner = this.#isOwner();
    this.close();
    if (isOwner) this.#store.take("", by);
  }

  /** Lets actors at rest leave memory. */
  passivate(): void {
    for (const actor of this.actors) {
      if (!actor.isIdle(0)) continue;
      this.#actors.delete(actor.address);
      void actor.saveOnLeaving();
    }
  }

  keepAlive(): void {
    for (const actor of this.#actors.values()) actor.keepAlive();
  }

  #isOwner(): boolean {
    return this.#store.claim.process === this.process && this.#store.claim.revision === this.#revision;
  }

  #consume(): void {
    this.#revision = this.#store.take(this.process).revision;
    this.#store.mail.consume(this.process, (delivery) => this.#take(delivery));
  }

  #take(delivery: Delivery): void {
    if (this.#open && !this.leaving) this.actor(delivery.address).deliver(delivery);
  }
}

function loggerInto(lines: HostLine[]): Logger {
  const at =
    (level: string) =>
    (fields: object, message: string): void =>
      void lines.push({ level, message, fields });
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
