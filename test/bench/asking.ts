import { Anthropic } from "@anthropic-ai/sdk";
import type { MessageCreateParamsStreaming } from "@anthropic-ai/sdk/resources/messages";
import type { ModelBody } from "#support/model-tap.ts";

/** The one model of the stand-in. */
export const THINKER = "thinker";

/** Asked so, the stand-in answers word by word. */
export const SLOWLY = "slowly, please";

/** How it does. Units: ms before each piece. */
export const STREAMED = { latency: 5 } as const;

/** What points a process at a stand-in, or at what stands before it. */
export function thinkingAt(url: string): Readonly<Record<string, string>> {
  const chain = `anthropic/${THINKER}`;
  return {
    ANTHROPIC_API_KEY: "bench",
    THALASSA_ANTHROPIC_BASE_URL: url,
    THALASSA_MODELS_CHANNEL: chain,
    THALASSA_MODELS_BRANCH: chain,
  };
}

/** How long a call took, and until its first word. Units: ms. */
export type Asked = { readonly ms: number; readonly firstMs: number };

/** What a channel's turn is held against: the bare call of the library with the very request that the channel sends. */
export class BareCaller {
  readonly #client: Anthropic;

  constructor(baseURL: string) {
    this.#client = new Anthropic({ apiKey: "bench", baseURL, maxRetries: 0 });
  }

  /** Makes the call. Throws: what the library throws; Error when nothing was said. */
  async ask(body: ModelBody): Promise<Asked> {
    const startedAt = performance.now();
    let firstMs: number | undefined;
    // It was sent as such a request.
    const stream = await this.#client.messages.create(body as unknown as MessageCreateParamsStreaming);
    for await (const event of stream) {
      if (event.type === "content_block_delta") firstMs ??= performance.now() - startedAt;
    }
    if (firstMs === undefined) throw new Error("the stand-in said nothing");
    return { ms: performance.now() - startedAt, firstMs };
  }
}
