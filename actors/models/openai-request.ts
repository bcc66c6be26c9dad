import type { Responses } from "openai/resources";
import type { AnswerPart, ImagePart, ModelRequest, TextPart, ToolResult } from "./provider.ts";
import { inputOfMalformed, type Spoken, spokenMessages, spokenSystem } from "./spoken.ts";

/** A request as the Responses API takes it; what is the same from call to call comes first, and is cached by itself. */
export function responseParams(request: ModelRequest): Responses.ResponseCreateParamsNonStreaming {
  const { model, maxOutputTokens, tools, postscript } = request;
  const input = spokenMessages(request).flatMap(inputItems);
  const system = spokenSystem(request);
  return {
    model,
    ...(maxOutputTokens === undefined ? {} : { max_output_tokens: maxOutputTokens }),
    // Reasoning comes back sealed without being asked for; models that do not reason refuse to be asked.
    store: false,
    ...(system.length === 0 ? {} : { instructions: system.join("\n\n") }),
    ...(tools.length === 0 ? {} : { tools: tools.map(toolParam) }),
    input: postscript === undefined ? input : [...input, { role: "developer", content: postscript }],
  };
}

function toolParam({ name, description, inputSchema }: ModelRequest["tools"][number]): Responses.FunctionTool {
  // Strict mode takes only a part of JSON schema; what comes is checked all the same.
  return { type: "function", name, description, parameters: { ...inputSchema }, strict: false };
}

function inputItems(message: Spoken): readonly Responses.ResponseInputItem[] {
  switch (message.role) {
    case "user":
      return [userItem(message.content)];
    case "assistant":
      return message.content.map(answerItem);
    case "tool":
      return message.results.map(resultItem);
  }
}

function userItem(content: readonly (TextPart | ImagePart)[]): Responses.ResponseInputItem {
  return { role: "user", content: content.map(partParam) };
}

function partParam(part: TextPart | ImagePart): Responses.ResponseInputText | Responses.ResponseInputImage {
  if (part.type === "text") return { type: "input_text", text: part.text };
  return { type: "input_image", detail: "auto", image_url: dataUrl(part) };
}

function resultItem({ id, content }: ToolResult): Responses.ResponseInputItem {
  const isPlain = content.every((part) => part.type === "text");
  const words = content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
  return { type: "function_call_output", call_id: id, output: isPlain ? words : content.map(partParam) };
}

function answerItem(part: AnswerPart): Responses.ResponseInputItem {
  switch (part.type) {
    case "text":
      return { role: "assistant", content: part.text };
    case "tool-call":
      return { type: "function_call", call_id: part.id, name: part.name, arguments: JSON.stringify(part.input) };
    case "malformed-call": {
      const input = JSON.stringify(inputOfMalformed(part));
      return { type: "function_call", call_id: part.id, name: part.name, arguments: input };
    }
    case "kept":
      return part.data as Responses.ResponseReasoningItem;
  }
}

/** A picture inside an address. */
export function dataUrl({ mediaType, base64 }: ImagePart): string {
  return `data:${mediaType};base64,${base64}`;
}
