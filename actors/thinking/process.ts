import { promptsFrom } from "#actors/prompts/mod.ts";
import { budgetsFrom, modelsFrom, sharedCooldowns, type Thinker } from "#models/mod.ts";
import type { KindOffers } from "#runtime/mod.ts";
import { PROMPTS } from "#subjects/prompts.ts";
import type { ThinkPort } from "./think.ts";

/** All that the process of a kind thinks with, as its environment sets it up. Throws: RangeError that names what is set wrong. */
export function thinkOn(
  thinker: Thinker,
  env: Readonly<Record<string, string | undefined>>,
  { entries, entryText, logger }: KindOffers,
): ThinkPort {
  const cooldowns = sharedCooldowns(entries("LIMITS"));
  const models = modelsFrom(thinker, env, { cooldowns, cache: entries("CACHE"), log: logger.warn.bind(logger) });
  const prompts = promptsFrom((key) => entryText(PROMPTS, key));
  const budgets = budgetsFrom((key) => entryText("VIEWS", key), env, { isFree: () => models.isFree() });
  return { models, prompts, budgets };
}
