import { isDeepStrictEqual } from "node:util";
import { type KV, type KvEntry, Kvm } from "@nats-io/kv";
import { z } from "zod";
import type { AnyKind, Client } from "#runtime/mod.ts";
import { openBucket } from "#runtime/nats-bus.ts";
import { answerOf } from "#runtime/nats-errors.ts";
import { sendsOf, viewKey } from "#runtime/outbox.ts";
import { type Address, KINDS } from "#subjects/mod.ts";
import { actorsOf } from "./actors-of.ts";
import { loadKind } from "./kinds.ts";

/** What was done to the entries of all views. */
export type Rebuilt = {
  readonly actors: number;
  readonly right: number;
  readonly mended: number;
  readonly gone: number;
};

/** What of a kind says which entries its events call for. */
export type Showing = Pick<AnyKind, "contract" | "sends">;

/** An entry that the logs call for, and the actor whose event it is made of. */
type Wanted = { readonly address: Address; readonly entry: { readonly seq: number } };

/** What the logs call for, by key; and the views of which one of them says something that we cannot read. */
type Called = { readonly wanted: Map<string, Wanted>; readonly unread: Set<string> };

/** So many actors, or entries, are seen to at a time. */
const AT_ONCE = 32;

const entrySchema = z.looseObject({ seq: z.number().int() });

/**
 * Makes every entry of every view what the logs say it is, and removes those that no log calls for. Needs the operator's
 * connection. Actors may go on meanwhile: an entry that one of them has written by now is left alone. Where a log says
 * what only a newer version of its kind can read, nothing is removed from that kind's views. `progress` hears how many
 * actors were read.
 */
export async function rebuildViews(
  client: Client,
  progress: (actors: number) => void = () => {},
  kinds?: readonly Showing[],
): Promise<Rebuilt> {
  const all = kinds ?? (await Promise.all(KINDS.map(({ kind }) => loadKind(kind))));
  const showing = all.filter(({ contract }) => contract.views.length > 0);
  const views = await openBucket(new Kvm(client.wire.js), "VIEWS");
  // Entries come after their events: all that stands now is called for by what is read of the logs from now on.
  const standing = await entriesOf(views, new Set(showing.flatMap(({ contract }) => contract.views)));
  const called: Called = { wanted: new Map(), unread: new Set() };
  const counts = { actors: 0, right: 0, mended: 0, gone: 0 };
  for (const kind of showing) {
    await eachOf((await actorsOf(client, kind.contract.kind)).keys(), async (address) => {
      await readCalled(client, kind, address, called);
      progress(++counts.actors);
    });
  }
  await eachOf(called.wanted.entries(), async ([key, wanted]) => {
    counts[await mend(client, views, key, wanted, standing.get(key))]++;
  });
  await eachOf(standing.values(), async (entry) => {
    const [view = ""] = entry.key.split(".");
    if (called.wanted.has(entry.key) || called.unread.has(view)) return;
    if (entry.operation === "PUT" && (await unlessChanged(views.delete(entry.key, { previousSeq: entry.revision })))) {
      counts.gone++;
    }
  });
  return counts;
}

/** All entries of some views, deleted ones too. */
async function entriesOf(views: KV, names: ReadonlySet<string>): Promise<ReadonlyMap<string, KvEntry>> {
  const entries = new Map<string, KvEntry>();
  for (const name of names)
    for await (const entry of await views.history({ key: `${name}.>` })) entries.set(entry.key, entry);
  return entries;
}

/** Reads an actor's own log whole, since any event may call for an entry of its own; what a fork inherits is the other's. */
async function readCalled(client: Client, kind: Showing, address: Address, { wanted, unread }: Called): Promise<void> {
  for await (const page of client.backwards(address)) {
    for (const record of page) {
      if (record.version > kind.contract.version) {
        for (const view of kind.contract.views) unread.add(view);
        continue;
      }
      for (const [, send] of sendsOf(kind, record)) {
        if (send.type !== "view") continue;
        const key = viewKey(address, send);
        if ((wanted.get(key)?.entry.seq ?? 0) > record.seq) continue;
        wanted.set(key, { address, entry: { ...send.data, seq: record.seq } });
      }
    }
  }
}

async function mend(
  client: Client,
  views: KV,
  key: string,
  { address, entry }: Wanted,
  standing: KvEntry | undefined,
): Promise<"right" | "mended"> {
  const has = readEntry(standing);
  if (isDeepStrictEqual(has, entry)) return "right";
  // A later one is right, unless it was made of a record that is not in the log.
  if (has !== undefined && has.seq > entry.seq && (await client.record(address, has.seq)) !== undefined) return "right";
  const put = views.put(key, JSON.stringify(entry), { previousSeq: standing?.revision ?? 0 });
  return (await unlessChanged(put)) ? "mended" : "right";
}

/** Whether a change was made; not where somebody else has changed the entry since it was read. */
async function unlessChanged(change: Promise<unknown>): Promise<boolean> {
  try {
    await change;
    return true;
  } catch (error) {
    if (answerOf(error) !== "fenced") throw error;
    return false;
  }
}

function readEntry(standing: KvEntry | undefined): { readonly seq: number } | undefined {
  if (standing?.operation !== "PUT") return undefined;
  try {
    return entrySchema.parse(standing.json());
  } catch {
    return undefined;
  }
}

async function eachOf<T>(all: IterableIterator<T>, see: (one: T) => Promise<void>): Promise<void> {
  const work = async (): Promise<void> => {
    for (const one of all) await see(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
