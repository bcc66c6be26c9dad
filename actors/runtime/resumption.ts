import type { Step } from "./actor.ts";
import { MAX_ATTEMPTS } from "./steps.ts";

/** What becomes of steps that an earlier process had begun. */
export type Resumption = {
  /** Go on with these: one `resumed` for all. */
  readonly resumed: readonly string[];
  /** Their process died under them often enough for a last try: each waits for its turn and is resumed then. */
  readonly suspects: readonly string[];
  /** Not run again. */
  readonly abandoned: readonly string[];
};

/**
 * Sorts steps found begun by how often they were resumed before. A step that was resumed just before its last try and is
 * found again has lost its process that often; one that still waits for that try has not.
 */
export function planResumption(
  begun: readonly (readonly [string, Step])[],
  resumptions: (key: string) => number,
): Resumption {
  const last = MAX_ATTEMPTS - 1;
  const keysWhere = (wanted: (count: number, endless: boolean) => boolean): string[] =>
    begun.filter(([key, step]) => wanted(resumptions(key), step.endless === true)).map(([key]) => key);
  return {
    resumed: keysWhere((count, endless) => endless || count < last - 1),
    suspects: keysWhere((count, endless) => !endless && count === last - 1),
    abandoned: keysWhere((count, endless) => !endless && count >= last),
  };
}
