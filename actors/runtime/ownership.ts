import { setTimeout as delay } from "node:timers/promises";
import type { KV } from "@nats-io/kv";
import type { Beat } from "./beat.ts";
import { type Claim, Claims } from "./claims.ts";
import { Closed } from "./errors.ts";
import { Outrun } from "./feed.ts";
import { Partition } from "./partition.ts";
import { Presence } from "./presence.ts";
import { preferred } from "./rendezvous.ts";
import type { Slice } from "./slice.ts";
import type { ActorSystem } from "./system.ts";
import type { Wire } from "./wire.ts";

/** How often claims are read again, delivery is checked, and ownership is thought over. Units: ms. */
const RECHECK_MS = 1_000;
const AUDIT_MS = 3_000;
const REBALANCE_MS = 100;

/** Several reasons to think ownership over within this long are one. Units: ms. */
const SETTLE_MS = 20;

/** A partition's claim is renewed at most this often. Units: ms. */
const RENEW_MS = 1_000;

/** How long a starting process listens for others before it takes anything. Units: ms. */
const GREETING_MS = 30;

/** Which partitions this process serves, how it comes by them and lets them go. For speed alone: the fence protects. */
export class Ownership {
  readonly #wire: Wire;
  readonly #system: ActorSystem;
  readonly #slices: readonly Slice[];
  readonly #claims: Claims;
  readonly #presence: Presence;
  readonly #partitions = new Map<Slice, Partition>();
  readonly #renewedAt = new Map<Slice, number>();
  readonly #handingOver = new Set<Partition>();
  readonly #timers: NodeJS.Timeout[] = [];
  #leaving = false;
  #kick: NodeJS.Timeout | undefined;
  #rebalancing: Promise<void> | undefined;
  #again = false;

