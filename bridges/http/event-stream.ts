import { closedEvent, type Ending, eventOf, KEEP_ALIVE, opening } from "./sse.ts";
import type { Tail } from "./tail.ts";

/** How long a stream is silent before a comment keeps it alive, and how long a reader may take over what it was sent. Units: ms. */
export type Pace = { readonly keepAliveMs: number; readonly stalledMs: number };

/** What an open stream is made of. */
export type StreamParts = {
  readonly tail: Tail;
  readonly pace: Pace;
  /** Asked while it is silent: whether its reader may still listen. */
  readonly mayGoOn: () => Promise<boolean>;
  /** Cuts a reader off that takes nothing any more. */
  readonly cut: () => void;
  /** Told once, when it is over for whatever reason. */
  readonly onEnd: (why: Ending["code"] | "left" | "failed") => void;
};

const SLOW: Ending = {
  code: "slow-reader",
  detail: "this reader took too long over what it was sent; come back with Last-Event-ID",
};

const REVOKED: Ending = { code: "token-revoked", detail: "this token is no longer known; ask for another" };

/** One reader's events as a body of bytes, made only as fast as they are taken. */
export class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #parts: StreamParts;
  readonly #encoder = new TextEncoder();
  #watchdog: NodeJS.Timeout | undefined;
  #checkedAt = Date.now();
  #isReading = false;
  #arrived: string | undefined;
  #failure: unknown;
  #ending: Ending | undefined;
  #wake: () => void = () => {};
  #isOver = false;

  constructor(parts: StreamParts) {
    this.#parts = parts;
    let opened = false;
    this.body = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          clearTimeout(this.#watchdog);
          const text = opened ? await this.#next(controller) : opening(parts.tail.seq);
          opened = true;
          if (text === undefined || this.#isOver) return;
          controller.enqueue(this.#encoder.encode(text));
          this.#watchdog = setTimeout(() => this.#giveUp(controller), parts.pace.stalledMs);
        },
        cancel: () => this.#end("left"),
      },
      // Nothing is made before it is asked for.
      { highWaterMark: 0 },
    );
  }

  /** Ends it with a reason that the reader is told. */
  close(ending: Ending): void {
    this.#ending ??= ending;
    this.#wake();
  }

  async #next(controller: ReadableStreamDefaultController<Uint8Array>): Promise<string | undefined> {
    try {
      const next = await this.#first();
      if (typeof next === "string") return next;
      this.#finish(controller, next);
    } catch (error) {
      this.#end("failed");
      controller.error(error);
    }
    return undefined;
  }

  /** Whatever comes first: events, silence, or the end. */
  async #first(): Promise<string | Ending> {
    const { pace, mayGoOn } = this.#parts;
    if (this.#ending === undefined && this.#arrived === undefined) await this.#somethingOr(pace.keepAliveMs);
    if (this.#ending !== undefined) return this.#ending;
    if (this.#failure !== undefined) throw this.#failure;
    if (Date.now() - this.#checkedAt >= pace.keepAliveMs) {
      this.#checkedAt = Date.now();
      if (!(await mayGoOn())) return REVOKED;
    }
    const text = this.#arrived ?? KEEP_ALIVE;
    this.#arrived = undefined;
    return text;
  }

  /** Waits for the tail, but no longer than that. */
  async #somethingOr(ms: number): Promise<void> {
    this.#read();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#wake = resolve;
    await promise;
    clearTimeout(timer);
  }

  /** One reading of the tail at a time; it outlives the silences in between. */
  #read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    this.#parts.tail
      .next()
      .then((items) => {
        this.#arrived = items.map(eventOf).join("");
      })
      .catch((error: unknown) => {
        this.#failure = error ?? new Error("the tail of the log ended");
      })
      .finally(() => {
        this.#isReading = false;
        this.#wake();
      });
  }

  /** A reader that has not come for more: it is told why when it does, and cut off if it never does. */
  #giveUp(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.#isOver) return;
    this.#finish(controller, SLOW);
    this.#watchdog = setTimeout(this.#parts.cut, this.#parts.pace.stalledMs);
  }

  #finish(controller: ReadableStreamDefaultController<Uint8Array>, ending: Ending): void {
    if (this.#isOver) return;
    controller.enqueue(this.#encoder.encode(closedEvent(ending)));
    controller.close();
    this.#end(ending.code);
  }

  #end(why: Parameters<StreamParts["onEnd"]>[0]): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#watchdog);
    this.#parts.tail[Symbol.dispose]();
    this.#parts.onEnd(why);
  }
}
