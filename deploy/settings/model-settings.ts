import { AUTO, chainPattern, NO_TASKS, THINKERS, tasksPattern } from "#models/chain.ts";
import { MODEL_DEFAULTS } from "#models/options.ts";
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
  "models.context_tokens": {
    ...wholeNumber(1_000, 10_000_000),
    about: "most tokens that are sent to a model at once, at 4 characters each; a smaller window of a model counts too",
    default: MODEL_DEFAULTS.contextTokens,
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
