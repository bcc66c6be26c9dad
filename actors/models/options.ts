import { z } from "zod";

/** How the offline model takes its time; each field may be left out. */
export type OfflineOptions = {
  /** Pause between two words. Units: ms. Default 15; 0 answers at once. */
  readonly paceMs?: number;
  /** Pause before the first word, chosen within this range from the message itself. Units: ms. Default none. */
  readonly delayMs?: DelayRange;
};

/** A range of pauses, both ends included. */
export type DelayRange = { readonly from: number; readonly to: number };

/** The options with every field filled in. */
export type ResolvedOffline = Required<OfflineOptions>;

/** What holds where nothing is said. */
export const OFFLINE_DEFAULTS = { paceMs: 15, delayMs: { from: 0, to: 0 } } as const satisfies ResolvedOffline;

/** Longest pause that may be asked for. Units: ms. */
const MAX_PAUSE_MS = 600_000;

const pause = z.number().int().min(0).max(MAX_PAUSE_MS);
const resolved = z.object({
  paceMs: pause,
  delayMs: z.object({ from: pause, to: pause }).refine(({ from, to }) => from <= to),
});

/** Fills in what was left out. Throws: RangeError when a pause is negative, no whole number, or too long. */
export function resolveOffline(options: OfflineOptions): ResolvedOffline {
  const { success, data } = resolved.safeParse({ ...OFFLINE_DEFAULTS, ...options });
  if (!success)
    throw new RangeError(`${JSON.stringify(options)} are no pauses; use whole ms from 0 to ${MAX_PAUSE_MS}`);
  return data;
}

/**
 * Reads `THALASSA_OFFLINE_PACE_MS` (`15`) and `THALASSA_OFFLINE_DELAY_MS` (`20-500`).
 * Throws: RangeError that names the variable.
 */
export function offlineFromEnvironment(env: Readonly<Record<string, string | undefined>>): ResolvedOffline {
  const { THALASSA_OFFLINE_PACE_MS: pace, THALASSA_OFFLINE_DELAY_MS: delay } = env;
  if (pace && !/^\d{1,6}$/.test(pace)) {
    throw new RangeError(`THALASSA_OFFLINE_PACE_MS is ${pace}; use whole milliseconds a word, for example 15`);
  }
  const range = delay ? /^(\d{1,6})-(\d{1,6})$/.exec(delay) : undefined;
  if (range === null) throw new RangeError(`THALASSA_OFFLINE_DELAY_MS is ${delay}; use a range such as 20-500`);
  return resolveOffline({
    ...(pace ? { paceMs: Number(pace) } : {}),
    ...(range ? { delayMs: { from: Number(range[1]), to: Number(range[2]) } } : {}),
  });
}
