import type { ModelFailed } from "./failure.ts";

/** How a model that failed is tried again. */
export type RetryOptions = {
  /** Most tries of one model before the next one's turn. Default 3. */
  readonly tries: number;
  /** Longest wait before the second try, doubled for each one after it; chance takes up to half away. Units: ms. Default 1,000. */
  readonly firstWaitMs: number;
  /** A longer wait that a provider asks for is not waited out: the next model's turn comes first. Units: ms. Default 20,000. */
  readonly mostWaitMs: number;
  /** A model that limits us without saying for how long is left alone for this time. Units: ms. Default 15,000. */
  readonly cooldownMs: number;
  /** Of one that limits us, only so short a wait is waited out before the next model's turn. Units: ms. Default 2,000. */
  readonly shortRestMs: number;
};

/** What holds where nothing is said. */
export const RETRY: RetryOptions = {
  tries: 3,
  firstWaitMs: 1_000,
  mostWaitMs: 20_000,
  cooldownMs: 15_000,
  shortRestMs: 2_000,
};

/** How long to wait before the same model is tried again; undefined when the next one is better. Units: ms. */
export function waitBeforeRetry(
  { code, waitMs }: Pick<ModelFailed, "code" | "waitMs">,
  tried: number,
  { firstWaitMs, mostWaitMs, cooldownMs, shortRestMs }: RetryOptions,
  chance: number,
): number | undefined {
  const jittered = Math.min(firstWaitMs * 2 ** (tried - 1), mostWaitMs) * (1 - chance / 2);
  if (code !== "model-limited") {
    const asked = waitMs ?? 0;
    return asked > mostWaitMs ? undefined : Math.max(asked, jittered);
  }
  const rest = waitMs ?? cooldownMs;
  // The others keep away for the rest, so nobody meets us at its end.
  return rest > shortRestMs ? undefined : Math.max(rest, jittered);
}
