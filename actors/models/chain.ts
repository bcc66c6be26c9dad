import { z } from "zod";

/** Kinds of processes that think. */
export const THINKERS = ["channel", "branch", "worker", "compactor", "cortex"] as const;

/** One of them. */
export type Thinker = (typeof THINKERS)[number];

/** Name of the built-in model. */
export const OFFLINE = "offline";

/** Says of a chain: the models of whoever there is a key for. */
export const AUTO = "auto";

/** Says of the tasks: none has models of its own. */
export const NO_TASKS = "none";

/** A model and who has it. Shape: `{ "provider": "anthropic", "model": "claude-sonnet-5-5" }`. */
export type ModelName = { readonly provider: string; readonly model: string };

/** What is set about models, as text. */
export type ChainSettings = {
  /** Shape: `anthropic/claude-sonnet-5-5, openai/gpt-6.1-terra, offline`, or `auto`. */
  readonly own: string;
  /** Shape: `title: offline; summary: openai/gpt-6-luna, offline`, or `none`. */
  readonly tasks: string;
  /** Providers of which there is a key, the first one preferred. */
  readonly keyed: readonly string[];
};

/**
 * What answers where nothing is set. For people and jobs: the middle size of the newest generation that both libraries
 * name, which their vendors call the balance of speed and ability; the largest ones cost twice as much, and a setting
 * chooses them. For the small, frequent work of compactor and cortex: the small size.
 * Source: types `Model` of @anthropic-ai/sdk 1.11.0 and `ChatModel` of openai 7.55.0.
 */
const DEFAULTS: Readonly<Record<string, { readonly middle: string; readonly small: string }>> = {
  anthropic: { middle: "claude-sonnet-5-5", small: "claude-haiku-5-5" },
  openai: { middle: "gpt-6.1-terra", small: "gpt-6-luna" },
};

const SMALL: ReadonlySet<Thinker> = new Set(["compactor", "cortex"]);

/** One model, as it is written. */
const NAME = String.raw`[A-Za-z0-9_-]+(?:\/[^\s,;]+)?`;
const CHAIN = String.raw`${NAME}(?:\s*,\s*${NAME})*`;
const TASK = String.raw`[a-z][a-z-]*\s*:\s*${CHAIN}`;

/** A chain, as a setting takes it. */
export const chainPattern = new RegExp(`^\\s*${CHAIN}\\s*$`);

/** Chains by task, as a setting takes them. */
export const tasksPattern = new RegExp(`^\\s*(?:${NO_TASKS}|${TASK}(?:\\s*;\\s*${TASK})*)\\s*;?\\s*$`);

const setChain = z.string().regex(chainPattern);
const setTasks = z.string().regex(tasksPattern);

/**
 * The models that are tried one after the other: the task's own chain, else the kind's, else the models of whoever there
 * is a key for, else the offline one. Throws: RangeError when a setting cannot be read.
 */
export function chainFor(thinker: Thinker, task: string | undefined, settings: ChainSettings): readonly ModelName[] {
  const own = parsed(setChain, settings.own, "a chain of models is provider/model, provider/model, …");
  const tasks = parsed(setTasks, settings.tasks, "tasks are written task: provider/model, …; task: …");
  const forTask = task === undefined ? undefined : tasksOf(tasks).get(task);
  const text = forTask ?? (own.trim() === AUTO ? keyedChain(thinker, settings.keyed) : own);
  return text.split(",").map((name) => modelName(name.trim()));
}

/** Reads one name; what has no slash is a provider of one model. */
export function modelName(name: string): ModelName {
  const slash = name.indexOf("/");
  return slash < 0 ? { provider: name, model: name } : { provider: name.slice(0, slash), model: name.slice(slash + 1) };
}

/** The name as it is written. */
export function writtenName({ provider, model }: ModelName): string {
  return provider === model ? provider : `${provider}/${model}`;
}

function tasksOf(text: string): ReadonlyMap<string, string> {
  const entries = text.split(";").flatMap((part) => {
    const colon = part.indexOf(":");
    return colon < 0 ? [] : [[part.slice(0, colon).trim(), part.slice(colon + 1).trim()] as const];
  });
  return new Map(entries);
}

function keyedChain(thinker: Thinker, keyed: readonly string[]): string {
  const size = SMALL.has(thinker) ? "small" : "middle";
  const names = keyed.flatMap((provider) => {
    const model = DEFAULTS[provider]?.[size];
    return model === undefined ? [] : [`${provider}/${model}`];
  });
  return names.length === 0 ? OFFLINE : names.join(", ");
}

function parsed(schema: z.ZodType<string>, text: string, rule: string): string {
  const { success, data } = schema.safeParse(text);
  if (!success) throw new RangeError(`${JSON.stringify(text)} names no models; ${rule}`);
  return data;
}
