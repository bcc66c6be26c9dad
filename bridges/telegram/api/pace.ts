import { setTimeout as delay } from "node:timers/promises";
import type { Place } from "#subjects/telegram-update.ts";

/** So many calls within so long. Units: ms. */
type Window = { readonly most: number; readonly ms: number };

/**
 * What Telegram lets a bot send, a little less than it says: in a group 20 messages a minute, to one person about one a second with
 * short bursts, to all 30 a second. In its chat a change of a message is taken to count too; of that nothing is documented.
 * Source: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
 */
export const LIMITS = {
  group: { most: 20, ms: 61_000 },
  private: { most: 5, ms: 5_500 },
  all: { most: 28, ms: 1_000 },
} as const satisfies Readonly<Record<string, Window>>;

/** Calls that a group must have left before words are shown there as they come. */
const RESERVED = 8;

/** What the log knows of a call, it knows so soon after it was made. Units: ms. */
const NOTED_MS = 2_000;

/** A call that counts, made for a chat or one of its topics. Units: `at` ms since 1970. */
type Made = { readonly at: number; readonly topic: number | undefined };

/** Words that come are shown anew at most so often; of that nothing is documented. Units: ms. */
const DRAFT_MS = 400;

/** Keeps the calls of this process within what Telegram allows, so that nobody has to wait for a refusal. */
export class Pace {
  readonly #calls = new Map<number, Made[]>();
  readonly #closed = new Map<number, number>();
  readonly #drafts = new Map<number, number>();
  #all: number[] = [];

  /**
   * Waits until a message may be sent, or changed where it is not new, and counts that. `journalled` are calls of late that the log knows, in
   * ascending order; those of another process count as well. Throws: the signal's reason.
   */
  async turn(
    { chat, kind, topic }: Place,
    isNew: boolean,
    journalled: readonly number[],
    signal: AbortSignal,
  ): Promise<void> {
    this.#calls.set(chat, withJournalled(this.#calls.get(chat) ?? [], topic, journalled));
    const { most, ms } = LIMITS[kind];
    // A place without words is not made before there is room for its words too.
    const inChat = { most: isNew ? most - 1 : most, ms };
    while (true) {
      signal.throwIfAborted();
      const now = Date.now();
      const calls = this.#calls.get(chat) ?? [];
      const at = Math.max(
        this.#closed.get(chat) ?? 0,
        freeAt(timesOf(calls), inChat, now),
        isNew ? freeAt(this.#all, LIMITS.all, now) : now,
      );
      if (at <= now) {
        this.#calls.set(chat, [...calls.filter((call) => call.at > now - LIMITS.group.ms), { at: now, topic }]);
        if (isNew) this.#all.push(now);
        this.#forget(now);
        return;
      }
      await delay(at - now, undefined, { signal });
    }
  }

  /** Waits until words that come may be shown anew, as a draft. Throws: the signal's reason. */
  async draft({ chat }: Place, signal: AbortSignal): Promise<void> {
    const at = (this.#drafts.get(chat) ?? 0) + DRAFT_MS;
    if (at > Date.now()) await delay(at - Date.now(), undefined, { signal });
    this.#drafts.set(chat, Date.now());
  }

  /** Whether a call that could be left out leaves enough for those that cannot. */
  hasRoom({ chat, kind }: Place): boolean {
    const now = Date.now();
    if ((this.#closed.get(chat) ?? 0) > now) return false;
    const { most, ms } = LIMITS[kind];
    const reserved = kind === "group" ? RESERVED : 1;
    return within(timesOf(this.#calls.get(chat) ?? []), ms, now).length < most - reserved;
  }

  /** Telegram said to wait. Units: ms. */
  flooded({ chat }: Place, afterMs: number): void {
    this.#closed.set(chat, Math.max(this.#closed.get(chat) ?? 0, Date.now() + afterMs));
  }

  #forget(now: number): void {
    this.#all = within(this.#all, LIMITS.all.ms, now);
    if (this.#calls.size < MAX_CHATS) return;
    for (const [chat, calls] of this.#calls) {
      if (within(timesOf(calls), LIMITS.group.ms, now).length === 0) this.#calls.delete(chat);
    }
    for (const [chat, at] of this.#drafts) {
      if (at < now - DRAFT_MS) this.#drafts.delete(chat);
    }
  }
}

/** Above so many chats those in which nothing happens are forgotten. */
const MAX_CHATS = 1_000;

/** The calls with those of the log that this process did not make: the chat was another one's meanwhile. */
function withJournalled(calls: readonly Made[], topic: number | undefined, journalled: readonly number[]): Made[] {
  const own = timesOf(calls.filter((call) => call.topic === topic));
  const others = journalled.filter((noted) => {
    const at = own.findLastIndex((made) => made <= noted && made > noted - NOTED_MS);
    if (at !== -1) own.splice(at, 1);
    return at === -1;
  });
  return [...calls, ...others.map((at) => ({ at, topic }))].toSorted((one, other) => one.at - other.at);
}

function timesOf(calls: readonly Made[]): number[] {
  return calls.map(({ at }) => at);
}

/** When the next call may be made. Units: ms since 1970. */
function freeAt(calls: readonly number[], { most, ms }: Window, now: number): number {
  const recent = within(calls, ms, now);
  const oldest = recent[recent.length - most];
  return oldest === undefined ? now : oldest + ms;
}

function within(calls: readonly number[], ms: number, now: number): number[] {
  // What is said to come yet was told by a clock that is wrong.
  return calls.filter((at) => at > now - ms && at <= now);
}
