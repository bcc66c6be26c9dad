/** How long silence is waited out. Units: ms. */
export type Patience = {
  /** Until the first byte of an answer. */
  readonly firstMs: number;
  /** Between two bytes. Anthropic sends pings while a model reasons; OpenAI and others may be silent for a minute and more. */
  readonly idleMs: number;
};

/** However lively, no call lasts longer. Units: ms. */
export const MOST_MS = 600_000;

/** Watches one HTTP exchange: ends it when the caller has no more use for it, and when nothing comes any more. */
export class Watch implements Disposable {
  /** Aborts the exchange. */
  readonly signal: AbortSignal;
  readonly #idleMs: number;
  readonly #giveUp = new AbortController();
  readonly #end: NodeJS.Timeout;
  #silence: NodeJS.Timeout;
  #begun = false;
  #isOver = false;

  constructor(caller: AbortSignal, { firstMs, idleMs }: Patience) {
    this.#idleMs = idleMs;
    this.signal = AbortSignal.any([caller, this.#giveUp.signal]);
    this.#silence = setTimeout(() => this.#giveUp.abort(), firstMs);
    this.#end = setTimeout(() => this.#giveUp.abort(), MOST_MS);
  }

  /** Whether some of the answer had come. */
  get begun(): boolean {
    return this.#begun;
  }

  /** A `fetch` whose answer's bytes are signs of life. */
  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const response = await fetch(input, init);
    if (!response.ok || response.body === null) return response;
    const seen = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (bytes, onward) => {
        this.#alive();
        onward.enqueue(bytes);
      },
    });
    return new Response(response.body.pipeThrough(seen), response);
  };

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearTimeout(this.#silence);
    clearTimeout(this.#end);
  }

  #alive(): void {
    // The last bytes may come after the end of the answer; nobody would clear their timer.
    if (this.#isOver) return;
    this.#begun = true;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#giveUp.abort(), this.#idleMs);
  }
}
