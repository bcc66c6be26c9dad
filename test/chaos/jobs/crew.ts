import { setTimeout as delay } from "node:timers/promises";
import type { Chance } from "#chaos/chance.ts";
import { apiPrefixOf } from "#deploy/access.ts";
import { type KindProcess, type LogLine, spawnKind } from "#support/crash.ts";
import type { TestServer } from "#support/server.ts";
import type { OwnEngine } from "./engine.ts";

/** How many processes of each kind run. */
const CAST = { worker: 2, cortex: 1, executor: 1 } as const;

/** Shares in which something is killed. */
const SHARES = { worker: 32, executor: 36, cortex: 12, server: 20, engine: 14 } as const;

/** How long something stays away at most before it is started again. Units: ms. */
const AWAY_MS = { process: 500, server: 800, engine: 1_500 } as const;

/** What may be killed. */
type Victim = keyof typeof SHARES;

/** Something that was killed. Units: `at` ms since 1970. */
export type Kill = { readonly at: number; readonly what: Victim; readonly pid?: number };

/** The processes that jobs take, with the server and the engine under them, and whoever kills and restarts them. */
export class Crew implements AsyncDisposable {
  readonly kills: Kill[] = [];
  readonly #server: TestServer;
  readonly #engine: OwnEngine | undefined;
  readonly #chance: Chance;
  readonly #env: Readonly<Record<string, string>>;
  readonly #everStarted: KindProcess[] = [];
  readonly #serving = new Set<KindProcess>();
  readonly #mending = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];
  readonly #down = new Set<"server" | "engine">();
  #ended = false;

  private constructor(parts: Parts) {
    this.#server = parts.server;
    this.#engine = parts.engine;
    this.#chance = parts.chance;
    this.#env = parts.env;
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

  /** Kills something; resolves when it is dead. It is started again meanwhile. */
  async strike(): Promise<void> {
    const what = this.#draw();
    if (what === "server") return await this.#killServer();
    if (what === "engine") return await this.#killEngine();
    const serving = [...this.#serving].filter(({ kind }) => kind === what);
    if (serving.length === 0) return;
    const victim = this.#chance.pick(serving);
    this.#serving.delete(victim);
    this.kills.push({ at: Date.now(), what, pid: victim.pid });
    await victim.kill();
    this.#mend(async () => {
      await delay(this.#chance.between(0, AWAY_MS.process));
      await this.#raise(what);
    });
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

  #draw(): Victim {
    const among = (Object.keys(SHARES) as Victim[]).filter((what) => {
      if (what === "engine") return this.#engine !== undefined && !this.#down.has(what);
      return what !== "server" || !this.#down.has(what);
    });
    let dice = this.#chance.between(
      1,
      among.reduce((sum, what) => sum + SHARES[what], 0),
    );
    const drawn = among.find((what) => {
      dice -= SHARES[what];
      return dice <= 0;
    });
    return drawn ?? "worker";
  }

  async #killServer(): Promise<void> {
    this.kills.push({ at: Date.now(), what: "server" });
    this.#down.add("server");
    await this.#server.kill();
    this.#mend(async () => {
      await delay(this.#chance.between(0, AWAY_MS.server));
      if (!this.#ended) await this.#server.restart();
      this.#down.delete("server");
    });
  }

  async #killEngine(): Promise<void> {
    this.kills.push({ at: Date.now(), what: "engine" });
    this.#down.add("engine");
    await this.#engine?.kill();
    const keepsRunning = this.#chance.next() < 0.5;
    this.#mend(async () => {
      await delay(this.#chance.between(0, AWAY_MS.engine));
      if (!this.#ended) await this.#engine?.begin(keepsRunning);
      this.#down.delete("engine");
    });
  }

  async #raiseAll(): Promise<void> {
    const kinds = Object.entries(CAST) as [keyof typeof CAST, number][];
    await Promise.all(kinds.flatMap(([kind, count]) => Array.from({ length: count }, () => this.#raise(kind))));
  }

  /** As a supervisor would: one that cannot start is started again. */
  async #raise(kind: keyof typeof CAST): Promise<void> {
    while (!this.#ended) {
      const process = spawnKind(kind, this.#server, { ...this.#env, ...apiOf(kind) });
      this.#everStarted.push(process);
      try {
        await process.ready();
        this.#serving.add(process);
        return;
      } catch (error) {
        // Without a server no process can start; with one it must.
        if (!this.#down.has("server") && process.isAlive) throw error;
        await process.kill();
      }
    }
  }

  #mend(work: () => Promise<void>): void {
    const mending = work()
      .catch((error: unknown) => void this.#failures.push(error))
      .finally(() => this.#mending.delete(mending));
    this.#mending.add(mending);
  }
}

type Parts = {
  readonly server: TestServer;
  readonly engine: OwnEngine | undefined;
  readonly chance: Chance;
  /** What the processes are given besides what they reach the server with. */
  readonly env: Readonly<Record<string, string>>;
};

function apiOf(kind: string): Readonly<Record<string, string>> {
  const prefix = apiPrefixOf(kind);
  return prefix === undefined ? {} : { THALASSA_API_PREFIX: prefix };
}
