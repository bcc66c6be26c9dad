import type { z } from "zod";
import { BUILT_IN, type Prompts, type PromptText, systemOf } from "#actors/prompts/mod.ts";
import { estimatedTokens, type Models, textOf } from "#models/mod.ts";
import { channelContract } from "#subjects/channel.ts";
import { type Address, parseAddress } from "#subjects/mod.ts";
import { type Prompt, promptOf } from "./prompt.ts";
import type { ChannelState } from "./state.ts";
import { type Window, windowOf } from "./steps.ts";

/** What a prompt is made with. */
export type PromptPort = {
  readonly models: Pick<Models, "contextTokens">;
  /** Who the agents are. Default: what comes with Thalassa. */
  readonly prompts?: Prompts;
  /** Units: ms since 1970. */
  readonly now?: () => number;
};

/** The prompt of a call, and the texts that its system blocks are, as they are in use now. */
export async function nextPrompt(
  window: Window,
  address: Address,
  { models, prompts = BUILT_IN, now = Date.now }: PromptPort,
): Promise<Prompt & { readonly texts: readonly PromptText[] }> {
  const texts = await systemOf(prompts, parseAddress(address).agent, channelContract.kind);
  const identity = texts.map(({ text }) => text);
  return { texts, ...promptOf(window, { identity, maxTokens: models.contextTokens(), now: now() }) };
}

/** Answers the question `prompt` with what a call is given. */
export function promptAsked(port: PromptPort) {
  return async (state: ChannelState, address: Address): Promise<z.output<typeof channelContract.asks.prompt>> => {
    const { texts, messages, unseen, postscript } = await nextPrompt(windowOf(state), address, port);
    const words = messages.map((message) => (message.role === "tool" ? "" : textOf(message.content)).length);
    return {
      system: texts.map((text) => ({ ...text, tokens: estimatedTokens(text.text.length) })),
      messages: messages.length,
      unseen: unseen.lines,
      tokens: estimatedTokens(words.reduce((sum, length) => sum + length, 0)),
      postscript,
    };
  };
}