  /** `slices` are those of the kind that this process may ever have. */
  constructor(wire: Wire, system: ActorSystem, bucket: KV, slices: readonly Slice[]) {
    this.#wire = wire;
    this.#system = system;
    this.#slices = slices;
    const { kind, version, host } = system.kind.contract;
    this.#claims = new Claims(wire, bucket, kind, (slice, claim) => this.#claimed(slice, claim));
    this.#presence = new Presence({
      wire,
      kind,
      process: system.options.process,
      version,
      host: host ? system.options.host : undefined,
      logger: system.logger,
      owned: () => this.serving().map((partition) => [partition.slice, partition.revision] as const),
      changed: (urgent) => this.#think(urgent ? 0 : SETTLE_MS),
      heard: (beat) => this.#hear(beat),
      returned: () => this.#return(),
    });
  }

  /** Says hello, listens who else is here, and begins to take what is ours to serve. */
  async start(): Promise<void> {
    this.#presence.start();
    await Promise.all([this.#readClaims(), delay(GREETING_MS)]);
    const every = (ms: number, run: () => void): void => void this.#timers.push(setInterval(run, ms));
    every(REBALANCE_MS, () => this.#think(0));
    every(RECHECK_MS, () => void this.#readClaims());
    every(RECHECK_MS, () => {
      for (const partition of this.serving()) partition.wake();
    });
    every(AUDIT_MS, () => this.serving().forEach((partition) => void partition.doubt(0)));
    this.#think(0);
  }

  /** Hands everything over in good order and falls silent. */
  async leave(): Promise<void> {
    this.#leaving = true;
    this.#presence.leave();
    await Promise.all(this.serving().map((partition) => this.#release(partition)));
    await this.#rebalancing;
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#kick);
    this.#presence.stop();
  }

  /** The partitions we have just now. */
  serving(): readonly Partition[] {
    return [...this.#partitions.values()].filter((partition) => partition.isOpen);
  }

  /** One partition, if we have it. */
  partition(slice: Slice): Partition | undefined {
    const partition = this.#partitions.get(slice);
    return partition?.isOpen === true ? partition : undefined;
  }

  #hear(beat: Beat): void {
    for (const [slice, revision] of beat.own) this.#claims.told(slice, { process: beat.process, revision });
    if (beat.free === undefined) return;
    const [slice, revision, orderly] = beat.free;
    this.#claims.told(slice, { process: "", revision, ...(orderly ? { by: beat.process } : {}) });
  }

  #return(): void {
    this.#system.logger.info({}, "back after an absence; ownership and delivery are checked");
    void this.#readClaims();
    for (const partition of this.serving()) void partition.doubt(50);
  }

  /** Somebody's claim was seen that is newer than what we knew. */
  #claimed(slice: Slice, claim: Claim): void {
    const partition = this.partition(slice);
    const ours = claim.process === this.#system.options.process;
    if (partition !== undefined && !ours && claim.revision > partition.revision) {
      partition.close(`claimed by ${claim.process || "nobody"}`);
    }
    this.#think(0);
  }

  async #readClaims(): Promise<void> {
    if (!this.#wire.connected) return;
    await Promise.allSettled(this.#slices.map((slice) => this.#claims.read(slice)));
  }

  #think(inMs: number): void {
    if (this.#leaving || this.#kick !== undefined) return;
    this.#kick = setTimeout(() => {
      this.#kick = undefined;
      this.#again = this.#rebalancing !== undefined;
      if (this.#again || this.#leaving || !this.#wire.connected) return;
      this.#rebalancing = this.#rebalance().finally(() => {
        this.#rebalancing = undefined;
        if (this.#again) this.#think(0);
      });
    }, inMs);
  }

  /** Makes what we serve agree with what we should. Never rejects. */
  async #rebalance(): Promise<void> {
    const candidates = this.#presence.candidates();
    const probes = new Map<string, Promise<boolean>>();
    const works = this.#slices.map((slice) => this.#settle(slice, candidates, probes));
    for (const result of await Promise.allSettled(works)) {
      if (result.status === "rejected") this.#system.logger.debug({ err: result.reason }, "a claim is tried again");
    }
  }

  async #settle(slice: Slice, candidates: readonly string[], probes: Map<string, Promise<boolean>>): Promise<void> {
    const { process } = this.#system.options;
    const claim = this.#claims.known(slice);
    const partition = this.partition(slice);
    const wanted = preferred(slice, candidates);
    if (wanted === process) {
      if (partition !== undefined) return this.#renewIfStale(partition);
      if (!this.#presence.settled) return;
      if (claim === undefined || claim.process === "" || claim.process === process) return this.#take(slice, claim);
      if (this.#presence.lives(claim.process)) return;
      const probe = probes.get(claim.process) ?? this.#presence.isGone(claim.process);
      probes.set(claim.process, probe);
      if (await probe) await this.#take(slice, claim);
    } else if (partition === undefined && claim?.process === process) {
      await this.#claims.free(slice, process, claim.revision, false);
    } else if (partition !== undefined && wanted !== undefined && this.#presence.settled) {
      void this.#handOver(partition, wanted);
    }
  }

  async #take(slice: Slice, standing: Claim | undefined): Promise<void> {
    const { process } = this.#system.options;
    const startedAt = performance.now();
    const claim = this.#leaving ? undefined : await this.#claims.take(slice, process, standing);
    if (claim === undefined) return;
    if (this.#leaving) {
      await this.#claims.free(slice, process, claim.revision, false);
      return;
    }
    const { logger } = this.#system;
    const port = {
      wire: this.#wire,
      claims: this.#claims,
      system: this.#system,
      changed: () => this.#think(SETTLE_MS),
    };
    const partition = new Partition(port, slice, claim, standing?.by);
    this.#partitions.set(slice, partition);
    this.#presence.beat();
    try {
      await partition.serve(standing?.revision);
      if (!partition.isOpen) return;
      const tookMs = Math.round(performance.now() - startedAt);
      logger.debug({ partition: slice, from: standing?.process || standing?.by, tookMs }, "took a partition");
    } catch (error) {
      partition.close("its mail could not be had");
      if (error instanceof Outrun || error instanceof Closed) return;
      logger.warn({ partition: slice, err: error }, "a partition's mail could not be had; its claim is given back");
      await this.#claims.free(slice, process, claim.revision, false);
    }
  }

  async #renewIfStale(partition: Partition): Promise<void> {
    const now = performance.now();
    if (!partition.isStale || now - (this.#renewedAt.get(partition.slice) ?? -RENEW_MS) < RENEW_MS) return;
    this.#renewedAt.set(partition.slice, now);
    await partition.renew();
  }

  /** To a process that joined: in a quiet moment, so that no step is cut. */
  async #handOver(partition: Partition, to: string): Promise<void> {
    if (this.#handingOver.has(partition)) return;
    this.#handingOver.add(partition);
    await partition.untilQuiet(this.#system.options.graceMs);
    if (preferred(partition.slice, this.#presence.candidates()) === to) await this.#release(partition);
    this.#handingOver.delete(partition);
  }

  async #release(partition: Partition): Promise<void> {
    const freed = await partition.release(this.#system.options.graceMs);
    if (freed !== undefined) this.#presence.beat({ free: [partition.slice, freed.revision, freed.by !== undefined] });
  }
}
