import { Kvm } from "@nats-io/kv";
import type { z } from "zod";
import { type Address, KINDS, type KindContract, type Moment, STATE, type stateAnswerSchema } from "#subjects/mod.ts";
import type { AnyKind } from "./actor.ts";
import { artifactsOver } from "./artifact-store.ts";
import { Closed } from "./errors.ts";
import { foldAt, PAST_MS } from "./lineage.ts";
import type { Logger } from "./logger.ts";
import { NatsBus, openBucket } from "./nats-bus.ts";
import { type HostOptions, resolveOptions } from "./options.ts";
import { Ownership } from "./ownership.ts";
import type { Partition } from "./partition.ts";
import { sliceOf, slicesOf } from "./slice.ts";
import { SuspectLane } from "./steps.ts";
import type { ActorSystem } from "./system.ts";
import type { Wire } from "./wire.ts";

/** How much a process serves. */
export type HostStatus = { readonly partitions: number; readonly actors: number; readonly steps: number };

/** So many may wait for a past to be read back before the next one is told to come again. */
const MAX_READERS = 16;

/** One process's share of the actors of a kind. */
export class Host implements AsyncDisposable {
  readonly #system: ActorSystem;
  readonly #ownership: Ownership;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #closing = new AbortController();
  #reading: Promise<unknown> = Promise.resolve();
  #readers = 0;
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
    const artifacts = artifactsOver(wire, kind.contract.kind);
    const system = { kind, contracts, bus, artifacts, options: resolved, logger, lane, clock: Date.now };
    wire.listen((event) => {
      if (event.type === "refused") logger.error({ err: event.error }, "the bus refused us something");
    });
    const slices = slicesOf(kind.contract, resolved.host);
    const host = new Host(system, new Ownership(wire, system, await openBucket(new Kvm(wire.js), "OWN"), slices));
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

  /** Whether an actor is served by this process. */
  serves(address: Address): boolean {
    return this.#partitionOf(address) !== undefined;
  }

  /**
   * Answers a question of the contract, or `state`, which every kind answers; undefined when the actor is somebody else's
   * or its kind has no answer. `moment` is of when the state is wanted. Throws: Closed; NewerSchema.
   */
  ask(address: Address, question: string, moment: Moment): Promise<unknown> | undefined {
    const partition = this.#partitionOf(address);
    if (partition === undefined) return undefined;
    if (question !== STATE) {
      const answer = this.#system.kind.answers?.[question];
      return answer && partition.actor(address).ask((state) => answer(state, address));
    }
    if (Object.keys(moment).length > 0) return this.#stateAt(address, moment);
    return partition.actor(address).ask((state, seq) => ({ seq, state }));
  }

  /** Hands everything over in good order and falls silent. May be called more than once. */
  stop(): Promise<void> {
    this.#stopping ??= this.#leave();
    return this.#stopping;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #partitionOf(address: Address): Partition | undefined {
    return this.#ownership.partition(sliceOf(this.#system.kind.contract, address));
  }

  /** Reads a past beside the actor, which goes on meanwhile; one at a time, for a long one is large. Throws: Closed when many wait. */
  #stateAt(address: Address, moment: Moment): Promise<z.output<typeof stateAnswerSchema>> {
    if (this.#readers >= MAX_READERS) return Promise.reject(new Closed());
    this.#readers++;
    const { bus, kind } = this.#system;
    const inTime = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(PAST_MS)]);
    const answered = this.#reading.then(() => foldAt(bus, kind, address, moment, inTime));
    this.#reading = answered.catch(() => {}).finally(() => this.#readers--);
    return answered;
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
    this.#closing.abort();
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
