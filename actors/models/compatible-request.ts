import type {
  ChatCompletionAssistantMessageParam,
  ChatCompletionContentPart,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionMessageParam,
} from "openai/resources/chat/completions";
import { dataUrl } from "./openai-request.ts";
import {
  type AnswerPart,
  type ImagePart,
  type ModelRequest,
  type TextPart,
  type ToolResult,
  textOf,
} from "./provider.ts";
import { inputOfMalformed, type Spoken, spokenMessages, spokenSystem } from "./spoken.ts";

/**
 * A request as Chat Completions takes it, in the form that the most servers know: `max_tokens`, one system message, and
 * what is different at every call at the end of the last message.
 */
export function chatParams(request: ModelRequest): ChatCompletionCreateParamsNonStreaming {
  const { model, maxOutputTokens, tools, postscript } = request;
  const system = spokenSystem(request);
  const messages = spokenMessages(request).flatMap(chatMessages);
  return {
    model,
    ...(maxOutputTokens === undefined ? {} : { max_tokens: maxOutputTokens }),
    messages: [
      ...(system.length === 0 ? [] : [{ role: "system", content: system.join("\n\n") } as const]),
      ...withPostscript(messages, postscript),
    ],
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, inputSchema }) => ({
            type: "function" as const,
            function: { name, description, parameters: { ...inputSchema } },
          })),
        }),
  };
}

function chatMessages(message: Spoken): readonly ChatCompletionMessageParam[] {
  switch (message.role) {
    case "user":
      return [{ role: "user", content: contentOf(message.content) }];
    case "assistant":
      return [assistantMessage(message.content)];
    case "tool":
      return [...message.results.map(toolMessage), ...picturesOf(message.results)];
  }
}

/** Plain words as a string, which also the simplest servers take. */
function contentOf(content: readonly (TextPart | ImagePart)[]): string | ChatCompletionContentPart[] {
  if (content.every((part) => part.type === "text")) return content.map((part) => part.text).join("\n");
  return content.map((part) =>
    part.type === "text" ? { type: "text", text: part.text } : { type: "image_url", image_url: { url: dataUrl(part) } },
  );
}

function assistantMessage(content: readonly AnswerPart[]): ChatCompletionAssistantMessageParam {
  const text = textOf(content);
  const calls = content.flatMap(callParam);
  return {
    role: "assistant",
    content: text === "" && calls.length > 0 ? null : text,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

function callParam(part: AnswerPart): readonly ChatCompletionMessageFunctionToolCall[] {
  if (part.type !== "tool-call" && part.type !== "malformed-call") return [];
  const input = part.type === "tool-call" ? part.input : inputOfMalformed(part);
  return [{ type: "function", id: part.id, function: { name: part.name, arguments: JSON.stringify(input) } }];
}

function toolMessage({ id, content }: ToolResult): ChatCompletionMessageParam {
  const instead = content.length === 0 ? "(nothing)" : "(see the picture below)";
  return { role: "tool", tool_call_id: id, content: textOf(content) || instead };
}

/** A tool message carries words alone: pictures follow as a user's. */
function picturesOf(results: readonly ToolResult[]): readonly ChatCompletionMessageParam[] {
  const pictures = results.flatMap(({ content }) => content.filter((part) => part.type === "image"));
  if (pictures.length === 0) return [];
  return [{ role: "user", content: contentOf([{ type: "text", text: "(Pictures from the tools:)" }, ...pictures]) }];
}

function withPostscript(
  messages: readonly ChatCompletionMessageParam[],
  postscript: string | undefined,
): readonly ChatCompletionMessageParam[] {
  const last = messages.at(-1);
  if (postscript === undefined || last === undefined) return messages;
  // A user's message right after a result would look like something that the person says, and some servers refuse it.
  if (last.role === "tool") return [...messages.slice(0, -1), { ...last, content: `${last.content}\n\n${postscript}` }];
  if (last.role !== "user") return messages;
  const content: ChatCompletionMessageParam["content"] =
    typeof last.content === "string"
      ? `${last.content}\n\n${postscript}`
      : [...last.content, { type: "text", text: postscript }];
  return [...messages.slice(0, -1), { ...last, content }];
}
