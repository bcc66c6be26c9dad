import { BUILT_IN, type Prompts, type PromptText, systemOf } from "#actors/prompts/mod.ts";
import { type Denied, type Prompt, promptOf, type Thought, type Window } from "#actors/turn/mod.ts";
import {
  BudgetSpent,
  type Budgets,
  estimatedTokens,
  type Models,
  OFFLINE,
  type Spender,
  type Tool,
  textOf,
} from "#models/mod.ts";
import { type Address, parseAddress } from "#subjects/mod.ts";

/** What prompts are made with. */
export type PromptPort = {
  readonly models: Pick<Models, "contextTokens">;
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
): Promise<Prompt & { readonly texts: readonly PromptText[] }> {
  const texts = await systemOf(prompts, parseAddress(address).agent, kind);
  const identity = texts.map(({ text }) => text);
  return { texts, ...promptOf(window, { identity, tools, notes, maxTokens: models.contextTokens(), now: now() }) };
}

/** Calls a model, unless its money is spent. Throws: ModelFailed; the signal's reason. */
export async function think(
  question: Question,
  of: { readonly address: Address; readonly signal: AbortSignal; readonly spenders: readonly Spender[] },
  port: ThinkPort,
  onText: (text: string, attempt: number) => void,
): Promise<Thought | Denied> {
  // What is asked of the bus is asked at once: each answer is a way there and back before the first word.
  const made = nextPrompt(question, of.address, port);
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
  const lengths = messages.map(
    (each) => (each.role === "tool" ? JSON.stringify(each.results) : textOf(each.content)).length,
  );
  return {
    system: texts.map((text) => ({ ...text, tokens: estimatedTokens(text.text.length) })),
    tools: tools.map(({ name }) => name),
    messages: messages.length,
    unseen: unseen.lines,
    tokens: estimatedTokens(lengths.reduce((sum, length) => sum + length, 0)),
    postscript,
  };
}
