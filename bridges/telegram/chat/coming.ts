import type { Admitted } from "#subjects/telegram-update.ts";
import type { ChatState } from "./state.ts";

/** The number of the message that stands for several. */
export function firstOf(messages: readonly Admitted[]): number {
  const [first] = messages;
  return first?.incoming.type === "message" ? first.incoming.message : 0;
}

/** Whether messages wait to be heard: what comes after them is heard after them. */
export function isHeldUp({ fetches, albums }: ChatState): boolean {
  return Object.keys(fetches).length > 0 || Object.keys(albums).length > 0;
}

/** Whether a message of that number is not heard yet, for its files or those before it are fetched. */
export function isComing({ fetches, albums }: ChatState, message: number): boolean {
  const coming = [...Object.values(fetches), ...Object.values(albums).map(({ messages }) => messages)].flat();
  return coming.some(({ incoming }) => incoming.type === "message" && incoming.message === message);
}

/** The messages that come first of those whose files are fetched; none while an album before them is still coming. */
export function nextFetch({
  fetches,
  albums,
}: ChatState): readonly [key: string, messages: readonly Admitted[]] | undefined {
  const [first] = Object.entries(fetches).toSorted(([, one], [, other]) => firstOf(one) - firstOf(other));
  const isBehind = Object.values(albums).some(({ messages }) => firstOf(messages) < firstOf(first?.[1] ?? []));
  return isBehind ? undefined : first;
}
