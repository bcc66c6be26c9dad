import { setTimeout as delay } from "node:timers/promises";
import { type KindProcess, type LogLine, spawnKind } from "#support/crash.ts";
import type { TestServer } from "#support/server.ts";
import type { Chance } from "./chance.ts";
import { Deck, type FaultType, type KindShares } from "./deck.ts";
import type { ChaosOptions } from "./options.ts";
import { Troupe } from "./troupe.ts";

/** How long something stays away at most before it is started again. Units: ms. */
const AWAY_MS = { process: 300, server: 1_000 } as const;

/** How long a fault waits for a process that is thinking. Units: ms. */
const BUSY_MS = 300;

/** How long the only process upright is left alone, so that it is stopped beside another. Units: ms. */
const ALONE_MS = 2_000;

/** Shortest time something is stopped. Units: ms. */
const SHORTEST_STOP_MS = 1_000;

/** Actors leave memory soon, so that they come back from snapshots; models take their time. */
const ENVIRONMENT = {
  THALASSA_IDLE_MS: "2000",
  THALASSA_OFFLINE_PACE_MS: "0",
  THALASSA_OFFLINE_DELAY_MS: "20-500",
} as const;

/**
 * Something that was done to a process (by its kind and pid) or to the server. `others` says how many processes of its
 * kind were left that could take over. Units: ms since 1970.
 */
export type Fault = {
  readonly type: FaultType;
  readonly at: number;
  readonly kind?: string;
  readonly pid?: number;
  readonly others: number;
  untilAt: number;
};

/** A time in which nobody could have answered: no server, or no process of the channels. Units: ms since 1970. */
export type Outage = { readonly fromAt: number; untilAt: number };

/** What a storm is brewed of. */
export type StormParts = { readonly kinds: KindShares; readonly env: Readonly<Record<string, string>> };

/** Processes of the kinds and the server under them, and what is done to both. */
export class Storm implements AsyncDisposable {
  readonly faults: Fault[] = [];
  readonly outages: Outage[] = [];
  readonly #server: TestServer;
  readonly #chance: Chance;
  readonly #options: ChaosOptions;
  readonly #parts: StormParts;
  readonly #deck: Deck;
  readonly #troupe: Troupe;
  #serverStopped = false;

  private constructor(server: TestServer, chance: Chance, options: ChaosOptions, parts: StormParts) {
    this.#server = server;
    this.#chance = chance;
    this.#options = options;
    this.#parts = parts;
    this.#deck = new Deck(chance, options.faults, parts.kinds);
    this.#troupe = new Troupe((kind) => spawnKind(kind, server, { ...ENVIRONMENT, ...parts.env }));
  }

  /** Starts so many processes of each kind and waits until they serve. */
  static async gather(server: TestServer, chance: Chance, options: ChaosOptions, parts: StormParts): Promise<Storm> {
    const storm = new Storm(server, chance, options, parts);
    await storm.#troupe.raiseAll(storm.#each(options.processes));
    return storm;
  }

  /** Everything that every process has logged, in order of time. */
  get lines(): readonly LogLine[] {
    return this.#troupe.lines;
  }

  /** What processes wrote that was no log line. */
  get garbled(): readonly string[] {
    return this.#troupe.garbled;
  }

  /** How many kills and stops there were. */
  get struck(): number {
    return this.faults.filter((fault) => fault.type !== "leave").length;
  }

