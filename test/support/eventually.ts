import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";

/** How long a condition may take to come true, and how often it is looked at. Units: ms. */
const PATIENCE = { mostMs: 10_000, everyMs: 10 } as const;

/** Waits until what `look` sees is as wanted, and gives it. Throws: with what it last saw, when time runs out. */
export async function eventually<T>(
  look: () => T | Promise<T>,
  wanted: (seen: T) => boolean = Boolean,
  mostMs: number = PATIENCE.mostMs,
): Promise<T> {
  const until = performance.now() + mostMs;
  while (true) {
    const seen = await look();
    if (wanted(seen)) return seen;
    if (performance.now() > until)
      throw new Error(`not within ${mostMs} ms; last seen: ${inspect(seen, { depth: 6 })}`);
    await delay(PATIENCE.everyMs);
  }
}
