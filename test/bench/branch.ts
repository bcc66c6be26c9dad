import type { Client } from "#runtime/client.ts";
import { type Address, addressOf, logStream } from "#subjects/mod.ts";
import { ModelTap } from "#support/model-tap.ts";
import { THINKER, thinkingAt } from "./asking.ts";
import { Bed } from "./bed.ts";
import type { Bench, BenchRun } from "./bench.ts";
import { figure } from "./figure.ts";
import { talkUntil } from "./long-talk.ts";
import { ALL_KINDS } from "./rival.ts";

/** Lengths of the conversations that are thought about. Units: events. */
const LENGTHS = { long: 10_000, short: 100 } as const;

/** How soon a thought on the side asks its model, however long the conversation. */
export const branch: Bench = {
  name: "branch",
  about:
    "a thought on the side of a conversation of 10,000 events, and of one of 100: from sending `spawn` until its model is " +
    "asked, and what it stores until it has concluded",
  run: measureBranches,
};

async function measureBranches({ quick, report }: BenchRun): Promise<void> {
  await using bed = await Bed.make(ALL_KINDS);
  await using client = await bed.client();
  await using tap = await ModelTap.before(await bed.startStandIn());
  const lengths = quick ? { long: 1_000, short: 100 } : LENGTHS;
  await bed.startKind("cortex");
  await bed.startChannel();
  for (const name of ["long", "short"] as const) await talkUntil(client, channelNamed(name), lengths[name]);
  await bed.startKind("branch", thinkingAt(tap.url));
  const first = await thinkOn(client, tap, "long", 0);
  const samples = { long: [] as number[], short: [] as number[] };
  const before = await storedIn(client);
  const rounds = quick ? 5 : 60;
  for (let round = 1; round <= rounds; round++) {
    for (const name of ["long", "short"] as const) samples[name].push(await thinkOn(client, tap, name, round));
  }
  const bytes = (await storedIn(client)) - before;
  report(figure("branch: the first one of a process", "ms", [first]));
  const goals = [{ of: "median", most: 100 }] as const;
  report(figure(`branch: after ${lengths.long} events, until its model is asked`, "ms", samples.long, goals));
  report(figure(`branch: after ${lengths.short} events, until its model is asked`, "ms", samples.short));
  report(figure("branch: stored in its log and as snapshots, each", "KiB", [bytes / 1_024 / (2 * rounds)]));
}

/** One thought on the side. Units: ms until its model is asked. */
async function thinkOn(client: Client, tap: ModelTap, name: "long" | "short", round: number): Promise<number> {
  const from = channelNamed(name);
  const seq = (await client.last(from))?.seq ?? 0;
  const address = addressOf("main", "branch", `b${name}-${round}`);
  const { promise: concluded, resolve } = Promise.withResolvers<void>();
  using _ = client.follow(address, {
    fromSeq: 0,
    onRecord: ({ event }) => (event === "concluded" ? resolve() : undefined),
  });
  await client.wire.nc.flush();
  const asked = tap.to(THINKER).length;
  const startedAt = performance.now();
  await client.send(address, "spawn", { from, seq, task: "What is this about?" });
  await concluded;
  const request = tap.to(THINKER)[asked];
  if (request === undefined) throw new Error(`${address} concluded and asked nobody`);
  return request.at - startedAt;
}

/** What stands in the streams that hold branches. Units: bytes. */
async function storedIn({ wire }: Client): Promise<number> {
  const infos = await Promise.all([logStream("branch"), "KV_STATE"].map((name) => wire.jsm.streams.info(name)));
  return infos.reduce((sum, { state }) => sum + state.bytes, 0);
}

function channelNamed(name: "long" | "short"): Address {
  return addressOf("main", "channel", `branching-${name}`);
}
