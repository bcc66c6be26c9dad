import { type Answer, type Models, OFFLINE, textOf } from "#models/mod.ts";
import type { Tools } from "#runtime/actor.ts";
import { LiveWords } from "./live-words.ts";
import { nextPrompt, type PromptPort } from "./next-prompt.ts";
import type { ThinkStep, Thought } from "./steps.ts";

/** What a channel thinks with. */
export type ChannelPort = PromptPort & { readonly models: Models };

/** Makes the `perform` of a channel: calls a model and tells its words live as they come. */
export function performWith(port: ChannelPort) {
  return async ({ window }: ThinkStep, tools: Tools<Thought>): Promise<Thought> => {
    using words = new LiveWords(tools);
    const { texts: _, ...prompt } = await nextPrompt(window, tools.address, port);
    const answer = await port.models.think({
      ...prompt,
      tools: [],
      signal: tools.signal,
      onText: (text, attempt) => words.push(text, attempt),
    });
    return thoughtOf(answer);
  };
}

/** Throws: Error that says why there are no words. */
function thoughtOf({ content, model, stop, usage }: Answer): Thought {
  const text = textOf(content);
  if (text.trim() === "" && stop === "refused") throw new Error(`${model} declines to answer that`);
  if (text.trim() === "" && stop === "length") throw new Error(`${model} ran out of room before its first word`);
  return { text, model, ...(model === OFFLINE ? {} : { usage }) };
}
