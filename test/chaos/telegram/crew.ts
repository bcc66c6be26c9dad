import { setTimeout as delay } from "node:timers/promises";
import type { Chance } from "#chaos/chance.ts";
import { Deck, type FaultType } from "#chaos/deck.ts";
import { Troupe } from "#chaos/troupe.ts";
import { type KindProcess, type LogLine, spawnKind } from "#support/crash.ts";
import type { TestServer } from "#support/server.ts";

/** Kinds that run, two processes of each, and of a hundred faults of a process those that hit one of them. */
const KINDS = { telegram: 65, channel: 35 } as const;

/** So many processes of each kind. */
const COUNTS: Readonly<Record<keyof typeof KINDS, number>> = { telegram: 2, channel: 2 };

/** How long something stays away at most before it is started again. Units: ms. */
const AWAY_MS = { process: 400, server: 1_000 } as const;

/** Shortest time something is stopped. Units: ms. */
const SHORTEST_STOP_MS = 700;

type Kind = keyof typeof KINDS;

/** Something that was done to a process or to the server, and when it was made good. Units: ms since 1970. */
export type Fault = {
  readonly type: FaultType;
  readonly kind: Kind | "server";
  readonly pid?: number;
  readonly at: number;
  untilAt: number;
};

/** What each kind is started with: its main, and what it is given. */
export type Cast = Readonly<Record<Kind, { readonly main: string; readonly env: Readonly<Record<string, string>> }>>;

type Parts = {
  readonly server: TestServer;
  readonly chance: Chance;
  readonly cast: Cast;
  readonly faults: number;
  readonly longestStopMs: number;
};

/** The bridge, its conversations and the server under them, and whoever kills and stops them. */
export class Crew implements AsyncDisposable {
  readonly faults: Fault[] = [];
  readonly #parts: Parts;
  readonly #deck: Deck;
  readonly #troupe: Troupe;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.#deck = new Deck(parts.chance, parts.faults, KINDS);
    this.#troupe = new Troupe((kind) => {
      const { main, env } = parts.cast[kind as Kind];
      return spawnKind(kind, parts.server, env, main);
    });
  }

  /** Starts all processes and waits until they serve. */
  static async gather(parts: Parts): Promise<Crew> {
    const crew = new Crew(parts);
    await crew.#troupe.raiseAll(COUNTS);
    return crew;
  }

  /** Everything that every process has logged, in order of time. */
  get lines(): readonly LogLine[] {
    return this.#troupe.lines;
  }

  /** What processes wrote that was no log line. */
  get garbled(): readonly string[] {
    return this.#troupe.garbled;
  }

  /** How many kills and stops there were; to leave in good order is none. */
  get struck(): number {
    return this.faults.filter(({ type }) => type !== "leave").length;
  }

  /** Breaks something; resolves when it is broken. It is mended meanwhile. */
  async strike(): Promise<void> {
    const { chance } = this.#parts;
    const kind = this.#deck.drawKind() as Kind;
    const type = this.#deck.draw();
    if (type === "server-kill" || type === "server-stop") {
      if (!this.#troupe.isServerUp) return;
      return type === "server-kill" ? await this.#killServer() : this.#stopServer();
    }
    const upright = this.#troupe.upright(kind);
    const victims = type === "kill" ? this.#troupe.serving(kind) : upright;
    if (victims.length === 0) return;
    const victim = chance.pick(victims);
    if (type === "stop" && upright.length > 1) this.#stop(victim);
    else await this.#end(victim, type === "leave" ? "leave" : "kill");
  }

  /** Resolves when everything is there again. Throws: what could not be started. */
  calm(): Promise<void> {
    return this.#troupe.calm();
  }

  /** Kills all processes and starts others that have to read everything back. */
  startAfresh(): Promise<void> {
    return this.#troupe.startAfresh(COUNTS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#troupe[Symbol.asyncDispose]();
  }

  async #killServer(): Promise<void> {
    const fault = this.#note("server-kill", "server");
    this.#troupe.isServerUp = false;
    await this.#parts.server.kill();
    this.#mend(fault, async () => {
      await delay(this.#parts.chance.between(0, AWAY_MS.server));
      if (!this.#troupe.hasEnded) await this.#parts.server.restart();
      this.#troupe.isServerUp = true;
    });
  }

  #stopServer(): void {
    const fault = this.#note("server-stop", "server");
    this.#troupe.isServerUp = false;
    this.#parts.server.stop();
    this.#mend(fault, async () => {
      await delay(this.#stopMs());
      this.#parts.server.cont();
      this.#troupe.isServerUp = true;
    });
  }

  #stop(victim: KindProcess): void {
    const fault = this.#note("stop", victim.kind as Kind, victim.pid);
    victim.stop();
    this.#mend(fault, async () => {
      await delay(this.#stopMs());
      victim.cont();
    });
  }

  async #end(victim: KindProcess, how: "kill" | "leave"): Promise<void> {
    const fault = this.#note(how, victim.kind as Kind, victim.pid);
    this.#troupe.lose(victim);
    const ended = victim[how]();
    if (how === "kill") await ended;
    this.#mend(fault, async () => {
      await delay(this.#parts.chance.between(0, AWAY_MS.process));
      await this.#troupe.raise(victim.kind);
      await ended;
    });
  }

  #stopMs(): number {
    return this.#parts.chance.mostlyLow(SHORTEST_STOP_MS, this.#parts.longestStopMs);
  }

  #note(type: FaultType, kind: Fault["kind"], pid?: number): Fault {
    const whom = pid === undefined ? {} : { pid };
    const fault: Fault = { type, kind, ...whom, at: Date.now(), untilAt: Number.POSITIVE_INFINITY };
    this.faults.push(fault);
    return fault;
  }

  #mend(fault: Fault, work: () => Promise<void>): void {
    this.#troupe.mend(async () => {
      await work();
      fault.untilAt = Date.now();
    });
  }
}
