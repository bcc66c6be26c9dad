import type { SlotLimits } from "./slots.ts";

/** What holds where nothing is said. */
export const SLOT_DEFAULTS: SlotLimits = { total: 8, person: 4, queued: 1_000 };

/** Most that any of the limits may be. */
export const MAX_SLOTS = 10_000;

/** Reads what the environment sets about how many jobs run. Throws: RangeError that names the variable. */
export function slotLimitsFrom(env: Readonly<Record<string, string | undefined>>): SlotLimits {
  const count = (variable: string, fallback: number): number => {
    const text = env[variable] || String(fallback);
    const value = Number(text);
    if (/^\d{1,5}$/.test(text) && value >= 1 && value <= MAX_SLOTS) return value;
    throw new RangeError(`${variable} is ${text}; use a whole number from 1 to ${MAX_SLOTS}`);
  };
  const { total, person, queued } = SLOT_DEFAULTS;
  return {
    total: count("THALASSA_JOBS_AT_ONCE", total),
    person: count("THALASSA_JOBS_PERSON_AT_ONCE", person),
    queued: count("THALASSA_JOBS_PERSON_QUEUED", queued),
  };
}
