import { parseArgs } from "node:util";

/** How much of what a run of the chaos of jobs does. */
export type JobChaosOptions = {
  /** Decides what jobs do, what is killed and in which order; not when the machine gets round to it. */
  readonly seed: number;
  readonly jobs: number;
  readonly kills: number;
  /** Jobs run on a Docker engine of this run alone, which is killed as well. */
  readonly withEngine: boolean;
  /** All jobs are stopped once in the middle, and go on. */
  readonly panics: boolean;
  /** Folder for everything that was logged and stored, if it is to be kept. */
  readonly out?: string;
};

/** What `npm run chaos:jobs` does unless told otherwise. */
export const FULL = { jobs: 50, kills: 60, withEngine: false, panics: true } as const satisfies Omit<
  JobChaosOptions,
  "seed"
>;

/** What `npm test` has time for. */
export const SHORT = { jobs: 8, kills: 10, withEngine: false, panics: false } as const satisfies Omit<
  JobChaosOptions,
  "seed"
>;

/** Reads the command line. Throws: RangeError when a figure is none; what `parseArgs` throws on an unknown option. */
export function readOptions(args: readonly string[], chosenSeed: number): JobChaosOptions {
  const figure = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ seed: figure, jobs: figure, kills: figure, out: figure },
      short: { type: "boolean", default: false },
      "with-engine": { type: "boolean", default: false },
    },
  });
  const base = values.short ? SHORT : FULL;
  return {
    ...base,
    seed: numberOf("seed", values.seed, chosenSeed),
    jobs: numberOf("jobs", values.jobs, base.jobs),
    kills: numberOf("kills", values.kills, base.kills),
    withEngine: values["with-engine"],
    ...(values.out === undefined ? {} : { out: values.out }),
  };
}

function numberOf(name: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`--${name} is ${text}; use a whole number above 0`);
  return value;
}
