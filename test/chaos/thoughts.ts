import { questionOf as branchQuestion } from "#actors/branch/perform.ts";
import { questionOf as channelQuestion } from "#actors/channel/perform.ts";
import type { ChannelStep } from "#actors/channel/steps.ts";
import { type Conversation, promptOf, type Window, windowOf } from "#actors/turn/mod.ts";
import { chatParams } from "#models/compatible-request.ts";
import type { Foldable, Tools } from "#runtime/actor.ts";
import { Fold } from "#runtime/fold.ts";
import type { Address } from "#subjects/address.ts";
import { type Fork, RESUMED, resumedSchema } from "#subjects/runtime.ts";
import { type Chat, messagesSchema, problemsIn, promptKey } from "./chat.ts";
import { byAddress, kindOf, type Logs, type Violation } from "./checks.ts";
import type { Stored } from "./stored.ts";

/** A call of a model that a log calls for: what is asked, how often a new owner went on with it, whether it was answered. */
export type Thought = {
  readonly address: Address;
  readonly step: string;
  readonly key: string;
  resumed: number;
  isAnswered: boolean;
};

/** Every call of a model that the logs call for, and what is wrong with what they would be given. */
export type Thinking = { readonly thoughts: readonly Thought[]; readonly violations: readonly Violation[] };

/** A conversation as of each of its events. */
type Pasts = Map<string, Conversation>;

/** Folds every log of those that think, event by event, and makes the request of each call that was wanted. */
export async function thinkingIn(logs: Logs): Promise<Thinking> {
  const pasts: Pasts = new Map();
  const thoughts: Thought[] = [];
  const violations: Violation[] = [];
  for (const kind of ["channel", "branch"]) {
    for (const [address, records] of byAddress(logs[kind] ?? [])) {
      const follower = new Follower(address, kind, pasts);
      for (const record of records) await follower.take(record);
      thoughts.push(...follower.thoughts.values());
      violations.push(...follower.problems.map((what) => ({ what, address })));
    }
  }
  return { thoughts, violations };
}

/** Follows one log. */
class Follower {
  readonly thoughts = new Map<string, Thought>();
  readonly problems: string[] = [];
  readonly #address: Address;
  readonly #kind: string;
  readonly #pasts: Pasts;
  readonly #fold: Fold;
  #wanted: Thought | undefined;

  constructor(address: Address, kind: string, pasts: Pasts) {
    this.#address = address;
    this.#kind = kind;
    this.#pasts = pasts;
    this.#fold = new Fold(kindOf(kind), address);
  }

  async take(record: Stored): Promise<void> {
    this.#fold.apply(record);
    if (record.event === RESUMED) {
      for (const key of resumedSchema.parse(record.data).keys) {
        const thought = this.thoughts.get(key);
        if (thought !== undefined) thought.resumed++;
      }
    }
    if (this.#wanted !== undefined && (record.data as { readonly model?: string }).model !== undefined)
      this.#wanted.isAnswered = true;
    if (this.#kind === "channel") this.#keep(record.seq, this.#fold.state as Conversation);
    const [step, wanted] = Object.entries(this.#fold.wanted()).find(([, { type }]) => type === "think") ?? [];
    this.#wanted = step === undefined ? undefined : this.#think(step, await this.#asked(wanted));
  }

  /** Whoever looks at this conversation later is given a transcript that is whole, too. */
  #keep(seq: number, conversation: Conversation): void {
    this.#pasts.set(`${this.#address} ${seq}`, conversation);
    const { lines, ...window } = windowOf(conversation);
    const next = { role: "user", seq: seq + 1, at: 0, text: "And then?" } as const;
    const problems = problemsIn(messagesFor({ ...window, lines: [...lines, next] }));
    this.problems.push(...problems.map((what) => `a transcript of it as of ${seq} is broken: ${what}`));
  }

  #think(step: string, messages: Chat["messages"]): Thought {
    const key = promptKey(messages);
    const known = this.thoughts.get(step);
    if (known !== undefined && known.key === key) return known;
    if (known !== undefined) this.problems.push(`what ${step} asks changed while it ran`);
    this.problems.push(...problemsIn(messages).map((what) => `what ${step} asks is broken: ${what}`));
    const thought = { address: this.#address, step, key, resumed: 0, isAnswered: false };
    this.thoughts.set(step, thought);
    return thought;
  }

  async #asked(step: unknown): Promise<Chat["messages"]> {
    if (this.#kind === "channel") return messagesFor(channelQuestion((step as ChannelStep).conversation).window);
    const { turn, origin } = step as { turn: Parameters<typeof branchQuestion>[0]; origin: Fork & { task: string } };
    const { window } = await branchQuestion(turn, origin, { read: this.#read });
    return messagesFor(window);
  }

  readonly #read: Tools<unknown>["read"] = async <State>(past: Fork, _kind: Foldable<State>): Promise<State> => {
    const conversation = this.#pasts.get(`${past.from} ${past.seq}`);
    if (conversation === undefined) throw new Error(`${past.from} has no event ${past.seq}`);
    // A branch reads nothing but conversations.
    return conversation as State;
  };
}

/** No window of these runs is too large to be shown whole. */
function messagesFor(window: Window): Chat["messages"] {
  const parts = { identity: [], tools: [], notes: [], now: 0, maxTokens: Number.MAX_SAFE_INTEGER };
  const { messages } = promptOf(window, parts);
  const { signal } = new AbortController();
  const request = { model: "", system: [], tools: [], messages, signal, onText() {} };
  return messagesSchema.parse(JSON.parse(JSON.stringify(chatParams(request).messages)));
}
