import { isDeepStrictEqual } from "node:util";
import { type KV, type KvEntry, Kvm } from "@nats-io/kv";
import { z } from "zod";
import type { AnyKind } from "#runtime/actor.ts";
import { eventOf, isOurs } from "#runtime/fold.ts";
import type { Client } from "#runtime/mod.ts";
import { openBucket } from "#runtime/nats-bus.ts";
import { answerOf } from "#runtime/nats-errors.ts";
import { type Address, addressOf, KINDS, type KindContract, parseAddress } from "#subjects/mod.ts";
import { actorsOf } from "./actors-of.ts";

/** What was done to the entries of all views. */
export type Rebuilt = {
  readonly actors: number;
  readonly right: number;
  readonly mended: number;
  readonly gone: number;
};

/** So many actors are read at a time. */
const AT_ONCE = 32;

const entrySchema = z.looseObject({ seq: z.number().int() });

const sendsSchema = z.object({
  sends: z.custom<AnyKind["sends"]>((value) => typeof value === "function"),
});

/**
 * Makes every entry of every view what the logs say it is, and removes those of actors that have no log. Needs the
 * operator's connection. Actors may go on meanwhile: an entry that one of them has written by now is left alone.
 * `progress` hears how many actors are done.
 */
export async function rebuildViews(client: Client, progress: (actors: number) => void = () => {}): Promise<Rebuilt> {
  const views = await openBucket(new Kvm(client.wire.js), "VIEWS");
  const counts = { actors: 0, right: 0, mended: 0, gone: 0 };
  for (const contract of KINDS.filter(({ views: declared }) => declared.length > 0)) {
    const { sends } = sendsSchema.parse(await import(`#actors/${contract.kind}/sends.ts`));
    const actors = [...(await actorsOf(client, contract.kind)).keys()];
    for (let next = 0; next < actors.length; next += AT_ONCE) {
      const some = actors.slice(next, next + AT_ONCE);
      const done = await Promise.all(some.map((address) => rebuildActor(client, views, contract, sends, address)));
      for (const outcome of done.flat()) counts[outcome]++;
      counts.actors += some.length;
      progress(counts.actors);
    }
  }
  counts.gone = await removeOrphans(client, views);
  return counts;
}

/** From the newest record back, so that each view is met by the entry that belongs into it. */
async function rebuildActor(
  client: Client,
  views: KV,
  contract: KindContract,
  sends: AnyKind["sends"],
  address: Address,
): Promise<readonly ("right" | "mended")[]> {
  const { agent, id } = parseAddress(address);
  const outcomes = new Map<string, "right" | "mended">();
  for (const record of (await client.history(address)).toReversed()) {
    if (isOurs(record.event) || record.version > contract.version) continue;
    for (const send of Object.values(sends(eventOf(contract, record), record))) {
      if (send.type !== "view" || outcomes.has(send.view)) continue;
      const entry = { ...send.data, seq: record.seq };
      outcomes.set(send.view, await mend(client, views, `${send.view}.${agent}.${id}`, address, entry));
    }
    if (outcomes.size === contract.views.length) break;
  }
  return [...outcomes.values()];
}

async function mend(
  client: Client,
  views: KV,
  key: string,
  address: Address,
  entry: { readonly seq: number },
): Promise<"right" | "mended"> {
  const standing = await views.get(key);
  const has = readEntry(standing);
  if (isDeepStrictEqual(has, entry)) return "right";
  // A later one is right, unless it was made of a record that is not in the log.
  if (has !== undefined && has.seq > entry.seq && (await client.record(address, has.seq)) !== undefined) return "right";
  try {
    await views.put(key, JSON.stringify(entry), { previousSeq: standing?.revision ?? 0 });
    return "mended";
  } catch (error) {
    if (answerOf(error) !== "fenced") throw error;
    return "right";
  }
}

async function removeOrphans(client: Client, views: KV): Promise<number> {
  let gone = 0;
  for (const view of new Set(KINDS.flatMap((contract) => contract.views))) {
    const kinds = KINDS.filter((contract) => contract.views.includes(view)).map(({ kind }) => kind);
    const keys: string[] = [];
    for await (const key of await views.keys(`${view}.>`)) keys.push(key);
    for (const key of keys) {
      const [, agent = "", id = ""] = key.split(".");
      const logs = await Promise.all(kinds.map((kind) => client.last(addressOf(agent, kind, id))));
      if (logs.some((last) => last !== undefined)) continue;
      const standing = await views.get(key);
      if (standing === null) continue;
      await views.delete(key, { previousSeq: standing.revision });
      gone++;
    }
  }
  return gone;
}

function readEntry(standing: KvEntry | null): { readonly seq: number } | undefined {
  if (standing?.operation !== "PUT") return undefined;
  try {
    return entrySchema.parse(standing.json());
  } catch {
    return undefined;
  }
}
