import { parseArgs } from "node:util";

/** How much of what a chaos run does. */
export type ChaosOptions = {
  /** Decides what is said, what is broken and in which order; not when the machine gets round to it. */
  readonly seed: number;
  readonly channels: number;
  readonly messages: number;
  /** Kills and stops; handing over in good order comes on top and is not counted. */
  readonly faults: number;
  readonly processes: number;
  /** Longest time something is stopped, and after which a message is at the latest repeated. Units: ms. */
  readonly longestStopMs: number;
  readonly latestRepeatMs: number;
  /** A turn that no outage explains is told in full above this. Units: ms. */
  readonly slowMs: number;
  /** The channels have the offline model alone, without tools, branches and a ledger. */
  readonly plain: boolean;
  /** How the client speaks: as the terminal does, or through the HTTP bridge, which is killed too. */
  readonly over: "bus" | "http";
  /** Folder for everything that was logged and stored, if it is to be kept. */
  readonly out?: string;
};

/** What `npm run chaos` does unless told otherwise. */
export const FULL = {
  channels: 100,
  messages: 2_000,
  faults: 200,
  processes: 2,
  longestStopMs: 15_000,
  latestRepeatMs: 45_000,
  slowMs: 5_000,
  plain: false,
  over: "bus",
} as const satisfies Omit<ChaosOptions, "seed">;

/** What `npm test` has time for. */
export const SHORT = {
  ...FULL,
  channels: 20,
  messages: 160,
  faults: 16,
  longestStopMs: 3_000,
  latestRepeatMs: 6_000,
} as const satisfies Omit<ChaosOptions, "seed">;

/** What `npm test` has time for over HTTP. */
export const SHORT_HTTP = {
  ...SHORT,
  over: "http",
  channels: 6,
  messages: 40,
  faults: 4,
  longestStopMs: 1_000,
  latestRepeatMs: 2_000,
} as const satisfies Omit<ChaosOptions, "seed">;

/** Reads the command line. Throws: RangeError when a figure is none; what `parseArgs` throws on an unknown option. */
export function readOptions(args: readonly string[], chosenSeed: number): ChaosOptions {
  const figure = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: figure,
      channels: figure,
      messages: figure,
      faults: figure,
      processes: figure,
      slow: figure,
      out: figure,
      over: { type: "string", default: "bus" },
      short: { type: "boolean", default: false },
      plain: { type: "boolean", default: false },
    },
  });
  const base = values.short ? SHORT : FULL;
  return {
    ...base,
    seed: numberOf("seed", values.seed, chosenSeed),
    channels: numberOf("channels", values.channels, base.channels),
    messages: numberOf("messages", values.messages, base.messages),
    faults: numberOf("faults", values.faults, base.faults),
    processes: numberOf("processes", values.processes, base.processes),
    slowMs: numberOf("slow", values.slow, base.slowMs),
    plain: values.plain,
    over: overOf(values.over),
    ...(values.out === undefined ? {} : { out: values.out }),
  };
}

function overOf(text: string): ChaosOptions["over"] {
  if (text === "bus" || text === "http") return text;
  throw new RangeError(`--over is ${text}; use bus or http`);
}

function numberOf(name: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`--${name} is ${text}; use a whole number above 0`);
  return value;
}
