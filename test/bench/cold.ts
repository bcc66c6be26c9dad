import { setTimeout as delay } from "node:timers/promises";
import { type Address, addressOf } from "#subjects/mod.ts";
import { untilEmpty } from "./actors-here.ts";
import { Bed } from "./bed.ts";
import type { Bench, BenchRun } from "./bench.ts";
import { figure } from "./figure.ts";
import { footprintOf, memoryOf, REPORTING } from "./footprint.ts";

/** How many conversations begin at once. */
const CALLERS = 200;

/** Actors leave memory after this long. Units: ms. */
const IDLE_MS = 1_000;

/**
 * The server remembers message ids for two minutes; then its runtime needs two collections, which at rest come every two
 * minutes, to let go of pooled buffers. After that it holds what it has to. Units: ms.
 */
const REST_MS = 390_000;

/** Conversations that warm the process up before its memory counts as that of one that holds none. */
const WARM = 4_000;

/** A process and its server with very many conversations, none of them in memory. */
export const cold: Bench = {
  name: "cold",
  about: "100,000 conversations, none in memory: a turn in an old one, and what process and server hold for them",
  run: measureCold,
};

async function measureCold({ quick, report }: BenchRun): Promise<void> {
  await using bed = await Bed.make();
  const channels = quick ? 4_000 : 100_000;
  const process = await bed.startChannel({ THALASSA_IDLE_MS: `${IDLE_MS}`, ...REPORTING });
  await fill(bed, "warm", quick ? CALLERS : WARM);
  await untilEmpty(bed);
  const before = { process: await memoryOf(process), server: footprintOf(bed.server) };
  const startedAt = performance.now();
  await fill(bed, "old", channels);
  const rate = (channels * 1_000) / (performance.now() - startedAt);
  await untilEmpty(bed);
  const passivated = (channels * 1_000) / (performance.now() - startedAt);
  report(figure("cold: new channels", "/s", [rate]));
  report(figure("cold: new channels, until they have left memory", "/s", [passivated]));
  const turns = await coldTurns(bed, channels, quick ? 50 : 500);
  report(figure(`cold: a turn among ${channels} channels`, "ms", turns, [{ of: "median", most: 3 }]));
  await untilEmpty(bed);
  await delay(quick ? 0 : REST_MS);
  const after = { process: await memoryOf(process), server: footprintOf(bed.server) };
  const most = [{ of: "median", most: 1.1 }] as const;
  report(figure("cold: process heap, full / empty", "×", [after.process.heapUsed / before.process.heapUsed], most));
  report(figure("cold: process RSS, full / empty", "×", [after.process.rss / before.process.rss], most));
  for (const [what, key] of [
    ["RSS", "memoryKiB"],
    ["disk", "diskKiB"],
  ] as const) {
    const each = (after.server[key] - before.server[key]) / channels;
    // A few channels vanish beside what the server uses for itself.
    report(figure(`cold: server ${what} a channel`, "KiB", [each], quick ? [] : [{ of: "median", most: 2 }]));
  }
}

/** One turn each, many at a time. */
async function fill(bed: Bed, name: string, channels: number): Promise<void> {
  let next = 0;
  const callers = Array.from({ length: CALLERS }, async () => {
    while (next < channels) await bed.speaker.say(channelNamed(name, next++), "hello");
  });
  await Promise.all(callers);
}

/** In conversations chosen evenly from all; each is cold, since each is spoken in once. */
async function coldTurns(bed: Bed, channels: number, count: number): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let at = 0; at < count; at++) {
    const address = channelNamed("old", (at * 7_919) % channels);
    samples.push((await bed.speaker.say(address, "are you still there?")).ms);
  }
  return samples;
}

function channelNamed(name: string, number: number): Address {
  return addressOf("main", "channel", `${name}-${number}`);
}
