import { addressOf } from "#subjects/mod.ts";
import { Bed } from "./bed.ts";
import type { Bench, BenchRun } from "./bench.ts";
import { figure, median } from "./figure.ts";

/** How many turns a round has, on each side; a side's first rounds warm it up. */
const TURNS = 50;

/** One caller, a model that answers at once: from sending to seeing `said`, in turns with the pipeline by hand. */
export const turn: Bench = {
  name: "turn",
  about: "one caller, a 0 ms model: from sending to seeing the answer, against a pipeline written by hand",
  run: measureTurns,
};

async function measureTurns({ quick, report }: BenchRun): Promise<void> {
  await using bed = await Bed.make();
  await Promise.all([bed.startChannel(), bed.startRival()]);
  const { warm, measured } = quick ? { warm: 4, measured: 10 } : { warm: 20, measured: 60 };
  const all = { channel: [] as number[], rival: [] as number[] };
  const ratios: number[] = [];
  for (let round = 0; round < warm + measured; round++) {
    const channel = await roundOf(bed, "channel", round);
    const rival = await roundOf(bed, "rival", round);
    if (round < warm) continue;
    all.channel.push(...channel);
    all.rival.push(...rival);
    ratios.push(median(channel) / median(rival));
  }
  report(figure("turn: channel", "ms", all.channel, [{ of: "median", most: 2 }]));
  report(figure("turn: by hand", "ms", all.rival));
  report(figure("turn: channel / by hand", "×", ratios, [{ of: "median", most: 1.25 }]));
}

/** A conversation of a round's length, begun anew each time: how a model reads a long one is not the runtime's cost. */
async function roundOf(bed: Bed, kind: "channel" | "rival", round: number): Promise<readonly number[]> {
  const address = addressOf("main", kind, `round-${round}`);
  const samples: number[] = [];
  for (let at = 0; at < TURNS; at++) samples.push((await bed.speaker.say(address, `message ${at}`)).ms);
  return samples;
}
