import type { Chance } from "./chance.ts";
import type { ChaosOptions } from "./options.ts";

/** A tool call of the stand-in: by name, with an input or with something that is none. */
export type Called = { readonly name: string; readonly input: object | string };

/** One answer of the stand-in: its words, if it has any, and the tools that it calls. */
export type Round = { readonly text?: string; readonly calls: readonly Called[] };

/** What a wish is made of: its number, and what is at work as far as the request says. */
export type Wished = { readonly number: string; readonly work: string };

type Program = (wished: Wished) => readonly Round[];

const look: Called = { name: "look_back", input: { query: "message", limit: 3 } };
const status: Called = { name: "set_status", input: { text: "looking into it" } };
const broken: Called = { name: "look_back", input: '{"query": "mess' };

/** How long the last round of an endless wish is beyond what any turn has. */
const ENDLESS = 12;

function branch({ number }: Wished, index = 0): Called {
  const wishes = Object.keys(THOUGHTS);
  const wish = wishes[(Number(number) + index) % wishes.length];
  return { name: "branch", input: { task: `task ${number}.${index}, wish:${wish}` } };
}

/** What a channel's model does before it answers, by what is wished. One that is not named answers at once. */
export const WISHES: Readonly<Record<string, Program>> = {
  look: () => [{ calls: [look] }],
  "look-aside": () => [{ calls: [look, look, look] }],
  "look-many": () => [{ calls: Array(10).fill(look) }],
  rounds: () => [{ calls: [look] }, { calls: [look, status] }, { calls: [look] }],
  endless: () => Array(ENDLESS).fill({ calls: [look] }),
  status: () => [{ calls: [status] }],
  aloud: () => [{ text: "Let me see.", calls: [look, status] }],
  more: () => [{ calls: [{ name: "reply", input: { text: "One moment.", more: true } }, look] }],
  reply: ({ number }) => [{ calls: [{ name: "reply", input: { text: `Here is ${number}.` } }] }],
  branch: (wished) => [{ text: "I think about it.", calls: [branch(wished)] }],
  "branch-silent": (wished) => [{ calls: [branch(wished)] }],
  branches: (wished) => [{ text: "I think about both.", calls: [branch(wished), branch(wished, 1)] }],
  "branch-look": (wished) => [{ calls: [branch(wished), look] }],
  malformed: () => [{ calls: [broken] }, { calls: [look] }],
  misfit: () => [{ calls: [{ name: "look_back", input: { limit: 1_000 } }, { name: "fly", input: {} }, look] }],
  route: ({ number, work }) => [
    { calls: [{ name: "route", input: { to: work, text: `more of ${number}, wish:look` } }] },
  ],
  cancel: ({ work }) => [{ calls: [{ name: "cancel", input: { to: work, reason: "no more" } }] }],
  silent: () => [{ calls: [] }],
};

/** What a branch's model does before it concludes. */
export const THOUGHTS: Readonly<Record<string, Program>> = {
  none: () => [],
  look: () => [{ calls: [look] }],
  status: () => [{ calls: [status] }],
  "look-aside": () => [{ calls: [look, look] }],
  rounds: () => [{ calls: [look] }, { calls: [look, status] }, { calls: [look] }],
  malformed: () => [{ calls: [broken] }, { calls: [look] }],
  twice: () => [{ calls: [status, look] }, { calls: [look] }],
  endless: () => Array(ENDLESS).fill({ calls: [look] }),
  silent: () => [{ calls: [] }],
};

/** Of a hundred messages; the rest wishes for nothing. */
const SHARES: Readonly<Record<string, number>> = {
  look: 8,
  "look-aside": 6,
  "look-many": 2,
  rounds: 5,
  endless: 2,
  status: 3,
  aloud: 4,
  more: 4,
  reply: 3,
  branch: 7,
  "branch-silent": 4,
  branches: 4,
  "branch-look": 3,
  malformed: 4,
  misfit: 3,
  route: 3,
  cancel: 2,
  silent: 1,
};

/** Wishes that are wished where a branch was begun last, for something may be at work there. */
const ABOUT_WORK: ReadonlySet<string> = new Set(["route", "cancel"]);

/** Chooses what is said, and where. */
export class Sayings {
  readonly #chance: Chance;
  readonly #options: Pick<ChaosOptions, "channels" | "plain">;
  #begunIn = 1;

  constructor(chance: Chance, options: Pick<ChaosOptions, "channels" | "plain">) {
    this.#chance = chance;
    this.#options = options;
  }

  /** The words of a message and the channel that they are said in; wishes are drawn by their shares. */
  next(number: number): { readonly channel: number; readonly text: string } {
    const channel = this.#chance.between(1, this.#options.channels);
    const text = `message ${number} here`;
    if (this.#options.plain) return { channel, text };
    const wish = this.#draw();
    if (wish === undefined) return { channel, text };
    if (wish.startsWith("branch")) this.#begunIn = channel;
    return { channel: ABOUT_WORK.has(wish) ? this.#begunIn : channel, text: `${text}, wish:${wish}` };
  }

  #draw(): string | undefined {
    let dice = this.#chance.between(1, 100);
    const drawn = Object.entries(SHARES).find(([, share]) => {
      dice -= share;
      return dice <= 0;
    });
    return drawn?.[0];
  }
}
