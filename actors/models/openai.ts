import type { Responses } from "openai/resources";
import { brokenOff, type Endpoint, exchange } from "./exchange.ts";
import { failureOf } from "./failure.ts";
import { loadOpenai, openaiClient } from "./openai-client.ts";
import { responseParams } from "./openai-request.ts";
import { type Answer, type AnswerPart, callOf, type ModelRequest, type Provider } from "./provider.ts";

/**
 * OpenAI's own models, over the Responses API: its newest ones use tools while they reason there only. Nothing is stored
 * at OpenAI; reasoning comes back sealed and is sent along.
 */
export function openaiModels(endpoint: Endpoint): Provider {
  return {
    load: loadOpenai,
    think: (request: ModelRequest): Promise<Answer> =>
      exchange(endpoint, request, async (watch) => {
        const client = await openaiClient(endpoint, watch);
        const stream = await client.responses.create(
          { ...responseParams(request), stream: true },
          { signal: watch.signal },
        );
        for await (const event of stream) {
          if (event.type === "response.output_text.delta") request.onText(event.delta);
          else if (event.type === "response.completed" || event.type === "response.incomplete") {
            return answerOf(event.response, endpoint.provider, request.model);
          } else if (event.type === "response.failed") throw failed(event.response.error, endpoint, request);
          else if (event.type === "error") throw failed(event, endpoint, request);
        }
        throw brokenOff({ provider: endpoint.provider, model: request.model });
      }),
  };
}

/** What it tells in the middle of a stream of why it goes no further. */
type Told = { readonly code?: string | null; readonly message?: string };

function failed(error: Told | null, { provider, keyVariable, scrub }: Endpoint, { model }: ModelRequest) {
  const fault = { kind: error?.code ?? "server_error", message: scrub(error?.message ?? ""), begun: true };
  return failureOf(fault, { provider, model, key: keyVariable });
}

function answerOf(response: Responses.Response, provider: string, asked: string): Answer {
  const content = response.output.flatMap((item) => partsOf(item, asked));
  const { input_tokens = 0, output_tokens = 0, input_tokens_details: details } = response.usage ?? {};
  const cacheRead = details?.cached_tokens ?? 0;
  const cacheWrite = details?.cache_write_tokens ?? 0;
  return {
    content,
    stop: stopOf(response, content),
    usage: { input: Math.max(0, input_tokens - cacheRead - cacheWrite), output: output_tokens, cacheRead, cacheWrite },
    model: `${provider}/${response.model}`,
  };
}

function stopOf({ incomplete_details, output }: Responses.Response, content: readonly AnswerPart[]): Answer["stop"] {
  if (incomplete_details?.reason === "max_output_tokens") return "length";
  if (incomplete_details?.reason === "content_filter") return "refused";
  if (content.some(({ type }) => type === "tool-call" || type === "malformed-call")) return "tools";
  const refuses = output.some((item) => item.type === "message" && item.content.some(({ type }) => type === "refusal"));
  return refuses ? "refused" : "end";
}

function partsOf(item: Responses.ResponseOutputItem, model: string): readonly AnswerPart[] {
  if (item.type === "message") {
    return item.content.flatMap((part) => (part.type === "output_text" ? [{ type: "text", text: part.text }] : []));
  }
  if (item.type === "function_call") return [callOf(item.call_id, item.name, item.arguments)];
  // Unsealed it would be looked up at OpenAI, which keeps nothing of it.
  return item.type === "reasoning" && item.encrypted_content ? [{ type: "kept", model, data: item }] : [];
}
