import type { z } from "zod";
import type { Conversation } from "#actors/turn/mod.ts";
import type { channelContract } from "#subjects/channel.ts";

/** How a conversation stands, for whoever asks. */
export function status(state: Conversation): z.output<typeof channelContract.asks.status> {
  const { heard, said, turn, waiting, about, work } = state;
  return {
    heard,
    said,
    thinking: turn !== undefined,
    waiting: waiting.filter(({ role }) => role === "user").length,
    ...(about === undefined ? {} : { about }),
    work: [...work],
  };
}
