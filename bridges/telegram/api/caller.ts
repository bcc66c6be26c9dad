import { setTimeout as delay } from "node:timers/promises";
import type { Api } from "grammy";
import type { Place } from "#subjects/telegram-update.ts";
import type { Pace } from "./pace.ts";
import { type Verdict, verdictOf } from "./verdict.ts";
import { Wakefulness } from "./wakefulness.ts";

/** A call has so long for its answer. Units: ms. */
const ANSWER_MS = 20_000;

/** A file has so long to reach Telegram. Units: ms. */
export const FILE_MS = 180_000;

/** Pauses before a call is made again where Telegram names none. Units: ms. */
const PAUSE = { firstMs: 200, mostMs: 10_000 } as const;

/** A call came to something else than what was wanted of it. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly verdict: Exclude<Verdict, { type: "again" | "done" }>;

  constructor(verdict: Refused["verdict"]) {
    super(verdict.type);
    this.verdict = verdict;
  }
}

/** Where calls are made for one chat, one after the other. */
export type ChatCaller = {
  readonly place: Place;
  /** Calls of late that the log knows. Units: ms since 1970. */
  readonly calls: readonly number[];
  readonly signal: AbortSignal;
};

/** A signal as the library types it; it takes those of Node as well. */
export type ApiSignal = NonNullable<Parameters<Api["raw"]["getMe"]>[0]>;

/** One call of the API. */
export type Call<T> = (api: Api["raw"], signal: ApiSignal) => Promise<T>;

/** Makes the calls of this process: counted ones in time, those of one chat one after the other. */
export class Caller {
  readonly #api: Api;
  readonly #pace: Pace;
  readonly #wakefulness = new Wakefulness();
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(api: Api, pace: Pace) {
    this.#api = api;
    this.#pace = pace;
  }

  /** Sends a message, again and again until there is an answer. Throws: Refused; the signal's reason. */
  async sends<T>(of: ChatCaller, call: Call<T>): Promise<T> {
    const sent = await this.#settled(of, call, { isNew: true, limitMs: ANSWER_MS });
    if (sent === undefined) throw new TypeError("what is sent is no change of anything");
    return sent;
  }

  /** Changes a message until there is an answer; one that was made before is as good. Throws: Refused; the signal's reason. */
  async changes(of: ChatCaller, call: Call<unknown>, limitMs = ANSWER_MS): Promise<void> {
    await this.#settled(of, call, { isNew: false, limitMs });
  }

  /** Makes a call once that could be left out; whether it worked, or how it did not. Throws: the signal's reason. */
  async once<T>({ place, signal }: Omit<ChatCaller, "calls">, call: Call<T>, isCounted: boolean): Promise<T | Verdict> {
    if (isCounted) await this.#pace.turn(place, false, [], signal);
    try {
      return await this.#inTurn(place, async () => {
        await this.#wakefulness.sure(signal);
        // One that has begun is not cut off: it could still come after what is shown next.
        return call(this.#api.raw, apiSignal(AbortSignal.timeout(ANSWER_MS)));
      });
    } catch (error) {
      signal.throwIfAborted();
      const verdict = verdictOf(error);
      if (verdict.type === "again" && verdict.afterMs !== undefined && isCounted) {
        this.#pace.flooded(place, verdict.afterMs);
      }
      return verdict;
    }
  }

  /** Shows words as they come, not too often; whether it worked, or how it did not. Throws: the signal's reason. */
  async drafts(of: Omit<ChatCaller, "calls">, call: Call<true>): Promise<true | Verdict> {
    await this.#pace.draft(of.place, of.signal);
    return this.once(of, call, false);
  }

  /** Whether a call that could be left out leaves enough for those that cannot. */
  hasRoom(place: Place): boolean {
    return this.#pace.hasRoom(place);
  }

  /** Undefined where it was done before. */
  async #settled<T>(
    { place, calls, signal }: ChatCaller,
    call: Call<T>,
    { isNew, limitMs }: { readonly isNew: boolean; readonly limitMs: number },
  ): Promise<T | undefined> {
    for (let tries = 0; ; tries++) {
      await this.#pace.turn(place, isNew, calls, signal);
      try {
        return await this.#inTurn(place, async () => {
          await this.#wakefulness.sure(signal);
          return await call(this.#api.raw, timed(signal, limitMs));
        });
      } catch (error) {
        signal.throwIfAborted();
        const verdict = verdictOf(error);
        if (verdict.type === "done") return undefined;
        if (verdict.type !== "again") throw new Refused(verdict);
        const pauseMs = verdict.afterMs ?? Math.min(PAUSE.firstMs * 2 ** Math.min(tries, 10), PAUSE.mostMs);
        if (verdict.afterMs !== undefined) this.#pace.flooded(place, verdict.afterMs);
        await delay(pauseMs, undefined, { signal });
      }
    }
  }

  /** One after the other in a chat or topic; what takes long in one topic holds up no other. */
  #inTurn<T>({ chat, topic }: Place, run: () => Promise<T>): Promise<T> {
    const where = `${chat} ${topic}`;
    const done = (this.#last.get(where) ?? Promise.resolve()).then(run);
    const settled = done.then(
      () => {},
      () => {},
    );
    this.#last.set(where, settled);
    void settled.then(() => {
      if (this.#last.get(where) === settled) this.#last.delete(where);
    });
    return done;
  }
}

/** A signal of Node as the library takes it. */
export function apiSignal(signal: AbortSignal): ApiSignal {
  return signal as unknown as ApiSignal;
}

/** The same, given up after that time. Default: what every call has for its answer. Units: ms. */
export function timed(signal: AbortSignal, ms: number = ANSWER_MS): ApiSignal {
  return apiSignal(AbortSignal.any([signal, AbortSignal.timeout(ms)]));
}
