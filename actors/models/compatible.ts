import { randomUUID } from "node:crypto";
import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import { chatParams } from "./compatible-request.ts";
import { brokenOff, type Endpoint, exchange } from "./exchange.ts";
import { loadOpenai, openaiClient } from "./openai-client.ts";
import { type Answer, type AnswerPart, callOf, type ModelRequest, type Provider, type Usage } from "./provider.ts";

/**
 * Models of any server that speaks OpenAI's Chat Completions: Gemini, OpenRouter, Ollama, vLLM and many more. The library
 * is loaded with the first call.
 */
export function compatibleModels(endpoint: Endpoint): Provider {
  return {
    load: loadOpenai,
    think: (request: ModelRequest): Promise<Answer> =>
      exchange(endpoint, request, async (watch) => {
        const client = await openaiClient(endpoint, watch);
        const stream = await client.chat.completions.create(
          { ...chatParams(request), stream: true, stream_options: { include_usage: true } },
          { signal: watch.signal },
        );
        return await gather(stream, endpoint.provider, request);
      }),
  };
}

/** A tool call while it comes; `told` is the id as the server tells it, if it does. */
type Call = { readonly index: number; readonly id: string; readonly told: string; name: string; raw: string };

async function gather(
  stream: AsyncIterable<ChatCompletionChunk>,
  provider: string,
  request: ModelRequest,
): Promise<Answer> {
  const calls: Call[] = [];
  let text = "";
  let { model } = request;
  let usage: ChatCompletionChunk["usage"];
  let finish: string | undefined;
  for await (const chunk of stream) {
    model = chunk.model || model;
    usage = chunk.usage ?? usage;
    const [choice] = chunk.choices;
    if (choice === undefined) continue;
    finish = choice.finish_reason ?? finish;
    const words = choice.delta?.content ?? "";
    if (words !== "") {
      text += words;
      request.onText(words);
    }
    for (const delta of choice.delta?.tool_calls ?? []) hearCall(calls, delta);
  }
  if (finish === undefined) throw brokenOff({ provider, model: request.model });
  const content: readonly AnswerPart[] = [
    ...(text === "" ? [] : [{ type: "text", text } as const]),
    ...calls.map(({ id, name, raw }) => callOf(id, name, raw)),
  ];
  const stop = calls.length > 0 && finish === "stop" ? "tools" : (STOPS[finish] ?? "other");
  return { content, stop, usage: usageOf(usage), model: `${provider}/${model}` };
}

const STOPS: Readonly<Record<string, Answer["stop"]>> = {
  stop: "end",
  tool_calls: "tools",
  function_call: "tools",
  length: "length",
  content_filter: "refused",
};

function hearCall(
  calls: Call[],
  { index, id: told = "", function: part }: ChatCompletionChunk.Choice.Delta.ToolCall,
): void {
  const name = part?.name ?? "";
  const same = calls.findLast((each) => each.index === index);
  const call =
    same === undefined || isAnother(same, told, name) ? { index, id: idOf(told), told, name: "", raw: "" } : same;
  if (call !== same) calls.push(call);
  call.name += name;
  call.raw += part?.arguments ?? "";
}

/** Gemini gives all calls of one answer the same index; only the beginning of a call has a name. */
function isAnother(call: Call, told: string, name: string): boolean {
  if (name === "") return false;
  return told === ""
    ? callOf(call.id, call.name, call.raw).type === "tool-call" && call.raw !== ""
    : told !== call.told;
}

/** Some servers leave ids out; a result has to name one, and none may come twice in a transcript. */
function idOf(told: string): string {
  return told === "" ? `call_${randomUUID()}` : told;
}

function usageOf(usage: ChatCompletionChunk["usage"]): Usage {
  const cacheRead = usage?.prompt_tokens_details?.cached_tokens ?? 0;
  const cacheWrite = usage?.prompt_tokens_details?.cache_write_tokens ?? 0;
  const input = Math.max(0, (usage?.prompt_tokens ?? 0) - cacheRead - cacheWrite);
  return { input, output: usage?.completion_tokens ?? 0, cacheRead, cacheWrite };
}
