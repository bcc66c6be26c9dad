import { promptsFrom } from "#actors/prompts/mod.ts";
import { budgetsFrom, modelsFrom, sharedCooldowns, type Thinker } from "#models/mod.ts";
import type { KindOffers } from "#runtime/mod.ts";
import { PROMPTS } from "#subjects/prompts.ts";
import type { ThinkPort } from "./think.ts";

/**
 * All that the process of a kind thinks with, as its environment sets it up. The library of the model that is asked first is
 * loaded now, before the process owns anything: it blocks for 0.1 to 0.2 s, and others would take it for dead.
 * Throws: RangeError that names what is set wrong.
 */
export async function thinkOn(
  thinker: Thinker,
  env: Readonly<Record<string, string | undefined>>,
  { entries, entryText, logger }: KindOffers,
): Promise<ThinkPort> {
  const cooldowns = sharedCooldowns(entries("LIMITS"));
  const models = modelsFrom(thinker, env, { cooldowns, cache: entries("CACHE"), log: logger.warn.bind(logger) });
  await models.load();
  const prompts = promptsFrom((key) => entryText(PROMPTS, key));
  const budgets = budgetsFrom((key) => entryText("VIEWS", key), env, { isFree: () => models.isFree() });
  return { models, prompts, budgets };
}
