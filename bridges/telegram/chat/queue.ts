import type { TelegramEvent } from "#subjects/telegram.ts";
import type { Outgoing } from "#subjects/telegram-shown.ts";
import { type ChatState, COUNTED_MS, type Item, MAX_EDITS } from "./state.ts";

type Placed = Extract<TelegramEvent, { type: "placed" }>["data"];

/** Something has a message at Telegram. Units: `at` ms since 1970. */
export function placed(state: ChatState, { n, part, message, orphaned }: Placed, at: number): ChatState {
  const item = state.queue.find((each) => each.n === n);
  if (item === undefined) return state;
  const { out } = item;
  const notice = out.type === "notice" ? state.notices[out.ref] : undefined;
  return {
    ...state,
    calls: counted(state, at),
    edits: orphaned ? [...state.edits, DELETED].slice(-MAX_EDITS) : state.edits,
    queue: state.queue.map((each) => (each.n === n ? { ...item, placed: withPart(item.placed, part, message) } : each)),
    notices:
      out.type === "notice" && notice !== undefined
        ? { ...state.notices, [out.ref]: { ...notice, messages: withPart(notice.messages, part, message) } }
        : state.notices,
  };
}

function withPart(placed: readonly number[], part: number, message: number): readonly number[] {
  return [...placed.slice(0, part), message, ...placed.slice(part + 1)];
}

/** Telegram tells bots of no deletion; but what is answered and gone was deleted. */
const DELETED = "[the message that you last answered was deleted by its sender]";

/** The calls of late that Telegram counts, with one more. Units: ms since 1970. */
export function counted({ calls }: ChatState, at: number): readonly number[] {
  return [...calls.filter((each) => each > at - COUNTED_MS), at].slice(-MAX_CALLS);
}

/** Telegram allows no more than that in a minute anywhere. */
const MAX_CALLS = 60;

/** More is to be shown, after all that is. */
export function queued(state: ChatState, outs: readonly Outgoing[]): ChatState {
  if (outs.length === 0 || state.parked !== undefined) return state;
  const items = outs.map((out, index): Item => ({ n: state.count + index + 1, out, placed: [] }));
  return { ...state, count: state.count + items.length, queue: [...state.queue, ...items] };
}

/**
 * What is shown next: words that are still to come and have their place hold up nothing that is there whole. It stays the same
 * until it is shown, for a call that is cut off may have been made.
 */
export function headOf(queue: readonly Item[]): Item | undefined {
  return queue.find((item) => !isOpen(item) || item.placed.length === 0) ?? queue[0];
}

/** Whether it is words that are still to come. */
export function isOpen({ out }: Item): boolean {
  return out.type === "words" && out.open !== undefined;
}

/** Something is to be shown no longer. */
export function without(state: ChatState, n: number): ChatState {
  return { ...state, queue: state.queue.filter((item) => item.n !== n) };
}
