import type { Figure } from "./figure.ts";

/** What a bench is given. */
export type BenchRun = {
  readonly quick: boolean;
  readonly report: (figure: Figure) => void;
};

/** One thing that is measured. It throws when something is wrong, never because something is slow. */
export type Bench = {
  readonly name: string;
  readonly about: string;
  readonly run: (run: BenchRun) => Promise<void>;
};
