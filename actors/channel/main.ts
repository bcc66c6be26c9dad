import { promptsFrom } from "#actors/prompts/mod.ts";
import { modelsFrom, sharedCooldowns } from "#models/mod.ts";
import { runKindOf } from "#runtime/mod.ts";
import { channelContract } from "#subjects/channel.ts";
import { PROMPTS } from "#subjects/prompts.ts";
import { channelKind } from "./kind.ts";

await runKindOf(channelContract, ({ entries, entryText, logger }) => {
  const cooldowns = sharedCooldowns(entries("LIMITS"));
  const models = modelsFrom("channel", process.env, { cooldowns, log: logger.warn.bind(logger) });
  const prompts = promptsFrom((key) => entryText(PROMPTS, key));
  return channelKind({ models, prompts });
});
