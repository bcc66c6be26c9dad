import type { IncomingMessage } from "node:http";
import { relayedHeaders } from "#actors/executor/relayed-headers.ts";
import { withoutOurs } from "./address.ts";

/** What a server in front says about who asks: nothing inside needs to know. */
const OF_THE_WAY = /^(?:forwarded|via|x-real-ip|x-forwarded-.*)$/;

/**
 * The headers of a request as the program inside is to see them: it serves `localhost:<port>` and nothing else, so pages that
 * compare where they are with who asks find the same place.
 */
export function insideHeaders(request: IncomingMessage, port: number): Record<string, readonly string[]> {
  const here = `localhost:${port}`;
  const headers = relayedHeaders(request.rawHeaders);
  const { host = "", cookie, origin, referer } = request.headers;
  for (const name of [...headers.keys()]) if (OF_THE_WAY.test(name)) headers.delete(name);
  headers.set("host", [here]);
  if (URL.parse(origin ?? "")?.host === host) headers.set("origin", [`http://${here}`]);
  const from = URL.parse(referer ?? "");
  if (from?.host === host) headers.set("referer", [`http://${here}${from.pathname}${from.search}`]);
  const cookies = withoutOurs(cookie ?? "");
  if (cookies === "") headers.delete("cookie");
  else headers.set("cookie", [cookies]);
  if (request.headers["transfer-encoding"] !== undefined) headers.set("transfer-encoding", ["chunked"]);
  return Object.fromEntries(headers);
}

/**
 * The headers of an answer as the one who looks is to see them. A cookie stays with this preview; whoever is linked to does not
 * learn the address; what leads to `localhost:<port>` leads here.
 */
export function outsideHeaders(answer: IncomingMessage, port: number): Record<string, string | readonly string[]> {
  const headers = relayedHeaders(answer.rawHeaders);
  const cookies = headers.get("set-cookie");
  if (cookies !== undefined) {
    const own = cookies.map((each) => each.replaceAll(/;\s*domain=[^;]*/gi, ""));
    headers.set("set-cookie", own);
  }
  const [to] = headers.get("location") ?? [];
  const target = URL.parse(to ?? "");
  if (target !== null && isHere(target, port))
    headers.set("location", [`${target.pathname}${target.search}${target.hash}`]);
  if (headers.get("referrer-policy")?.join() !== "no-referrer") headers.set("referrer-policy", ["same-origin"]);
  headers.set("x-robots-tag", ["noindex, nofollow"]);
  return Object.fromEntries([...headers].map(([name, all]) => [name, (all.length === 1 && all[0]) || all]));
}

function isHere(target: URL, port: number): boolean {
  const at = target.port === "" ? 80 : Number(target.port);
  return target.protocol === "http:" && at === port && ["localhost", "127.0.0.1", "[::1]"].includes(target.hostname);
}
