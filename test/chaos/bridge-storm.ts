import { setTimeout as delay } from "node:timers/promises";
import { HttpBed } from "#support/http-bed.ts";
import type { TestServer } from "#support/server.ts";
import type { Chance } from "./chance.ts";

/** How long the bridge stays away at most before it is started again. Units: ms. */
const AWAY_MS = 300;

/** Of a hundred strikes; in the others it is told to stop, as in an update. */
const KILLED = 85;

/** Waits run out now and then, and nobody is turned away. */
const ENVIRONMENT = { THALASSA_HTTP_WAIT_MS: "4000", THALASSA_HTTP_RATE: "1000000" } as const;

/** The one process of the HTTP bridge, and what is done to it. */
export class BridgeStorm implements AsyncDisposable {
  readonly bed: HttpBed;
  readonly #chance: Chance;
  #mending: Promise<void> = Promise.resolve();
  #kills = 0;
  #leaves = 0;
  #ended = false;

  private constructor(bed: HttpBed, chance: Chance) {
    this.bed = bed;
    this.#chance = chance;
  }

  /** Starts the bridge. */
  static async gather(server: TestServer, chance: Chance): Promise<BridgeStorm> {
    const bed = new HttpBed(server, ENVIRONMENT);
    await bed.start();
    return new BridgeStorm(bed, chance);
  }

  get kills(): number {
    return this.#kills;
  }

  get leaves(): number {
    return this.#leaves;
  }

  /** Ends the bridge, if it is there; it is started again meanwhile. */
  strike(): void {
    const { process } = this.bed;
    const isKill = this.#chance.between(1, 100) <= KILLED;
    const awayMs = this.#chance.between(0, AWAY_MS);
    if (!process.isAlive) return;
    if (isKill) this.#kills++;
    else this.#leaves++;
    const ended = isKill ? process.kill() : process.leave();
    this.#mending = this.#mending.then(() => ended).then(() => this.#raise(awayMs));
    this.#mending.catch(() => {});
  }

  /** Resolves when the bridge is there. Throws: what keeps it from starting. */
  calm(): Promise<void> {
    return this.#mending;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    await this.bed[Symbol.asyncDispose]();
    await this.#mending.catch(() => {});
  }

  /** As a supervisor would: one that finds no bus is started again. */
  async #raise(awayMs: number): Promise<void> {
    await delay(awayMs);
    // Struck while it was being started, it was started again there and then.
    while (!this.#ended && !this.bed.process.isAlive) {
      try {
        await this.bed.start();
        return;
      } catch (error) {
        if (this.bed.process.isAlive) throw error;
        await delay(50);
      }
    }
  }
}
