import type { Messages } from "@anthropic-ai/sdk/resources";
import { type Answer, type AnswerPart, callOf } from "./provider.ts";

/** A block while it comes; `json` is what came of a tool call's input. */
export type Block = Messages.ContentBlock & { json: string };

/** Everything that a whole stream said. */
export type Gathered = {
  readonly blocks: readonly Block[];
  readonly start: Messages.Message;
  readonly end: Messages.RawMessageDeltaEvent | undefined;
};

const STOPS: Readonly<Record<string, Answer["stop"]>> = {
  end_turn: "end",
  stop_sequence: "end",
  tool_use: "tools",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  refusal: "refused",
};

/** The answer that a whole stream came to. */
export function answerOf({ blocks, start, end }: Gathered, provider: string, asked: string): Answer {
  const first = start.usage;
  const last = end?.usage;
  return {
    content: blocks.flatMap((block) => partsOf(block, asked)),
    stop: STOPS[end?.delta.stop_reason ?? ""] ?? "other",
    usage: {
      input: last?.input_tokens ?? first?.input_tokens ?? 0,
      output: last?.output_tokens ?? first?.output_tokens ?? 0,
      cacheRead: last?.cache_read_input_tokens ?? first?.cache_read_input_tokens ?? 0,
      cacheWrite: last?.cache_creation_input_tokens ?? first?.cache_creation_input_tokens ?? 0,
    },
    model: `${provider}/${start.model}`,
  };
}

function partsOf({ json, ...block }: Block, model: string): readonly AnswerPart[] {
  switch (block.type) {
    case "text":
      return block.text === "" ? [] : [{ type: "text", text: block.text }];
    case "tool_use":
      return [callOf(block.id, block.name, json)];
    case "thinking":
    case "redacted_thinking":
      return [{ type: "kept", model, data: block }];
    default:
      return [];
  }
}
