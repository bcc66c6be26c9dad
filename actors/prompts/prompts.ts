import { type LEVELS, SHARED, textKey } from "#subjects/prompts.ts";
import { builtInText } from "./texts.ts";

/** A text as it is in use. */
export type PromptText = { readonly name: string; readonly level: (typeof LEVELS)[number]; readonly text: string };

/** Who has the texts of agents, as they are now. */
export type Prompts = {
  /** An agent's own text, else the shared one, else the built-in one. */
  text(agent: string, name: string): Promise<PromptText>;
};

/** Reads an entry of the bucket of texts; undefined when there is none. */
type ReadEntry = (key: string) => Promise<string | undefined>;

/** A text that was read so long ago is read again before it is used: an edit is in use within that time. Units: ms. */
export const FRESH_MS = 2_000;

/**
 * The texts, read through `read`. What was read is used for `FRESH_MS`, so that turns in quick succession ask the bus
 * nothing, and many turns at once ask it once.
 */
export function promptsFrom(read: ReadEntry, clock: () => number = Date.now): Prompts {
  const known = new Map<string, { readonly atMs?: number; readonly entry: Promise<string | undefined> }>();
  const fresh = (key: string): Promise<string | undefined> => {
    const found = known.get(key);
    // What is still being read is waited for, however long a bus is away.
    if (found !== undefined && clock() - (found.atMs ?? clock()) < FRESH_MS) return found.entry;
    const asked = { entry: read(key) };
    known.set(key, asked);
    asked.entry.then(
      () => known.set(key, { ...asked, atMs: clock() }),
      // What failed is no knowledge: the next one asks anew.
      () => known.delete(key),
    );
    return asked.entry;
  };
  return {
    async text(agent, name) {
      const [own, shared] = await Promise.all([fresh(textKey(agent, name)), fresh(textKey(SHARED, name))]);
      if (own !== undefined) return { name, level: "own", text: own };
      if (shared !== undefined) return { name, level: "shared", text: shared };
      return { name, level: "built in", text: builtInText(name) };
    },
  };
}

/** The texts that come with Thalassa, for whoever has no bus. */
export const BUILT_IN: Prompts = promptsFrom(async () => undefined);
