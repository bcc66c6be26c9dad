import { setTimeout as delay } from "node:timers/promises";

/** How often it is noted that the process is awake. Units: ms. */
const NOTED_MS = 250;

/** A process that noted nothing for so long was stopped, or its host slept. Units: ms. */
const ASLEEP_MS = 1_000;

/** Within this time a process that was asleep hears who has taken over from it, and what it did is ended. Units: ms. */
const DOUBT_MS = 1_000;

/** Knows whether the process may have slept through the loss of what it does: whatever another one goes on with ends first. */
export class Wakefulness {
  #notedAt = Date.now();
  #doubtfulUntil = 0;

  constructor() {
    setInterval(() => this.#note(), NOTED_MS).unref();
  }

  /** Resolves when what is still wanted is surely ours. Throws: the signal's reason. */
  async sure(signal: AbortSignal): Promise<void> {
    this.#note();
    while (this.#doubtfulUntil > Date.now()) await delay(this.#doubtfulUntil - Date.now(), undefined, { signal });
    signal.throwIfAborted();
  }

  #note(): void {
    const now = Date.now();
    // A clock that was set back doubts no longer than any other.
    this.#doubtfulUntil = Math.min(this.#doubtfulUntil, now + DOUBT_MS);
    if (now > this.#notedAt + ASLEEP_MS) this.#doubtfulUntil = now + DOUBT_MS;
    this.#notedAt = now;
  }
}
