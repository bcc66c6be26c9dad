import { BUDGET_DEFAULTS } from "#models/limits.ts";
import { amount, type Setting, wholeNumber } from "./setting.ts";

const HANDED_ON = { scope: "shared", takesEffect: "when `up` is started anew", handedOn: true } as const;

/** Most that a day may cost. Units: US dollars. */
const MAX_USD = 1_000_000;

const { dayUsd, warnUsd, dayTokens, channelDayUsd, personDayUsd } = BUDGET_DEFAULTS;

/** How much may be spent in a day of UTC. */
export const BUDGET_SETTINGS: Readonly<Record<string, Setting<number>>> = {
  "budget.day_usd": {
    ...amount(MAX_USD),
    about: "US dollars that an agent may spend in a day of UTC; then no call of a model begins; 0 is no limit",
    default: dayUsd,
    ...HANDED_ON,
  },
  "budget.warn_usd": {
    ...amount(MAX_USD),
    about: "US dollars of an agent's day at which the conversation is told; 0 tells nobody",
    default: warnUsd,
    ...HANDED_ON,
  },
  "budget.day_tokens": {
    ...wholeNumber(0, 999_999_999),
    about: "tokens that an agent may spend in a day, told at 80 % of it; 0 is no limit",
    default: dayTokens,
    ...HANDED_ON,
  },
  "budget.channel_day_usd": {
    ...amount(MAX_USD),
    about: "US dollars that a conversation may cost in a day, told at 80 % of it; 0 is no limit",
    default: channelDayUsd,
    ...HANDED_ON,
  },
  "budget.person_day_usd": {
    ...amount(MAX_USD),
    about: "US dollars that one person may cost an agent in a day, told at 80 % of it; 0 is no limit",
    default: personDayUsd,
    ...HANDED_ON,
  },
};
