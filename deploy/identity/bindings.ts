import type { KV } from "@nats-io/kv";
import { BadUse } from "#deploy/failure.ts";
import { type Client, NotAllowed } from "#runtime/mod.ts";
import { BINDINGS_KEY, type Bindings, bindingsSchema, PROMPTS } from "#subjects/prompts.ts";
import { readEntry, replaceEntry } from "./bucket.ts";

/** Every binding, in the order in which they were made. */
export async function readBindings(prompts: KV): Promise<Bindings> {
  return parsed((await readEntry(prompts, BINDINGS_KEY)).text);
}

/** The same for a client; none where the bus does not know this right of ours yet. */
export async function bindingsFor(client: Client): Promise<Bindings> {
  try {
    return parsed(await client.entryText(PROMPTS, BINDINGS_KEY));
  } catch (error) {
    if (error instanceof NotAllowed) return [];
    throw error;
  }
}

/** Changes the bindings as they are when the change is stored; says how many fewer there are. */
export async function changeBindings(
  prompts: KV,
  change: (all: Bindings) => Bindings,
): Promise<{ readonly removed: number }> {
  while (true) {
    const { text, revision } = await readEntry(prompts, BINDINGS_KEY);
    const before = parsed(text);
    const after = change(before);
    const isSame = JSON.stringify(after) === JSON.stringify(before);
    if (isSame || (await replaceEntry(prompts, BINDINGS_KEY, JSON.stringify(after), revision)))
      return { removed: Math.max(0, before.length - after.length) };
  }
}

/** Throws: BadUse when a pattern fits no channel. */
export function checkPattern(pattern: string): void {
  if (bindingsSchema.element.shape.pattern.safeParse(pattern).success) return;
  throw new BadUse(
    `${JSON.stringify(pattern)} is no pattern of channels`,
    "write the id of a channel, with * for any characters: terminal-work, terminal-*",
  );
}

function parsed(text: string | undefined): Bindings {
  return bindingsSchema.parse(text === undefined ? [] : JSON.parse(text));
}
