import type { Messages } from "@anthropic-ai/sdk/resources";
import { answerOf, type Block } from "./anthropic-answer.ts";
import { messageParams } from "./anthropic-request.ts";
import { brokenOff, type Endpoint, exchange } from "./exchange.ts";
import type { Answer, ModelRequest, Provider } from "./provider.ts";
import { MOST_MS } from "./watch.ts";

const library = () => import("@anthropic-ai/sdk");

/** Models of Anthropic's Messages API. */
export function anthropicModels(endpoint: Endpoint): Provider {
  return {
    load: library,
    think: (request: ModelRequest): Promise<Answer> =>
      exchange(endpoint, request, async (watch) => {
        const { Anthropic } = await library();
        const client = new Anthropic({
          apiKey: endpoint.apiKey,
          authToken: null,
          baseURL: endpoint.baseUrl,
          maxRetries: 0,
          timeout: MOST_MS,
          logLevel: "off",
          fetch: watch.fetch,
        });
        const stream = await client.messages.create(
          { ...messageParams(request), stream: true },
          { signal: watch.signal },
        );
        return await gather(stream, endpoint.provider, request);
      }),
  };
}

async function gather(
  stream: AsyncIterable<Messages.RawMessageStreamEvent>,
  provider: string,
  { model, onText }: ModelRequest,
): Promise<Answer> {
  const blocks: Block[] = [];
  let start: Messages.Message | undefined;
  let end: Messages.RawMessageDeltaEvent | undefined;
  let isWhole = false;
  for await (const event of stream) {
    if (event.type === "message_start") start = event.message;
    else if (event.type === "message_delta") end = event;
    else if (event.type === "message_stop") isWhole = true;
    else if (event.type === "content_block_start") blocks[event.index] = { ...event.content_block, json: "" };
    else if (event.type === "content_block_delta") {
      const block = blocks[event.index];
      if (block !== undefined) grow(block, event.delta, onText);
    }
  }
  if (!isWhole || start === undefined) throw brokenOff({ provider, model });
  return answerOf({ blocks, start, end }, provider, model);
}

function grow(block: Block, delta: Messages.RawContentBlockDelta, onText: (text: string) => void): void {
  if (delta.type === "text_delta" && block.type === "text") {
    block.text += delta.text;
    onText(delta.text);
  } else if (delta.type === "input_json_delta") block.json += delta.partial_json;
  else if (delta.type === "thinking_delta" && block.type === "thinking") block.thinking += delta.thinking;
  else if (delta.type === "signature_delta" && block.type === "thinking") block.signature = delta.signature;
}
