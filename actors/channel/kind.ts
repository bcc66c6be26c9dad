import { promptShown, type ThinkPort } from "#actors/thinking/mod.ts";
import {
  type Brought,
  CONVERSATION_VERSION,
  type Conversation,
  emptyConversation,
  foldConversation,
} from "#actors/turn/mod.ts";
import { modelsFrom } from "#models/mod.ts";
import type { Kind } from "#runtime/actor.ts";
import { channelContract } from "#subjects/channel.ts";
import { decide } from "./decide.ts";
import { performWith, questionOf } from "./perform.ts";
import { sends } from "./sends.ts";
import { status } from "./status.ts";
import { type ChannelStep, steps } from "./steps.ts";

/** A conversation, as the runtime runs it. */
export type ChannelKind = Kind<typeof channelContract, Conversation, ChannelStep, Brought>;

/** The kind `channel` on what it thinks with. */
export function channelKind(port: ThinkPort): ChannelKind {
  return {
    contract: channelContract,
    stateVersion: CONVERSATION_VERSION,
    initial: emptyConversation,
    decide,
    evolve: foldConversation,
    sends,
    steps,
    perform: performWith(port),
    answers: { status, prompt: (state, address) => promptShown(questionOf(state), address, port) },
  };
}

/** The kind `channel` for whoever folds logs: it thinks offline. */
export const channel: ChannelKind = channelKind({ models: modelsFrom("channel", {}) });
