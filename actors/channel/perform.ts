import type { Provider } from "#models/mod.ts";
import type { Tools } from "#runtime/actor.ts";
import type { ThinkStep, Thought } from "./steps.ts";

/** Words that come within this time of the last ones go out together. Units: ms. */
const COALESCE_MS = 30;

/** Makes the `perform` of a channel: calls the model and tells its words live as they come. */
export function performWith(provider: Provider, model: string) {
  return async (step: ThinkStep, tools: Tools<Thought>): Promise<Thought> => {
    using words = new LiveWords(tools);
    const { signal } = tools;
    return await provider.think({ model, window: step.window, signal, onText: (text) => words.push(text) });
  };
}

/**
 * The live plane of one call. Nothing is told before the event loop has turned once: a model that answers at once is
 * followed by `said` sooner than anybody could read a delta. The words left over at the end are told by `said` too.
 */
class LiveWords implements Disposable {
  readonly #tools: Tools<Thought>;
  readonly #start: NodeJS.Immediate;
  #pause: NodeJS.Timeout | undefined;
  #started = false;
  #pending = "";
  #offset = 0;

  constructor(tools: Tools<Thought>) {
    this.#tools = tools;
    this.#start = setImmediate(() => {
      this.#started = true;
      if (tools.signal.aborted) return;
      tools.live("status", { doing: "thinking" });
      this.#flush();
    });
  }

  push(text: string): void {
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
    const { key: step, attempt } = this.#tools;
    this.#tools.live("delta", { step, attempt, offset: this.#offset, text });
    this.#offset += text.length;
    this.#pause = setTimeout(() => this.#flush(), COALESCE_MS);
  }
}