  /** Breaks something, a busy process rather than one at rest; resolves when it is broken. It is mended meanwhile. */
  async strike(busy: (pid: number) => number): Promise<void> {
    const kind = this.#deck.drawKind();
    while (this.#serverStopped || this.#troupe.upright(kind).length === 0) await delay(10);
    const type = this.#deck.draw();
    if (type === "server-kill" && this.#troupe.isServerUp) return this.#killServer();
    if (type === "server-stop" && this.#troupe.isServerUp) return this.#stopServer();
    const among = type === "kill" ? this.#troupe.serving(kind) : this.#troupe.upright(kind);
    const victim = await this.#choose(among, busy);
    if (type === "leave") return this.#end(victim, "leave");
    const until = Date.now() + ALONE_MS;
    while (type === "stop" && this.#troupe.upright(kind).length < 2 && Date.now() < until) await delay(10);
    if (type === "stop" && this.#troupe.upright(kind).length > 1) this.#stop(victim);
    else await this.#end(victim, "kill");
  }

  /** Resolves when everything broken is mended. Throws: what could not be mended. */
  calm(): Promise<void> {
    return this.#troupe.calm();
  }

  /** Kills all processes and starts a single one of each kind that has to read everything back. */
  startAfresh(): Promise<void> {
    return this.#troupe.startAfresh(this.#each(1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#troupe[Symbol.asyncDispose]();
  }

  #each(count: number): Readonly<Record<string, number>> {
    return Object.fromEntries(Object.keys(this.#parts.kinds).map((kind) => [kind, count]));
  }

  async #choose(among: readonly KindProcess[], busy: (pid: number) => number): Promise<KindProcess> {
    const until = Date.now() + (among.some(({ kind }) => kind === "cortex") ? 0 : BUSY_MS);
    while (Date.now() < until) {
      const candidates = among.filter((process) => process.isAlive && busy(process.pid) > 0);
      if (candidates.length > 0) return this.#chance.pick(candidates);
      await delay(5);
    }
    return this.#chance.pick(among);
  }

  async #killServer(): Promise<void> {
    const fault = this.#note("server-kill");
    this.#setServer(false);
    await this.#server.kill();
    this.#troupe.mend(async () => {
      await delay(this.#chance.between(0, AWAY_MS.server));
      if (this.#troupe.hasEnded) return;
      await this.#server.restart();
      fault.untilAt = Date.now();
      this.#setServer(true);
    });
  }

  #stopServer(): void {
    const fault = this.#note("server-stop");
    this.#setServer(false);
    this.#serverStopped = true;
    this.#server.stop();
    this.#troupe.mend(async () => {
      await delay(this.#chance.mostlyLow(SHORTEST_STOP_MS, this.#options.longestStopMs));
      this.#server.cont();
      this.#serverStopped = false;
      fault.untilAt = Date.now();
      this.#setServer(true);
    });
  }

  #stop(victim: KindProcess): void {
    const fault = this.#note("stop", victim);
    victim.stop();
    this.#weighOutage();
    this.#troupe.mend(async () => {
      await delay(this.#chance.mostlyLow(SHORTEST_STOP_MS, this.#options.longestStopMs));
      victim.cont();
      fault.untilAt = Date.now();
      this.#weighOutage();
    });
  }

  async #end(victim: KindProcess, type: "kill" | "leave"): Promise<void> {
    const fault = this.#note(type, victim);
    this.#troupe.lose(victim);
    this.#weighOutage();
    const ended = victim[type]();
    if (type === "kill") await ended;
    this.#troupe.mend(async () => {
      await delay(this.#chance.between(0, AWAY_MS.process));
      await this.#troupe.raise(victim.kind);
      this.#weighOutage();
      await ended;
      fault.untilAt = Date.now();
    });
  }

  #note(type: Fault["type"], victim?: KindProcess): Fault {
    const others = this.#troupe.isServerUp
      ? this.#troupe.upright(victim?.kind ?? "channel").filter((each) => each !== victim).length
      : 0;
    const untilAt = Number.POSITIVE_INFINITY;
    const whom = victim === undefined ? {} : { kind: victim.kind, pid: victim.pid };
    const fault = { type, at: Date.now(), others, untilAt, ...whom };
    this.faults.push(fault);
    return fault;
  }

  #setServer(up: boolean): void {
    this.#troupe.isServerUp = up;
    this.#weighOutage();
  }

  #weighOutage(): void {
    const current = this.outages.at(-1);
    const wasOut = current !== undefined && current.untilAt === Number.POSITIVE_INFINITY;
    const isOut = !this.#troupe.isServerUp || this.#troupe.upright("channel").length === 0;
    if (isOut && !wasOut) this.outages.push({ fromAt: Date.now(), untilAt: Number.POSITIVE_INFINITY });
    if (!isOut && wasOut) current.untilAt = Date.now();
  }
}
