import { Closed } from "#runtime/mod.ts";
import { Problem, retryAfter } from "./problem.ts";

/** A request is told that the bus is away after this long, and one more try. Units: ms. */
const BUS_MS = 3_500;

/** A bus that is away is mostly back after this long. Units: ms. */
const BACK_MS = 2_000;

/** Runs something that asks the bus, but not for ever. Throws: Problem `bus-away`. */
export async function onBus<T>(run: (signal: AbortSignal) => Promise<T>, what: string): Promise<T> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), BUS_MS);
  try {
    return await run(giveUp.signal);
  } catch (cause) {
    if (!(cause instanceof Closed)) throw cause;
    throw new Problem("bus-away", `The bus did not answer; ${what}.`, { cause, headers: retryAfter(BACK_MS) });
  } finally {
    clearTimeout(timer);
  }
}
