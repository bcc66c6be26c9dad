import type { Wire } from "./wire.ts";

/** Asks the nearest replica once for the text of an entry; undefined when there is none or it was deleted. */
export async function getEntry({ jsm }: Wire, bucket: string, key: string): Promise<string | undefined> {
  const found = await jsm.direct.getMessage(`KV_${bucket}`, { last_by_subj: `$KV.${bucket}.${key}` });
  const isGone = (found?.header.get("KV-Operation") ?? "") !== "";
  return found === null || isGone ? undefined : found.string();
}

/** The same, asked until the bus answers. Throws: NotAllowed; Closed. */
export function entryText(wire: Wire, bucket: string, key: string, signal: AbortSignal): Promise<string | undefined> {
  return wire.persist(() => getEntry(wire, bucket, key), signal);
}
