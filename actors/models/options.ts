import { z } from "zod";
import { AUTO, type ChainSettings, NO_TASKS, type Thinker } from "./chain.ts";
import { NO_PRICES, type Prices, pricesFrom } from "./prices.ts";
import { isFreeServer, type Server, serversFrom } from "./servers.ts";
import type { Patience } from "./watch.ts";

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
export function offlineFromEnvironment(env: Environment): ResolvedOffline {
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

/** All that is set about models for one kind of process. */
export type ModelSettings = ChainSettings & {
  readonly servers: readonly Server[];
  readonly offline: ResolvedOffline;
  readonly patience: Patience;
  readonly prices: Prices;
  /** Most that is sent at once, whatever a model's window. Units: tokens. Default 100,000. */
  readonly contextTokens: number;
  /** How long an answer is kept for a request that is the same in every word. Units: ms. Default 0, not at all. */
  readonly cacheMs: number;
};

/** What holds where nothing is said. Units: ms, tokens and, for the cache, seconds. */
export const MODEL_DEFAULTS = { firstMs: 120_000, idleMs: 120_000, contextTokens: 100_000, cacheTtlS: 0 } as const;

/** Longest that an answer may be kept: the life of an entry of its bucket. Units: seconds. */
export const MAX_CACHE_S = 86_400;

/** Reads what the environment sets about models. Throws: RangeError that names the variable. */
export function modelSettings(thinker: Thinker, env: Environment): ModelSettings {
  const servers = serversFrom(env);
  const { firstMs, idleMs, contextTokens } = MODEL_DEFAULTS;
  return {
    own: env[`THALASSA_MODELS_${thinker.toUpperCase()}`] || AUTO,
    tasks: env.THALASSA_MODELS_TASKS || NO_TASKS,
    keyed: servers.filter(({ key }) => key !== "").map(({ name }) => name),
    servers,
    prices: pricesFrom(
      env.THALASSA_MODELS_PRICES || NO_PRICES,
      servers.filter(isFreeServer).map(({ name }) => name),
    ),
    offline: offlineFromEnvironment(env),
    patience: {
      firstMs: whole(env, "THALASSA_MODELS_FIRST_MS", firstMs),
      idleMs: whole(env, "THALASSA_MODELS_IDLE_MS", idleMs),
    },
    contextTokens: whole(env, "THALASSA_MODELS_CONTEXT_TOKENS", contextTokens),
    cacheMs: cacheFromEnvironment(env),
  };
}

/** Here zero is a good number: nothing is kept. */
function cacheFromEnvironment({ THALASSA_MODELS_CACHE_TTL_S: text }: Environment): number {
  if (!text) return MODEL_DEFAULTS.cacheTtlS * 1_000;
  if (/^\d{1,5}$/.test(text) && Number(text) <= MAX_CACHE_S) return Number(text) * 1_000;
  throw new RangeError(`THALASSA_MODELS_CACHE_TTL_S is ${text}; use whole seconds up to ${MAX_CACHE_S}, 0 for none`);
}

type Environment = Readonly<Record<string, string | undefined>>;

function whole(env: Environment, variable: string, fallback: number): number {
  const text = env[variable];
  if (!text) return fallback;
  if (!/^[1-9]\d{0,7}$/.test(text)) throw new RangeError(`${variable} is ${text}; use a whole number above zero`);
  return Number(text);
}
