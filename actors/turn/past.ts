import { channelContract } from "#subjects/channel.ts";
import { CONVERSATION_VERSION, emptyConversation } from "./conversation.ts";
import { foldConversation } from "./fold.ts";

/** How a channel's log is folded, for whoever reads its past. */
export const CONVERSATION = {
  contract: channelContract,
  stateVersion: CONVERSATION_VERSION,
  initial: emptyConversation,
  evolve: foldConversation,
} as const;
