import { setTimeout as delay } from "node:timers/promises";
import { Closed, type Logger, type Tools } from "#runtime/mod.ts";
import type { PollerBrought } from "./brought.ts";
import { troubleOf, wordsOf } from "./trouble.ts";

/** So many times in a row something may fail before people are told, where it may pass by itself. */
const PATIENCE = 3;

/** What of the tools it takes to tell how it stands. */
export type LineTools = Pick<Tools<PollerBrought>, "emit" | "signal">;

/** The line to Telegram: rides out what goes wrong, and tells when that begins and ends. */
export class Line {
  readonly signal: AbortSignal;
  readonly #emit: LineTools["emit"];
  readonly #logger: Logger;
  readonly #mode: "polling" | "webhook";
  #bot: { readonly id: number; readonly username: string } | undefined;
  #told: string | undefined;

  constructor({ emit, signal }: LineTools, mode: "polling" | "webhook", logger: Logger) {
    this.signal = signal;
    this.#emit = emit;
    this.#logger = logger;
    this.#mode = mode;
  }

  /** Telegram has said who the bot is. */
  async knows(bot: { readonly id: number; readonly username: string }): Promise<void> {
    this.#bot = bot;
    await this.tell();
  }

  /** Says what stands in the way, or that nothing does; once, however often it is found. Throws: Closed. */
  async tell(problem?: string): Promise<void> {
    const told = JSON.stringify([this.#bot, problem]);
    if (told === this.#told) return;
    await this.#emit({
      type: "connected",
      mode: this.#mode,
      ...(this.#bot === undefined ? {} : { bot: this.#bot.username, id: this.#bot.id }),
      ...(problem === undefined ? {} : { problem }),
    });
    this.#told = told;
  }

  /**
   * Does something until it works, however long that takes; it is given the last error. Throws: Closed; the reason of the
   * signal.
   */
  async ride<T>(run: (last: unknown) => Promise<T>): Promise<T> {
    let last: unknown;
    for (let failures = 1; ; failures++) {
      try {
        return await run(last);
      } catch (error) {
        this.signal.throwIfAborted();
        if (error instanceof Closed) throw error;
        last = error;
        const { problem, isCertain, afterMs } = troubleOf(error, failures);
        // The error itself is not logged: it holds addresses with the token in them.
        this.#logger.warn({ problem, failures, why: wordsOf(error) }, "Telegram does not do what was asked of it");
        if (isCertain || failures >= PATIENCE) await this.tell(problem);
        await delay(afterMs, undefined, { signal: this.signal });
      }
    }
  }
}
