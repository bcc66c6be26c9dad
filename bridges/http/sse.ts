import type { Item } from "./tail.ts";

/** A line that keeps proxies from closing an idle stream; readers pass it by. */
export const KEEP_ALIVE = ": keep-alive\n\n";

/** How soon a reader should come back. Units: ms. */
const RETRY_MS = 1_000;

/** The first lines: where a reader that is cut off before any event goes on from. */
export function opening(seq: number): string {
  return `retry: ${RETRY_MS}\nid: ${seq}\n\n`;
}

/**
 * One item as a server-sent event. A record has an id, by which a reader goes on after it; a passing thing has none. The
 * fields of a record's data stand beside its place, or under `data` where one of them is called like that (`forked`).
 */
export function eventOf(item: Item): string {
  if (item.type === "live") return `event: ${item.noun}\ndata: ${JSON.stringify(item.data)}\n\n`;
  const { seq, at, cause, event, data } = item.record;
  const place = { seq, at, ...(cause === undefined ? {} : { cause }) };
  const body = { ...place, ...(isObject(data) && !PLACE.some((name) => name in data) ? data : { data }) };
  return `id: ${seq}\nevent: ${event}\ndata: ${JSON.stringify(body)}\n\n`;
}

/** Why the bridge ends a stream. */
export type Ending = { readonly code: "stopping" | "slow-reader" | "token-revoked"; readonly detail: string };

/** The last event of a stream that the bridge ends. */
export function closedEvent(ending: Ending): string {
  return `event: closed\ndata: ${JSON.stringify(ending)}\n\n`;
}

/** What is said of every record. */
const PLACE = ["seq", "at", "cause"] as const;

function isObject(data: unknown): data is object {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}
