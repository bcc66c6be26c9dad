import { type KV, Kvm } from "@nats-io/kv";
import { ThalassaError } from "#deploy/errors.ts";
import type { Client } from "#runtime/mod.ts";
import { answerOf } from "#runtime/nats-errors.ts";
import { PROMPTS } from "#subjects/prompts.ts";

/** The bus was made by a version that knew of no identities. */
export class BusOutdated extends ThalassaError<"bus-outdated"> {}

/** An entry: its text, and the revision by which it is replaced only if nobody else has done so meanwhile. */
export type Entry = { readonly text: string | undefined; readonly revision: number };

/** Opens the bucket of texts, agents and bindings. Needs the operator's connection. Throws: BusOutdated. */
export async function openPrompts(client: Client): Promise<KV> {
  try {
    await client.wire.attempt(() => client.wire.jsm.streams.info(`KV_${PROMPTS}`));
    // Not through replicas: a command sees what the one before it has written.
    return await new Kvm(client.wire.js).open(PROMPTS, { allow_direct: false });
  } catch (cause) {
    if (answerOf(cause) !== "streamMissing") throw cause;
    throw new BusOutdated({
      code: "bus-outdated",
      message: "this bus has no place for the texts of agents: an older version made it",
      hint: "restart thalassa up, which makes what is missing",
      cause,
    });
  }
}

/** What stands under a key now. */
export async function readEntry(prompts: KV, key: string): Promise<Entry> {
  const entry = await prompts.get(key);
  return { text: entry?.operation === "PUT" ? entry.string() : undefined, revision: entry?.revision ?? 0 };
}

/** Puts a text where nobody has written since that revision; false when somebody has. */
export async function replaceEntry(prompts: KV, key: string, text: string, revision: number): Promise<boolean> {
  try {
    await prompts.put(key, text, { previousSeq: revision });
    return true;
  } catch (error) {
    if (answerOf(error) === "fenced") return false;
    throw error;
  }
}

/** Takes an entry away; says whether there was one. */
export async function removeEntry(prompts: KV, key: string): Promise<boolean> {
  const { text } = await readEntry(prompts, key);
  if (text !== undefined) await prompts.delete(key);
  return text !== undefined;
}

/** Every key that fits, sorted. */
export async function keysLike(prompts: KV, filter: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const key of await prompts.keys(filter)) keys.push(key);
  return keys.toSorted();
}
