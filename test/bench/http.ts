import { fileURLToPath } from "node:url";
import autocannon from "autocannon";
import { CLIENTS, OPERATOR } from "#subjects/mod.ts";
import { spawnKind } from "#support/crash.ts";
import { HttpBed } from "#support/http-bed.ts";
import { startServer } from "#support/server.ts";
import type { Bench, BenchRun } from "./bench.ts";
import { figure } from "./figure.ts";
import { BENCH_KINDS } from "./rival.ts";

/** How many connections ask at once; each again as soon as it is answered. */
const CONNECTIONS = [1, 40, 200] as const;

const BARE = fileURLToPath(new URL("./bare-http.ts", import.meta.url));

/** Somebody who is asked over HTTP. */
type Side = { readonly url: string; readonly headers: Readonly<Record<string, string>> };

/** Requests with `wait`, by a third party's load generator. */
export const http: Bench = {
  name: "http",
  about:
    "answers a second over HTTP with `wait`, 1, 40 and 200 connections of autocannon, a channel each, against a bare hono " +
    "endpoint that makes the same publishes in its own process",
  run: measureHttp,
};

async function measureHttp({ quick, report }: BenchRun): Promise<void> {
  await using server = await startServer({ kinds: BENCH_KINDS, clients: CLIENTS });
  await using channel = spawnKind("channel", server, { THALASSA_OFFLINE_PACE_MS: "0", THALASSA_LOG: "info" });
  await using bare = spawnKind(OPERATOR, server, {}, BARE);
  await using bed = new HttpBed(server, { THALASSA_HTTP_RATE: "1000000", THALASSA_LOG: "info" });
  await Promise.all([channel.ready(), bare.ready(), bed.start()]);
  const bridge = { url: bed.url, headers: await bed.token("bench") };
  const alone = {
    url: String(bare.lines.find(({ event }) => event === "ready")?.url),
    headers: { "Content-Type": "application/json" },
  };
  const { warm, measured, seconds } = quick
    ? { warm: 1, measured: 2, seconds: 1 }
    : { warm: 1, measured: 5, seconds: 3 };
  for (const connections of CONNECTIONS) {
    const rates = { bridge: [] as number[], bare: [] as number[] };
    const ratios: number[] = [];
    for (let round = 0; round < warm + measured; round++) {
      const one = await rateOf(bridge, connections, seconds, round);
      const other = await rateOf(alone, connections, seconds, round);
      if (round < warm) continue;
      rates.bridge.push(one);
      rates.bare.push(other);
      ratios.push(other / one);
    }
    const name = `http: ${connections} at once`;
    report(figure(`${name}: bridge and channel`, "/s", rates.bridge));
    report(figure(`${name}: bare endpoint`, "/s", rates.bare));
    report(figure(`${name}: bare / bridge`, "×", ratios));
  }
}

/** Answers a second. Throws: Error when a request was not answered with a reply. */
async function rateOf({ url, headers }: Side, connections: number, seconds: number, round: number): Promise<number> {
  let next = 0;
  const startedAt = performance.now();
  const { errors, non2xx, timeouts, ...result } = await autocannon({
    url: `${url}/v1/messages`,
    method: "POST",
    connections,
    duration: seconds,
    timeout: 60,
    headers: { ...headers },
    setupClient: (client) => {
      const body = { channel: `b${connections}-${round}-${next++}`, text: "the bench asks", wait: true };
      client.setBody(JSON.stringify(body));
    },
  });
  const replies = result["2xx"];
  if (errors + non2xx + timeouts > 0 || replies === 0) {
    throw new Error(`${errors} errors, ${non2xx} other answers and ${timeouts} timeouts beside ${replies} replies`);
  }
  return (replies * 1_000) / (performance.now() - startedAt);
}
