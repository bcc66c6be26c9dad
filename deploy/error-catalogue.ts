import { actorChapters } from "./catalogue/actors.ts";
import { commandChapters } from "./catalogue/commands.ts";
import { environmentChapters } from "./catalogue/environments.ts";
import { httpChapters } from "./catalogue/http.ts";

/** What a code means in general, and what to do about it; the message of the moment says what is true of the case. */
export type Trouble = readonly [means: string, remedy: string];

/** Codes that are met in the same place. */
export type Chapter = {
  readonly title: string;
  /** Where they are met. */
  readonly met: string;
  /** What a person sees first there. Shape: lines of what was said. */
  readonly troubles: Readonly<Record<string, Trouble>>;
};

/** Every code that anything of Thalassa raises; a test holds this to what the sources have. */
export const CATALOGUE: readonly Chapter[] = [
  ...commandChapters,
  ...actorChapters,
  ...environmentChapters,
  ...httpChapters,
];
