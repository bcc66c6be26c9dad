import type { StoredMsg } from "@nats-io/jetstream";
import { isNothingThere } from "./nats-errors.ts";
import type { Wire } from "./wire.ts";

/** An entry of a bucket. `seq` is its place there: a newer one has a higher. */
export type Entry = { readonly key: string; readonly text: string; readonly seq: number };

/** So many entries are asked for at once; the server sends fewer where they are large. */
const PAGE = 256;

/** Asks the nearest replica once for the text of an entry; undefined when there is none or it was deleted. */
export async function getEntry({ jsm }: Wire, bucket: string, key: string): Promise<string | undefined> {
  const found = await jsm.direct.getMessage(`KV_${bucket}`, { last_by_subj: `$KV.${bucket}.${key}` });
  return found === null || isGone(found) ? undefined : found.string();
}

/** The same, asked until the bus answers. Throws: NotAllowed; Closed. */
export function entryText(wire: Wire, bucket: string, key: string, signal: AbortSignal): Promise<string | undefined> {
  return wire.persist(() => getEntry(wire, bucket, key), signal);
}

/**
 * The entries whose keys fit a pattern, in the order of their last change, as the nearest replica has them; asked until the
 * bus answers. Each stood at some moment of the asking. Throws: NotAllowed; Closed.
 */
export async function entriesOf(
  wire: Wire,
  bucket: string,
  pattern: string,
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  const prefix = `$KV.${bucket}.`;
  const found = new Map<string, StoredMsg>();
  // A bucket keeps one message a key, so what is read in the order of the stream is the newest of each; one that changes
  // meanwhile moves to the end, and is met again there.
  for (let seq = 1; ; ) {
    const page = await wire.persist(() => getPage(wire, bucket, `${prefix}${pattern}`, seq), signal);
    for (const message of page) found.set(message.subject, message);
    const last = page.at(-1);
    if (last === undefined) break;
    seq = last.seq + 1;
  }
  return [...found.values()]
    .filter((message) => !isGone(message))
    .toSorted((one, other) => one.seq - other.seq)
    .map((message) => ({ key: message.subject.slice(prefix.length), text: message.string(), seq: message.seq }));
}

async function getPage({ jsm }: Wire, bucket: string, filter: string, seq: number): Promise<readonly StoredMsg[]> {
  const page: StoredMsg[] = [];
  try {
    const messages = await jsm.direct.getBatch(`KV_${bucket}`, { seq, next_by_subj: filter, batch: PAGE });
    for await (const message of messages) page.push(message);
  } catch (error) {
    if (!isNothingThere(error)) throw error;
  }
  return page;
}

/** Whether an entry was deleted: a marker stands where it was. */
function isGone({ header }: StoredMsg): boolean {
  return (header.get("KV-Operation") || header.get("Nats-Marker-Reason")) !== "";
}
