import { setTimeout as delay } from "node:timers/promises";
import type { Chance } from "#chaos/chance.ts";
import { Troupe } from "#chaos/troupe.ts";
import { apiPrefixOf } from "#deploy/access.ts";
import { type LogLine, spawnKind } from "#support/crash.ts";
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
  readonly #troupe: Troupe;
  #isEngineUp = true;

  private constructor(parts: Parts) {
    this.#server = parts.server;
    this.#engine = parts.engine;
    this.#chance = parts.chance;
    const { server, env } = parts;
    this.#troupe = new Troupe((kind) => spawnKind(kind, server, { ...env, ...apiOf(kind) }));
  }

  /** Starts all processes and waits until they serve. */
  static async gather(parts: Parts): Promise<Crew> {
    const crew = new Crew(parts);
    await crew.#troupe.raiseAll(CAST);
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

  /** Kills something; resolves when it is dead. It is started again meanwhile. */
  async strike(): Promise<void> {
    const what = this.#draw();
    if (what === "server") return await this.#killServer();
    if (what === "engine") return await this.#killEngine();
    const serving = this.#troupe.serving(what);
    if (serving.length === 0) return;
    const victim = this.#chance.pick(serving);
    this.#troupe.lose(victim);
    this.kills.push({ at: Date.now(), what, pid: victim.pid });
    await victim.kill();
    this.#troupe.mend(async () => {
      await delay(this.#chance.between(0, AWAY_MS.process));
      await this.#troupe.raise(what);
    });
  }

  /** Resolves when everything is there again. Throws: what could not be started. */
  calm(): Promise<void> {
    return this.#troupe.calm();
  }

  /** Kills all processes and starts others that have to read everything back. */
  startAfresh(): Promise<void> {
    return this.#troupe.startAfresh(CAST);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#troupe[Symbol.asyncDispose]();
  }

  #draw(): Victim {
    const among = (Object.keys(SHARES) as Victim[]).filter((what) => {
      if (what === "engine") return this.#engine !== undefined && this.#isEngineUp;
      return what !== "server" || this.#troupe.isServerUp;
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
    this.#troupe.isServerUp = false;
    await this.#server.kill();
    this.#troupe.mend(async () => {
      await delay(this.#chance.between(0, AWAY_MS.server));
      if (!this.#troupe.hasEnded) await this.#server.restart();
      this.#troupe.isServerUp = true;
    });
  }

  async #killEngine(): Promise<void> {
    this.kills.push({ at: Date.now(), what: "engine" });
    this.#isEngineUp = false;
    await this.#engine?.kill();
    const keepsRunning = this.#chance.next() < 0.5;
    this.#troupe.mend(async () => {
      await delay(this.#chance.between(0, AWAY_MS.engine));
      if (!this.#troupe.hasEnded) await this.#engine?.begin(keepsRunning);
      this.#isEngineUp = true;
    });
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
