import { Kvm } from "@nats-io/kv";
import { type Address, KINDS, type KindContract, PARTITIONS, parseAddress } from "#subjects/mod.ts";
import type { AnyKind } from "./actor.ts";
import type { Logger } from "./logger.ts";
import { NatsBus, openBucket } from "./nats-bus.ts";
import { type HostOptions, resolveOptions } from "./options.ts";
import { Ownership } from "./ownership.ts";
import { partitionOf } from "./rendezvous.ts";
import { SuspectLane } from "./steps.ts";
import type { ActorSystem } from "./system.ts";
import type { Wire } from "./wire.ts";

/** How much a process serves. */
export type HostStatus = { readonly partitions: number; readonly actors: number; readonly steps: number };

/** One process's share of the actors of a kind. */
export class Host implements AsyncDisposable {
  readonly #system: ActorSystem;
  readonly #ownership: Ownership;
  readonly #timers: NodeJS.Timeout[] = [];
  #stopping: Promise<void> | undefined;
  #passivating = false;

  private constructor(system: ActorSystem, ownership: Ownership) {
    this.#system = system;
    this.#ownership = ownership;
  }

  /** Starts to serve a kind over a connection. */
  static async start(
    wire: Wire,
    kind: AnyKind,
    options: HostOptions,
    logger: Logger,
    contracts: readonly KindContract[] = KINDS,
  ): Promise<Host> {
    const bus = await NatsBus.over(wire);
    const resolved = resolveOptions(options);
    const lane = new SuspectLane();
    const system = { kind, contracts, bus, options: resolved, logger, lane, clock: Date.now };
    wire.listen((event) => {
      if (event.type === "refused") logger.error({ err: event.error }, "the bus refused us something");
    });
    const host = new Host(system, new Ownership(wire, system, await openBucket(new Kvm(wire.js), "OWN")));
    await host.#begin();
    return host;
  }

  /** How much this process serves just now. */
  get status(): HostStatus {
    const partitions = this.#ownership.serving();
    const actors = partitions.flatMap((partition) => [...partition.actors]);
    const steps = actors.reduce((sum, actor) => sum + actor.running, 0);
    return { partitions: partitions.length, actors: actors.length, steps };
  }

  /**
   * Answers a question of the contract, or `state` (`{ seq, state }`, which every kind answers), if the actor's partition
   * is ours; undefined when it is somebody else's.
   */
  ask(address: Address, question: string): Promise<unknown> | undefined {
    const { agent, id } = parseAddress(address);
    const partition = this.#ownership.partition(partitionOf(agent, id, PARTITIONS));
    const answer = this.#system.kind.answers?.[question];
    if (question === "state") return partition?.actor(address).ask((state, seq) => ({ seq, state }));
    return answer === undefined ? undefined : partition?.actor(address).ask(answer);
  }

  /** Hands everything over in good order and falls silent. May be called more than once. */
  stop(): Promise<void> {
    this.#stopping ??= this.#leave();
    return this.#stopping;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #begin(): Promise<void> {
    await this.#ownership.start();
    const { ackWaitMs, idleMs } = this.#system.options;
    this.#timers.push(
      setInterval(() => this.#keepAlive(), ackWaitMs / 3),
      setInterval(() => void this.#passivate(idleMs), Math.max(250, idleMs / 4)),
    );
  }

  async #leave(): Promise<void> {
    await this.#ownership.leave();
    for (const timer of this.#timers) clearInterval(timer);
  }

  #keepAlive(): void {
    for (const partition of this.#ownership.serving()) partition.keepAlive();
  }

  async #passivate(idleMs: number): Promise<void> {
    if (this.#passivating) return;
    this.#passivating = true;
    for (const partition of this.#ownership.serving()) await partition.passivate(idleMs);
    this.#passivating = false;
  }
}
