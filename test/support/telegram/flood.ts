import type { FloodLimits, Rate } from "./fake-options.ts";

/** What bounds a call: in its chat messages and changes of them together, in all messages alone; drafts; or nothing. */
export type Weight = "message" | "edit" | "draft";

/** Counts calls in sliding windows, and says how long one that is too many has to wait. */
export class FloodGate {
  readonly floods = new Map<number, number>();
  readonly #limits: FloodLimits | undefined;
  readonly #windows = new Map<string, number[]>();
  readonly #penalties = new Map<number, number>();

  constructor(limits: FloodLimits | undefined) {
    this.#limits = limits;
  }

  /** Undefined where the call may go on, else how long it has to wait. Units: whole seconds. */
  wait(chat: number, weight: Weight, now: number): number | undefined {
    if (this.#limits === undefined) return undefined;
    const rates = ratesOf(this.#limits, chat, weight);
    const free = Math.max(...rates.map(([key, rate]) => this.#freeAt(key, rate, now)), this.#penaltyOf(chat, now));
    if (free <= now) {
      for (const [key] of rates) this.#windows.get(key)?.push(now);
      return undefined;
    }
    this.floods.set(chat, (this.floods.get(chat) ?? 0) + 1);
    const seconds = Math.max(1, Math.ceil((free - now) / 1_000));
    if (this.#limits.merciless) this.#penalties.set(chat, now + seconds * 1_000);
    return seconds;
  }

  /** When the wait of a chat is over, a second longer for each call that did not keep it. */
  #penaltyOf(chat: number, now: number): number {
    const until = this.#penalties.get(chat) ?? 0;
    return until > now ? until + 1_000 : 0;
  }

  /** When there is room in a window again. */
  #freeAt(key: string, { most, perMs }: Rate, now: number): number {
    const calls = (this.#windows.get(key) ?? []).filter((at) => at > now - perMs);
    this.#windows.set(key, calls);
    const oldest = calls[calls.length - most];
    return oldest === undefined ? 0 : oldest + perMs;
  }
}

/** The windows that a call counts in. */
function ratesOf(limits: FloodLimits, chat: number, weight: Weight): readonly (readonly [string, Rate])[] {
  if (weight === "draft") return [[`draft ${chat}`, limits.draft]];
  const inChat = [`chat ${chat}`, chat > 0 ? limits.private : limits.group] as const;
  return weight === "edit" ? [inChat] : [inChat, ["all", limits.all]];
}
