import { type Address, addressOf, parseAddress } from "./address.ts";
import { isToken } from "./token.ts";

/** Chats are actors of this kind. */
const KIND = "telegram";

/** The actor of a chat or topic. Shape: `main.telegram.4711`, `main.telegram.-1004711-t9`. */
export function chatAddress(
  agent: string,
  { chat, topic }: { readonly chat: number; readonly topic?: number | undefined },
): Address {
  return addressOf(agent, KIND, topic === undefined ? `${chat}` : `${chat}-t${topic}`);
}

/** The conversation of a chat; each fresh start has its own. Shape: `main.channel.telegram-4711`, `main.channel.telegram-4711-n2`. */
export function conversationOf(chat: Address, start: number): Address {
  const { agent, id } = parseAddress(chat);
  return addressOf(agent, "channel", `telegram-${id}${start === 1 ? "" : `-n${start}`}`);
}

/** The chat that a conversation is had in; undefined for one that is had elsewhere. */
export function chatOf(conversation: Address): Address | undefined {
  const { agent, kind, id } = parseAddress(conversation);
  const [, chat] = /^telegram-(-?\d+(?:-t\d+)?)(?:-n\d+)?$/.exec(id) ?? [];
  return kind !== "channel" || chat === undefined || !isToken(chat) ? undefined : addressOf(agent, KIND, chat);
}
