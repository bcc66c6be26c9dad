import type { Messages } from "@anthropic-ai/sdk/resources";
import type { AnswerPart, ImagePart, ModelRequest, TextPart, ToolResult } from "./provider.ts";
import { inputOfMalformed, type Spoken, spokenMessages, spokenSystem } from "./spoken.ts";

/** This API wants a figure; every model that it has today can write so much, and reason before. Units: tokens. */
const MAX_OUTPUT_TOKENS = 32_000;

/** Up to here the request is kept for the next call. */
const CACHED = { cache_control: { type: "ephemeral" } } as const;

/**
 * A request as the Messages API takes it. Cached are tools and system, for they come first, and the transcript up to its
 * last message; what is different at every call stands behind that.
 */
export function messageParams(request: ModelRequest): Messages.MessageCreateParamsNonStreaming {
  const system = spokenSystem(request);
  // What is said of the unseen is another text at every call, once lines leave the window.
  const lasting = request.system.length;
  const messages = cachedToTheEnd(spokenMessages(request).map(messageParam));
  return {
    model: request.model,
    max_tokens: request.maxOutputTokens ?? MAX_OUTPUT_TOKENS,
    ...(system.length === 0 ? {} : { system: system.map((text, at) => systemBlock(text, at === lasting - 1)) }),
    ...(request.tools.length === 0 ? {} : { tools: request.tools.map(toolParam) }),
    messages: withPostscript(messages, request.postscript),
  };
}

function systemBlock(text: string, isLast: boolean): Messages.TextBlockParam {
  return { type: "text", text, ...(isLast ? CACHED : {}) };
}

function toolParam({ name, description, inputSchema }: ModelRequest["tools"][number]): Messages.Tool {
  return { name, description, input_schema: { type: "object", ...inputSchema } };
}

type Param = { readonly role: "user" | "assistant"; readonly content: readonly Messages.ContentBlockParam[] };

function messageParam(message: Spoken): Param {
  switch (message.role) {
    case "user":
      return { role: "user", content: message.content.map(partParam) };
    case "tool":
      return { role: "user", content: message.results.map(resultParam) };
    case "assistant":
      return { role: "assistant", content: message.content.map(answerParam) };
  }
}

function partParam(part: TextPart | ImagePart): Messages.TextBlockParam | Messages.ImageBlockParam {
  if (part.type === "text") return { type: "text", text: part.text };
  return { type: "image", source: { type: "base64", media_type: part.mediaType, data: part.base64 } };
}

function resultParam({ id, content, failed }: ToolResult): Messages.ToolResultBlockParam {
  return {
    type: "tool_result",
    tool_use_id: id,
    content: content.map(partParam),
    ...(failed ? { is_error: true } : {}),
  };
}

function answerParam(part: AnswerPart): Messages.ContentBlockParam {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text };
    case "tool-call":
      return { type: "tool_use", id: part.id, name: part.name, input: part.input };
    case "malformed-call":
      return { type: "tool_use", id: part.id, name: part.name, input: inputOfMalformed(part) };
    case "kept":
      return part.data as Messages.ContentBlockParam;
  }
}

function cachedToTheEnd(messages: readonly Param[]): Param[] {
  const last = messages.at(-1);
  const block = last?.content.at(-1);
  if (last === undefined || block === undefined || block.type.endsWith("thinking")) return [...messages];
  const content = [...last.content.slice(0, -1), { ...block, ...CACHED } as Messages.ContentBlockParam];
  return [...messages.slice(0, -1), { role: last.role, content }];
}

function withPostscript(messages: Param[], postscript: string | undefined): Messages.MessageParam[] {
  const params = messages.map(({ role, content }) => ({ role, content: [...content] }));
  if (postscript === undefined) return params;
  const last = params.at(-1);
  if (last?.role === "user") last.content.push({ type: "text", text: postscript });
  else params.push({ role: "user", content: [{ type: "text", text: postscript }] });
  return params;
}
