import { parseArgs } from "node:util";

/** How much of what a run of the chaos of Telegram does. */
export type TelegramChaosOptions = {
  /** Decides who writes what, what is broken and in which order; not when the machine gets round to it. */
  readonly seed: number;
  /** Private chats; groups come on top. */
  readonly people: number;
  /** Groups without topics, and groups with two topics each. */
  readonly groups: number;
  readonly forums: number;
  /** In all, and in each group and each topic. */
  readonly messages: number;
  readonly perGroup: number;
  /** Kills and stops of processes and of the server. */
  readonly faults: number;
  /** Calls of the Bot API that go wrong are asked for so often. */
  readonly troubles: number;
  /** Longest time something is stopped. Units: ms. */
  readonly longestStopMs: number;
  /** Whether calls may stay without an answer until the bridge gives up, which takes 20 s. */
  readonly hangs: boolean;
  /** Folder for everything that was said, called and stored, if it is to be kept. */
  readonly out?: string;
};

/** What `npm run chaos:telegram` does unless told otherwise. */
export const FULL = {
  people: 43,
  groups: 3,
  forums: 2,
  messages: 1_000,
  perGroup: 8,
  faults: 120,
  troubles: 200,
  longestStopMs: 8_000,
  hangs: true,
} as const satisfies Omit<TelegramChaosOptions, "seed">;

/** What `npm test` has time for. */
export const SHORT = {
  people: 9,
  groups: 1,
  forums: 1,
  messages: 60,
  perGroup: 4,
  faults: 12,
  troubles: 16,
  longestStopMs: 2_000,
  hangs: false,
} as const satisfies Omit<TelegramChaosOptions, "seed">;

/** Reads the command line. Throws: RangeError when a figure is none; what `parseArgs` throws on an unknown option. */
export function readOptions(args: readonly string[], chosenSeed: number): TelegramChaosOptions {
  const figure = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ seed: figure, people: figure, messages: figure, faults: figure, troubles: figure, out: figure },
      short: { type: "boolean", default: false },
    },
  });
  const base = values.short ? SHORT : FULL;
  return {
    ...base,
    seed: numberOf("seed", values.seed, chosenSeed),
    people: numberOf("people", values.people, base.people),
    messages: numberOf("messages", values.messages, base.messages),
    faults: numberOf("faults", values.faults, base.faults),
    troubles: numberOf("troubles", values.troubles, base.troubles),
    ...(values.out === undefined ? {} : { out: values.out }),
  };
}

function numberOf(name: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`--${name} is ${text}; use a whole number above 0`);
  return value;
}
