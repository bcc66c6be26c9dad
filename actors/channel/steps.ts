import { type Conversation, stepsOf, type TurnStep } from "#actors/turn/mod.ts";

/** What a channel wants done: the next step of its turn, and the conversation that it is a step of. */
export type ChannelStep = TurnStep & { readonly conversation: Conversation };

/** At most one call of a model runs, or the tools that the last one called; and one does while anything waits. */
export function steps(conversation: Conversation): Readonly<Record<string, ChannelStep>> {
  if (conversation.turn === undefined) return {};
  const wanted = Object.entries(stepsOf(conversation.turn));
  return Object.fromEntries(wanted.map(([key, step]) => [key, { ...step, conversation }]));
}
