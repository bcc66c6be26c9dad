import { addressOf } from "#subjects/mod.ts";
import { Bed } from "./bed.ts";
import type { Bench, BenchRun } from "./bench.ts";
import { figure } from "./figure.ts";
import { untilSettled } from "./owners.ts";

type Side = "channel" | "rival";

/** How many channels talk at once. */
const CALLERS = [1, 40, 200] as const;

/** Each caller speaks again as soon as it is answered. */
export const throughput: Bench = {
  name: "throughput",
  about: "turns a second with 1, 40 and 200 channels at once, by one process and by two, against the pipeline by hand",
  run: async (run) => {
    for (const processes of [1, 2]) await measureProcesses(processes, run);
  },
};

async function measureProcesses(processes: number, { quick, report }: BenchRun): Promise<void> {
  await using bed = await Bed.make();
  const numbers = Array.from({ length: processes }, (_, index) => index);
  const channels = await Promise.all(numbers.map(() => bed.startChannel()));
  await Promise.all(numbers.map((index) => bed.startRival(index, processes)));
  await untilSettled(bed, channels);
  const { warm, measured, forMs } = quick
    ? { warm: 1, measured: 3, forMs: 500 }
    : { warm: 1, measured: 7, forMs: 1_500 };
  for (const callers of CALLERS) {
    const rates = { channel: [] as number[], rival: [] as number[] };
    const ratios: number[] = [];
    for (let round = 0; round < warm + measured; round++) {
      const channel = await rateOf(bed, "channel", callers, forMs, round);
      const rival = await rateOf(bed, "rival", callers, forMs, round);
      if (round < warm) continue;
      rates.channel.push(channel);
      rates.rival.push(rival);
      ratios.push(rival / channel);
    }
    const name = `throughput: ${processes === 1 ? "1 process" : `${processes} processes`}, ${callers} at once`;
    report(figure(`${name}: channel`, "/s", rates.channel));
    report(figure(`${name}: by hand`, "/s", rates.rival));
    report(figure(`${name}: by hand / channel`, "×", ratios));
  }
}

async function rateOf(bed: Bed, kind: Side, callers: number, forMs: number, round: number): Promise<number> {
  const startedAt = performance.now();
  const until = startedAt + forMs;
  const counts = Array.from({ length: callers }, async (_, caller) => {
    const address = addressOf("main", kind, `rate-${callers}-${round}-${caller}`);
    let turns = 0;
    for (; performance.now() < until; turns++) await bed.speaker.say(address, `message ${turns}`);
    return turns;
  });
  const turns = (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  return (turns * 1_000) / (performance.now() - startedAt);
}
