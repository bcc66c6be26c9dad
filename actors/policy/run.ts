import type { Act } from "./deed.ts";
import type { Arg } from "./word.ts";

/** One simple command that would run, as its words are known; without a name where only redirections or acts are left. */
export type Run = {
  readonly name?: Arg;
  readonly args: readonly Arg[];
  /** As it is written, for people. */
  readonly part: string;
  /** What is known of it already. */
  readonly acts: readonly Act[];
  readonly redirects: readonly { readonly to: Arg; readonly does: "read" | "write" }[];
};

/** What a script of shell code holds, itself and all scripts within taken apart. */
export type Found = {
  readonly runs: Run[];
  /** Names that the line gives to functions of its own. */
  readonly functions: Set<string>;
  /** Where it goes. */
  readonly goesTo: Arg[];
};

/** What feeds a command's standard input: a text that is known, or one that is not. */
export type Fed = { readonly text: string | undefined };

/** How a command within a command is taken apart. */
export type Taker = {
  /** Takes a script apart that stands in a word. */
  readonly script: (text: string) => void;
  /** Takes a command apart that stands in words. */
  readonly command: (words: readonly Arg[]) => void;
  /** Adds what a command means by itself. */
  readonly act: (...acts: Act[]) => void;
  /** Adds that a variable gets a value. Shape: `i=1`, `i`. */
  readonly assigned: (text: string) => void;
  /** Says that a command is what it seems: a program with its words. */
  readonly plain: () => void;
  readonly fed: Fed | undefined;
};

/** Code that is made so that nobody reads it: it counts as what may do anything anywhere. */
export function unreadable(because: string): Act {
  return { class: "unknown", because, place: { at: "/", reach: "tree" } };
}

/** Code that nobody can read beforehand. */
export function unread(because: string): Act {
  return { class: "unknown", because };
}
