import { modelsFrom } from "#models/mod.ts";
import type { Kind } from "#runtime/actor.ts";
import { channelContract } from "#subjects/channel.ts";
import { decide } from "./decide.ts";
import { evolve } from "./evolve.ts";
import { promptAsked } from "./next-prompt.ts";
import { type ChannelPort, performWith } from "./perform.ts";
import { sends } from "./sends.ts";
import { type ChannelState, initial, STATE_VERSION, status } from "./state.ts";
import { steps, type ThinkStep, type Thought } from "./steps.ts";

/** A conversation, as the runtime runs it. */
export type ChannelKind = Kind<typeof channelContract, ChannelState, ThinkStep, Thought>;

/** The kind `channel` on what it thinks with. */
export function channelKind(port: ChannelPort): ChannelKind {
  return {
    contract: channelContract,
    stateVersion: STATE_VERSION,
    initial,
    decide,
    evolve,
    sends,
    steps,
    perform: performWith(port),
    answers: { status, prompt: promptAsked(port) },
  };
}

/** The kind `channel` for whoever folds logs: it thinks offline. */
export const channel: ChannelKind = channelKind({ models: modelsFrom("channel", {}) });
