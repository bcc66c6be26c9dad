import type { Tools } from "#runtime/actor.ts";

/** Words that come within this time of the last ones go out together. Units: ms. */
const COALESCE_MS = 30;

/** A step that runs again numbers its attempts from the next multiple of this on: above all that were told before. */
const ATTEMPTS_PER_RUN = 100;

/**
 * The live plane of one step. Nothing is told before the event loop has turned once: a model that answers at once is
 * followed by `said` sooner than anybody could read a delta. The words left over at the end are told by `said` too. Each
 * attempt of the step has a number of its own, and its words begin at 0.
 */
export class LiveWords implements Disposable {
  readonly #tools: Pick<Tools<unknown>, "key" | "attempt" | "signal" | "live">;
  readonly #start: NodeJS.Immediate;
  #pause: NodeJS.Timeout | undefined;
  #started = false;
  #pending = "";
  #offset = 0;
  #attempt = 1;

  constructor(tools: Pick<Tools<unknown>, "key" | "attempt" | "signal" | "live">) {
    this.#tools = tools;
    this.#start = setImmediate(() => {
      this.#started = true;
      if (tools.signal.aborted) return;
      tools.live("status", { doing: "thinking" });
      this.#flush();
    });
  }

  /** Takes the next words of an attempt; what was not told yet of one before it never is. */
  push(text: string, attempt: number): void {
    if (attempt !== this.#attempt) {
      this.#attempt = attempt;
      this.#pending = "";
      this.#offset = 0;
    }
    this.#pending += text;
    if (this.#started && this.#pause === undefined) this.#flush();
  }

  [Symbol.dispose](): void {
    clearImmediate(this.#start);
    clearTimeout(this.#pause);
  }

  #flush(): void {
    this.#pause = undefined;
    const text = this.#pending;
    if (text === "" || this.#tools.signal.aborted) return;
    this.#pending = "";
    const { key: step } = this.#tools;
    const attempt = (this.#tools.attempt - 1) * ATTEMPTS_PER_RUN + this.#attempt;
    this.#tools.live("delta", { step, attempt, offset: this.#offset, text });
    this.#offset += text.length;
    this.#pause = setTimeout(() => this.#flush(), COALESCE_MS);
  }
}
