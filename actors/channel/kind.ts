import { OFFLINE, offlineFromEnvironment, offlineModel, type Provider } from "#models/mod.ts";
import type { Kind } from "#runtime/actor.ts";
import { channelContract } from "#subjects/channel.ts";
import { decide } from "./decide.ts";
import { evolve } from "./evolve.ts";
import { performWith } from "./perform.ts";
import { sends } from "./sends.ts";
import { type ChannelState, initial, STATE_VERSION, status } from "./state.ts";
import { steps, type ThinkStep, type Thought } from "./steps.ts";

/** A conversation, as the runtime runs it. */
export type ChannelKind = Kind<typeof channelContract, ChannelState, ThinkStep, Thought>;

/** The kind `channel` on a provider of models. */
export function channelKind(provider: Provider, model: string = OFFLINE): ChannelKind {
  return {
    contract: channelContract,
    stateVersion: STATE_VERSION,
    initial,
    decide,
    evolve,
    sends,
    steps,
    perform: performWith(provider, model),
    answers: { status },
  };
}

/** The kind `channel` as it is set up by the environment of this process. */
export const channel: ChannelKind = channelKind(offlineModel(offlineFromEnvironment(process.env)));
