import { MICRO } from "#subjects/charge.ts";
import type { Limit } from "#subjects/limit.ts";

/** What holds where nothing is said. Units: as the settings' names say; 0 is no limit. */
export const BUDGET_DEFAULTS = { dayUsd: 20, warnUsd: 10, dayTokens: 0, channelDayUsd: 0, personDayUsd: 0 } as const;

/** Where people are told of a limit that has no other place for that. */
const SOFT_PART = 0.8;

/** A setting's amount: digits, and up to six more after a dot. */
const amountPattern = /^\d{1,9}(?:\.\d{1,6})?$/;

/** Reads what the environment sets about budgets. Throws: RangeError that names the variable. */
export function limitsFrom(env: Readonly<Record<string, string | undefined>>): readonly Limit[] {
  const { dayUsd, warnUsd, dayTokens, channelDayUsd, personDayUsd } = BUDGET_DEFAULTS;
  const amount = (variable: string, fallback: number, times: number): number => {
    const text = env[variable] || String(fallback);
    if (amountPattern.test(text)) return Math.round(Number(text) * times);
    throw new RangeError(`${variable} is ${text}; use a number such as 20 or 0.5, and 0 for no limit`);
  };
  const agent = amount("THALASSA_BUDGET_DAY_USD", dayUsd, MICRO);
  const warned = amount("THALASSA_BUDGET_WARN_USD", warnUsd, MICRO);
  const tokens = amount("THALASSA_BUDGET_DAY_TOKENS", dayTokens, 1);
  const channel = amount("THALASSA_BUDGET_CHANNEL_DAY_USD", channelDayUsd, MICRO);
  const person = amount("THALASSA_BUDGET_PERSON_DAY_USD", personDayUsd, MICRO);
  const limits: readonly Limit[] = [
    { scope: "agent", measure: "microUsd", ...bounds(agent, warned), setting: "budget.day_usd" },
    { scope: "agent", measure: "tokens", ...bounds(tokens), setting: "budget.day_tokens" },
    { scope: "channel", measure: "microUsd", ...bounds(channel), setting: "budget.channel_day_usd" },
    { scope: "person", measure: "microUsd", ...bounds(person), setting: "budget.person_day_usd" },
  ];
  return limits.filter(({ soft, hard }) => soft !== undefined || hard !== undefined);
}

function bounds(hard: number, soft: number = Math.ceil(hard * SOFT_PART)): Pick<Limit, "soft" | "hard"> {
  return { ...(soft > 0 ? { soft } : {}), ...(hard > 0 ? { hard } : {}) };
}
