import { encodeToken } from "#subjects/token.ts";

/** Until when models are to be left alone. Units: ms, `until` since 1970. Neither ever throws: it is a courtesy. */
export type Cooldowns = {
  /** 0 where nobody knows of one. */
  until(model: string): Promise<number>;
  set(model: string, forMs: number): Promise<void>;
};

/** Entries that every process of every host sees, each gone after its time. */
export type Entries = {
  read(key: string): Promise<string | undefined>;
  write(key: string, text: string, ttlMs: number): Promise<void>;
};

/** Longest time a provider may send us away for: the life of an entry at most. Units: ms. */
export const MAX_COOLDOWN_MS = 3_600_000;

/** Cooldowns of this process alone. */
export function ownCooldowns(now: () => number = Date.now): Cooldowns {
  const untils = new Map<string, number>();
  return {
    until: (model) => Promise.resolve(untils.get(model) ?? 0),
    set(model, forMs) {
      untils.set(model, now() + Math.min(forMs, MAX_COOLDOWN_MS));
      return Promise.resolve();
    },
  };
}

/**
 * Cooldowns that every process keeps to. Where the shared entries cannot be had, those of this process hold; where clocks
 * differ, the entry's own end bounds a cooldown on one side and the time in it on the other.
 */
export function sharedCooldowns(entries: Entries, now: () => number = Date.now): Cooldowns {
  const own = ownCooldowns(now);
  return {
    async until(model) {
      const [mine, shared] = await Promise.all([own.until(model), entries.read(keyOf(model)).catch(() => undefined)]);
      const told = Number(shared);
      const theirs = Number.isFinite(told) ? Math.min(told, now() + MAX_COOLDOWN_MS) : 0;
      return Math.max(mine, theirs);
    },
    async set(model, forMs) {
      await own.set(model, forMs);
      const until = await own.until(model);
      await entries.write(keyOf(model), `${until}`, Math.min(forMs, MAX_COOLDOWN_MS)).catch(() => {});
    },
  };
}

/** Shape: `model.anthropic=2Fclaude-sonnet-5-5`. */
function keyOf(model: string): string {
  return `model.${encodeToken(model)}`;
}
