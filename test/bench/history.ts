import { setTimeout as delay } from "node:timers/promises";
import { type Address, addressOf } from "#subjects/mod.ts";
import { untilEmpty } from "./actors-here.ts";
import { Bed } from "./bed.ts";
import type { Bench, BenchRun } from "./bench.ts";
import { figure, median } from "./figure.ts";
import { talkUntil } from "./long-talk.ts";

/** After this long an actor forgets which mails it has handled: a long past is seldom one of two minutes. Units: ms. */
const FORGOTTEN_MS = 125_000;

/** One conversation with a very long past and one with a short one, both read back for every turn. */
export const history: Bench = {
  name: "history",
  about: "a turn in a conversation of 100,000 events that is not in memory, against one of 100",
  run: measureHistories,
};

async function measureHistories({ quick, report }: BenchRun): Promise<void> {
  await using bed = await Bed.make();
  await bed.startChannel({ THALASSA_IDLE_MS: "250" });
  const events = { long: quick ? 3_000 : 100_000, short: 100 };
  const startedAt = performance.now();
  await talkUntil(bed.speaker.client, channelNamed("long"), events.long);
  report(
    figure("history: events of one conversation", "/s", [(events.long * 1_000) / (performance.now() - startedAt)]),
  );
  await talkUntil(bed.speaker.client, channelNamed("short"), events.short);
  await delay(quick ? 0 : FORGOTTEN_MS);
  for (const name of ["long", "short"]) await bed.speaker.say(channelNamed(name), "hello again");
  const samples = { long: [] as number[], short: [] as number[] };
  for (let round = 0; round < (quick ? 5 : 40); round++) {
    for (const name of ["long", "short"] as const) {
      await untilEmpty(bed);
      samples[name].push((await bed.speaker.say(channelNamed(name), "are you still there?")).ms);
    }
  }
  report(figure(`history: a turn after ${events.long} events`, "ms", samples.long, [{ of: "median", most: 3 }]));
  report(figure(`history: a turn after ${events.short} events`, "ms", samples.short));
  report(figure("history: long / short", "×", [median(samples.long) / median(samples.short)]));
}

function channelNamed(name: string): Address {
  return addressOf("main", "channel", `${name}-past`);
}
