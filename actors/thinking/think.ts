import { BUILT_IN, type Prompts, type PromptText, systemOf } from "#actors/prompts/mod.ts";
import {
  type Denied,
  type Pictures,
  type Prompt,
  picturesWanted,
  promptOf,
  type Thought,
  type Window,
} from "#actors/turn/mod.ts";
import {
  BudgetSpent,
  type Budgets,
  estimatedTokens,
  fileText,
  type Message,
  type Models,
  OFFLINE,
  PICTURE_TOKENS,
  type Spender,
  type Tool,
  textOf,
} from "#models/mod.ts";
import type { ArtifactReader } from "#runtime/mod.ts";
import { type Address, parseAddress } from "#subjects/mod.ts";
import { picturesOf } from "./pictures.ts";

/** What prompts are made with. */
export type PromptPort = {
  readonly models: Pick<Models, "contextTokens" | "sees">;
  /** Who the agents are. Default: what comes with Thalassa. */
  readonly prompts?: Prompts;
  /** Units: ms since 1970. */
  readonly now?: () => number;
};

/** What is thought with. */
export type ThinkPort = PromptPort & {
  readonly models: Models;
  /** Who may still spend. Default: everybody. */
  readonly budgets?: Budgets;
};

/** What is asked of a model. */
export type Question = {
  /** Whose prompt it is. */
  readonly kind: string;
  readonly window: Window;
  readonly tools: readonly Tool[];
  readonly notes: readonly string[];
};

/** The prompt of a call, and the texts that its system blocks are, as they are in use now. */
export async function nextPrompt(
  { kind, window, tools, notes }: Question,
  address: Address,
  { models, prompts = BUILT_IN, now = Date.now }: PromptPort,
  seen?: Promise<Pictures>,
): Promise<Prompt & { readonly texts: readonly PromptText[] }> {
  const [texts, pictures] = await Promise.all([systemOf(prompts, parseAddress(address).agent, kind), seen]);
  const identity = texts.map(({ text }) => text);
  const parts = { identity, tools, notes, maxTokens: models.contextTokens(), now: now() };
  return { texts, ...promptOf(window, { ...parts, ...(pictures === undefined ? {} : { pictures }) }) };
}

/** For whom a call is made. */
export type Asking = {
  readonly address: Address;
  readonly signal: AbortSignal;
  readonly spenders: readonly Spender[];
  /** Where the files are that came with messages. Default: they are only named. */
  readonly artifacts?: ArtifactReader;
};

/** Calls a model, unless its money is spent. Throws: ModelFailed; the signal's reason. */
export async function think(
  question: Question,
  of: Asking,
  port: ThinkPort,
  onText: (text: string, attempt: number) => void,
): Promise<Thought | Denied> {
  // What is asked of the bus is asked at once: each answer is a way there and back before the first word.
  const seen = of.artifacts && port.models.sees() ? picturesOf(question.window, of.artifacts, of.signal) : undefined;
  const made = nextPrompt(question, of.address, port, seen);
  const denied = await Promise.all([made, ...of.spenders.map((spender) => port.budgets?.allow(spender))]).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof BudgetSpent) return { denied: error.message };
      throw error;
    },
  );
  if (denied !== undefined) return denied;
  const { texts: _, ...prompt } = await made;
  const { content, model, stop, usage } = await port.models.think({ ...prompt, signal: of.signal, onText });
  return { content: storable(content), model, stop, ...(model === OFFLINE ? {} : { usage }) };
}

/** Most of what a model wants back that is kept for it, for all of an answer is one event. Units: UTF-16 units of JSON. */
const MAX_KEPT = 98_304;

/** An answer that an event can hold: reasoning that is too long goes, rather than the words and calls with it. */
function storable(content: Thought["content"]): Thought["content"] {
  const kept = content.filter(({ type }) => type === "kept");
  return JSON.stringify(kept).length > MAX_KEPT ? content.filter(({ type }) => type !== "kept") : content;
}

/** What is shown of a prompt to whoever asks. */
export type ShownPrompt = {
  readonly system: readonly (PromptText & { readonly tokens: number })[];
  readonly tools: readonly string[];
  readonly messages: number;
  readonly unseen: number;
  readonly tokens: number;
  readonly postscript: string;
};

/** What a model will be given, for people. */
export async function promptShown(question: Question, address: Address, port: PromptPort): Promise<ShownPrompt> {
  const { texts, messages, unseen, postscript, tools } = await nextPrompt(question, address, port);
  const length = messages.reduce((sum, each) => sum + textIn(each).length, 0);
  const pictures = port.models.sees() ? picturesWanted(question.window).length : 0;
  return {
    system: texts.map((text) => ({ ...text, tokens: estimatedTokens(text.text.length) })),
    tools: tools.map(({ name }) => name),
    messages: messages.length,
    unseen: unseen.lines,
    tokens: estimatedTokens(length) + PICTURE_TOKENS * pictures,
    postscript,
  };
}

function textIn(message: Message): string {
  if (message.role === "tool") return JSON.stringify(message.results);
  if (message.role === "assistant") return textOf(message.content);
  return message.content.reduce(
    (text, part) => text + (part.type === "file" ? fileText(part.file) : ""),
    textOf(message.content),
  );
}
