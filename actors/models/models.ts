import { scrubberOf } from "#subjects/scrub.ts";
import { anthropicModels } from "./anthropic.ts";
import { answerCache } from "./cache.ts";
import { withDistinctIds } from "./call-ids.ts";
import { chainFor, type ModelName, OFFLINE, type Thinker, writtenName } from "./chain.ts";
import { compatibleModels } from "./compatible.ts";
import { type Cooldowns, type Entries, ownCooldowns } from "./cooldowns.ts";
import type { Endpoint } from "./exchange.ts";
import { keyless } from "./failure.ts";
import { offlineModel } from "./offline.ts";
import { openaiModels } from "./openai.ts";
import { type ModelSettings, modelSettings } from "./options.ts";
import { costOf, isFree, type Prices } from "./prices.ts";
import type { Answer, Provider } from "./provider.ts";
import { RETRY, type RetryOptions } from "./retry.ts";
import { type Call, Router, type RouterPort } from "./router.ts";
import type { Server } from "./servers.ts";
import { sees } from "./sight.ts";
import { contextTokensOf } from "./tokens.ts";

/** All that one kind of process thinks with. */
export type Models = {
  /** Has the models of the chain answer, one after the other. Throws: ModelFailed; the signal's reason. */
  think(call: Call): Promise<Answer>;
  /** How much a request may hold, for the smallest model that it may go to. Units: tokens. */
  contextTokens(task?: string): number;
  /** Whether nobody charges for any model that a call may go to. */
  isFree(task?: string): boolean;
  /** Whether any model that a call may go to takes pictures; those that do not are given the lines of them alone. */
  sees(task?: string): boolean;
};

/** Models whose libraries are loaded with their first calls, if not before. */
export type LoadableModels = Models & {
  /** Loads the library of whoever is asked first: that takes a process's whole attention for a while. */
  load(): Promise<void>;
};

/** What the process offers; each field may be left out. */
export type ModelsPort = {
  /** Default: of this process alone. */
  readonly cooldowns?: Cooldowns;
  /** Where answers are kept, if the settings have them kept. Default: nowhere. */
  readonly cache?: Entries;
  /** Told of each failure. Default: nobody. */
  readonly log?: RouterPort["log"];
  readonly retry?: Partial<RetryOptions>;
};

/**
 * The models of a kind of process, as its environment sets them up; nothing of a provider's library is loaded before its
 * first call or `load`. Keys stay inside: they are taken out of all that is thrown or logged. Throws: RangeError that names what is
 * set wrong.
 */
export function modelsFrom(
  thinker: Thinker,
  env: Readonly<Record<string, string | undefined>>,
  { cooldowns = ownCooldowns(), cache, log = () => {}, retry = {} }: ModelsPort = {},
): LoadableModels {
  const settings = modelSettings(thinker, env);
  const providers = providersOf(settings);
  const router = new Router({
    providers,
    cooldowns,
    log,
    retry: { ...RETRY, ...retry },
    now: Date.now,
    chance: Math.random,
  });
  const chainOf = (task?: string): readonly ModelName[] => chainFor(thinker, task, settings);
  const kept = cache === undefined || settings.cacheMs === 0 ? undefined : answerCache(cache, settings.cacheMs);
  // What cannot be read is told at once, and not to the first person who says something.
  chainOf();
  return {
    async load() {
      await providers[chainOf()[0]?.provider ?? OFFLINE]?.load?.();
    },
    think: (call) => {
      const chain = chainOf(call.task);
      const ask = async () => {
        const answer = await router.answer(call, chain);
        return priced({ ...answer, content: withDistinctIds(answer.content) }, settings.prices);
      };
      return kept === undefined ? ask() : kept(call, chain, ask);
    },
    contextTokens: (task) => contextTokensOf(chainOf(task).map(writtenName), settings.contextTokens),
    isFree: (task) => chainOf(task).every((name) => isFree(writtenName(name), settings.prices)),
    sees: (task) => chainOf(task).some(sees),
  };
}

/** An answer with what it cost; one that nobody charges for is left as it is. */
function priced(answer: Answer, prices: Prices): Answer {
  const { model, usage } = answer;
  return isFree(model, prices) ? answer : { ...answer, usage: { ...usage, microUsd: costOf(usage, model, prices) } };
}

function providersOf({ servers, offline, patience }: ModelSettings): Readonly<Record<string, Provider>> {
  const scrub = scrubberOf(servers.map(({ key }) => key));
  const reached = servers.map((server) => [server.name, providerOf(server, { patience, scrub })] as const);
  return { ...Object.fromEntries(reached), [OFFLINE]: offlineModel(offline) };
}

const SPEAKERS = { messages: anthropicModels, responses: openaiModels, chat: compatibleModels } as const;

function providerOf(server: Server, rest: Pick<Endpoint, "patience" | "scrub">): Provider {
  const { name, key, keyVariable, baseUrl } = server;
  if (key === "" && !server.keyless) return { think: () => Promise.reject(keyless(name, keyVariable)) };
  // The libraries want some key, also for servers that take any.
  const endpoint: Endpoint = { provider: name, baseUrl, apiKey: key || "none", keyVariable, ...rest };
  return SPEAKERS[server.speaks](endpoint);
}
