import type { DeedClass } from "#subjects/policy.ts";

/**
 * A place in the file system. `at` is absolute and undefined where it shows only at run time; `reach` says whether the place
 * itself is meant, all of it with everything below, or only what is below.
 */
export type Place = { readonly at: string | undefined; readonly reach: "itself" | "tree" | "below" };

/** One thing that would be done: what it is judged by, and the part of the command that does it. */
export type Deed = {
  readonly class: DeedClass;
  /** The part of the command, as it is written. */
  readonly part: string;
  /** What it does, for people, where the class does not say it. */
  readonly because?: string;
  /** The place it touches; none where it touches none. */
  readonly place?: Place;
  readonly host?: Host;
};

/**
 * The host it speaks to; its name is undefined where that shows only at run time. One that is let in is reached from the machine
 * itself, and its name may be a glob of several.
 */
export type Host = { readonly name: string | undefined; readonly isLetIn?: true };

/** Where a command would run. Shape: `{ workspace: "/workspace", home: "/root" }`. */
export type World = {
  readonly workspace: string;
  readonly home: string;
  /** The folder it would run in, from the workspace or absolute; the workspace where nobody says. */
  readonly cwd?: string;
  /** It is an environment that is thrown away, where nothing of anybody else is, and that reaches no host by itself. */
  readonly isIsolated?: true;
};

/** An environment of a job, seen from inside. */
export const ENVIRONMENT: World = { workspace: "/workspace", home: "/workspace", isIsolated: true };

/** A deed without its part, as those who know a program tell it. */
export type Act = Omit<Deed, "part">;
