import { AUTO, chainPattern, NO_TASKS, THINKERS, tasksPattern } from "#models/chain.ts";
import { MAX_CACHE_S, MODEL_DEFAULTS } from "#models/options.ts";
import { NO_PRICES, pricesPattern } from "#models/prices.ts";
import { SERVERS } from "#models/servers.ts";
import { type Setting, textLike, wholeNumber } from "./setting.ts";

const ON_RESTART = "when `up` is started anew";

const CHAIN = "models such as `anthropic/claude-sonnet-5-5, openai/gpt-6.1-terra, offline`";

/** Longest that a silent model is waited for. Units: ms. */
const MAX_SILENCE_MS = 600_000;

const HANDED_ON = { scope: "shared", takesEffect: ON_RESTART, handedOn: true } as const;

/** Which models each kind has, one after the other. */
const CHAINS = Object.fromEntries(
  THINKERS.map((thinker) => [
    `models.${thinker}`,
    {
      ...textLike(chainPattern, CHAIN),
      about: `models of \`${thinker}\`, the next one where one cannot; auto: of whoever has a key, else offline`,
      default: AUTO,
      ...HANDED_ON,
    },
  ]),
);

/** Where each provider is. */
const PLACES = Object.fromEntries(
  Object.entries(SERVERS).map(([name, { baseUrl }]) => [
    `${name}.base_url`,
    {
      ...textLike(/^https?:\/\/\S+$/, "an address that begins with http:// or https://"),
      about:
        name === "openai"
          ? "where OpenAI, or a server that speaks like it, is"
          : `where the models of \`${name}/…\` are`,
      default: baseUrl,
      ...HANDED_ON,
    },
  ]),
);

/** Everything that is set about models; their keys come from the environment alone. */
export const MODEL_SETTINGS: Readonly<Record<string, Setting<string> | Setting<number>>> = {
  ...CHAINS,
  "models.tasks": {
    ...textLike(tasksPattern, "tasks and models such as `title: offline; summary: openai/gpt-6-luna, offline`"),
    about: "models of single tasks, whatever the kind; `none` where no task has its own",
    default: NO_TASKS,
    ...HANDED_ON,
  },
  "models.prices": {
    ...textLike(pricesPattern, "prices such as `openai/gpt-6=2/10/0.2/2.5; vllm=0.1/0.4`"),
    about: "US dollars a million tokens: input/output/cacheRead/cacheWrite by beginnings of names; wins over the list",
    default: NO_PRICES,
    ...HANDED_ON,
  },
  "models.context_tokens": {
    ...wholeNumber(1_000, 10_000_000),
    about: "most tokens that are sent to a model at once, at 4 characters each; a smaller window of a model counts too",
    default: MODEL_DEFAULTS.contextTokens,
    ...HANDED_ON,
  },
  "models.cache_ttl_s": {
    ...wholeNumber(0, MAX_CACHE_S),
    about: "seconds that an answer is kept for a request that is the same in every word; 0 keeps none",
    default: MODEL_DEFAULTS.cacheTtlS,
    ...HANDED_ON,
  },
  "models.first_ms": {
    ...wholeNumber(100, MAX_SILENCE_MS),
    about: "a model that has not begun to answer after so long is given up",
    default: MODEL_DEFAULTS.firstMs,
    unit: "ms",
    ...HANDED_ON,
  },
  "models.idle_ms": {
    ...wholeNumber(100, MAX_SILENCE_MS),
    about: "a model that falls silent for so long in the middle of its answer is given up",
    default: MODEL_DEFAULTS.idleMs,
    unit: "ms",
    ...HANDED_ON,
  },
  ...PLACES,
};
