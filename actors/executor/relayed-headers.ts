/** Headers that speak of one connection, and not of what is sent over it. Source: RFC 9110, 7.6.1. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  ...["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect"],
  ...["proxy-authenticate", "proxy-authorization"],
]);

/** Headers by their names in small letters, in the order they came; one that came twice has two values. */
export type RelayedHeaders = Map<string, readonly string[]>;

/**
 * What is passed on of a message's headers: all but those of its connection, among them what `Connection` names. Shape of
 * `raw`: `["Host", "a", "Accept", "b"]`, as Node gives it.
 */
export function relayedHeaders(raw: readonly string[]): RelayedHeaders {
  const pairs = Array.from({ length: raw.length / 2 }, (_, at) => [raw[at * 2] ?? "", raw[at * 2 + 1] ?? ""] as const);
  const all = Map.groupBy(pairs, ([name]) => name.toLowerCase());
  const named = (all.get("connection") ?? []).flatMap(([, value]) => value.toLowerCase().split(/\s*,\s*/));
  const dropped = new Set([...HOP_BY_HOP, ...named]);
  return new Map(
    [...all].filter(([name]) => !dropped.has(name)).map(([name, found]) => [name, found.map(([, value]) => value)]),
  );
}
