import { setTimeout as delay } from "node:timers/promises";
import type { Chance } from "#chaos/chance.ts";
import { Deck, type FaultType } from "#chaos/deck.ts";
import { type KindProcess, type LogLine, spawnKind } from "#support/crash.ts";
import type { TestServer } from "#support/server.ts";

/** Kinds that run, two processes of each, and of a hundred faults of a process those that hit one of them. */
const KINDS = { telegram: 65, channel: 35 } as const;

/** So many processes of each kind. */
const EACH = 2;

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
  readonly #everStarted: KindProcess[] = [];
  readonly #serving = new Set<KindProcess>();
  readonly #mending = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];
  #serverUp = true;
  #ended = false;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.#deck = new Deck(parts.chance, parts.faults, KINDS);
  }

  /** Starts all processes and waits until they serve. */
  static async gather(parts: Parts): Promise<Crew> {
    const crew = new Crew(parts);
    await crew.#raiseAll();
    return crew;
  }

  /** Everything that every process has logged, in order of time. */
  get lines(): readonly LogLine[] {
    return this.#everStarted.flatMap((process) => process.lines).toSorted((one, other) => one.time - other.time);
  }

  /** What processes wrote that was no log line. */
  get garbled(): readonly string[] {
    return this.#everStarted.flatMap(({ kind, pid, garbled }) => garbled.map((line) => `${kind} ${pid}: ${line}`));
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
      if (!this.#serverUp) return;
      return type === "server-kill" ? await this.#killServer() : this.#stopServer();
    }
    const upright = [...this.#serving].filter((process) => process.kind === kind && !process.isStopped);
    const victims = type === "kill" ? [...this.#serving].filter((process) => process.kind === kind) : upright;
    if (victims.length === 0) return;
    const victim = chance.pick(victims);
    if (type === "stop" && upright.length > 1) this.#stop(victim);
    else await this.#end(victim, type === "leave" ? "leave" : "kill");
  }

  /** Resolves when everything is there again. Throws: what could not be started. */
  async calm(): Promise<void> {
    while (this.#mending.size > 0) await Promise.all(this.#mending);
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, "something could not be started again");
  }

  /** Kills all processes and starts others that have to read everything back. */
  async startAfresh(): Promise<void> {
    await Promise.all([...this.#serving].map((process) => process.kill()));
    this.#serving.clear();
    await this.#raiseAll();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#everStarted.map((process) => process.kill()));
    await Promise.all(this.#mending);
    await Promise.all(this.#everStarted.map((process) => process.kill()));
  }

  async #killServer(): Promise<void> {
    const fault = this.#note("server-kill", "server");
    this.#serverUp = false;
    await this.#parts.server.kill();
    this.#mend(fault, async () => {
      await delay(this.#parts.chance.between(0, AWAY_MS.server));
      if (!this.#ended) await this.#parts.server.restart();
      this.#serverUp = true;
    });
  }

  #stopServer(): void {
    const fault = this.#note("server-stop", "server");
    this.#serverUp = false;
    this.#parts.server.stop();
    this.#mend(fault, async () => {
      await delay(this.#stopMs());
      this.#parts.server.cont();
      this.#serverUp = true;
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
    this.#serving.delete(victim);
    const ended = victim[how]();
    if (how === "kill") await ended;
    this.#mend(fault, async () => {
      await delay(this.#parts.chance.between(0, AWAY_MS.process));
      await this.#raise(victim.kind as Kind);
      await ended;
    });
  }

  async #raiseAll(): Promise<void> {
    const kinds = Object.keys(KINDS) as Kind[];
    await Promise.all(kinds.flatMap((kind) => Array.from({ length: EACH }, () => this.#raise(kind))));
  }

  /** As a supervisor would: one that cannot start is started again. */
  async #raise(kind: Kind): Promise<void> {
    const { main, env } = this.#parts.cast[kind];
    while (!this.#ended) {
      const process = spawnKind(kind, this.#parts.server, env, main);
      this.#everStarted.push(process);
      try {
        await process.ready();
        this.#serving.add(process);
        return;
      } catch (error) {
        // Without a server no process can start; with one it must.
        if (this.#serverUp && process.isAlive) throw error;
        await process.kill();
      }
    }
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
    const mending = work()
      .then(
        () => {
          fault.untilAt = Date.now();
        },
        (error: unknown) => void this.#failures.push(error),
      )
      .finally(() => this.#mending.delete(mending));
    this.#mending.add(mending);
  }
}
