import { setTimeout as delay } from "node:timers/promises";
import type { KindProcess } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import { Bed } from "./bed.ts";
import type { Bench, BenchRun } from "./bench.ts";
import { figure, type Goal } from "./figure.ts";
import { channelIn, partitionsOf, untilSettled } from "./owners.ts";

/** A process that has just started believes nobody dead; takeovers are measured among those who know each other. Units: ms. */
const ACQUAINTED_MS = 1_000;

type Blow = "SIGKILL" | "SIGSTOP";

/** What a takeover is held to. Units: ms. */
const GOALS: Readonly<Record<Blow, Goal>> = {
  SIGKILL: { of: "median", most: 100 },
  SIGSTOP: { of: "median", most: 1_000 },
};

/** One of two processes goes; the other one has all of it again, and answers. */
export const takeover: Bench = {
  name: "takeover",
  about:
    "one of two processes is killed or stopped: until its partitions are served again, and until a turn there is answered",
  run: async (run) => {
    for (const blow of ["SIGKILL", "SIGSTOP"] as const) await measureTakeovers(blow, run);
  },
};

async function measureTakeovers(blow: Blow, { quick, report }: BenchRun): Promise<void> {
  await using bed = await Bed.make();
  let pair = await Promise.all([startTalkative(bed), startTalkative(bed)]);
  const owned: number[] = [];
  const answered: number[] = [];
  for (let round = 0; round < (quick ? 4 : 20); round++) {
    await untilSettled(bed, pair);
    await delay(ACQUAINTED_MS);
    const [victim, heir] = round % 2 === 0 ? pair : [pair[1], pair[0]];
    const measured = await strike(bed, blow, victim, heir);
    owned.push(measured.ownedMs);
    answered.push(measured.answeredMs);
    if (blow === "SIGSTOP") victim.cont();
    else pair = [heir, await startTalkative(bed)];
  }
  report(figure(`takeover: ${blow}, all partitions served`, "ms", owned, [GOALS[blow]]));
  report(figure(`takeover: ${blow}, next turn answered`, "ms", answered, [GOALS[blow]]));
}

/** Its log says when it took each partition. */
function startTalkative(bed: Bed): Promise<KindProcess> {
  return bed.startChannel({ THALASSA_LOG: "debug" });
}

async function strike(
  bed: Bed,
  blow: Blow,
  victim: KindProcess,
  heir: KindProcess,
): Promise<{ readonly ownedMs: number; readonly answeredMs: number }> {
  const orphans = await partitionsOf(bed, victim);
  const before = heir.lines.length;
  const struckAt = Date.now();
  if (blow === "SIGSTOP") victim.stop();
  else void victim.kill();
  const answer = bed.speaker.say(channelIn(orphans[0] ?? 0), "who is there");
  const taken = await eventually(
    () => heir.lines.slice(before).filter((line) => line.msg === "took a partition"),
    (lines) => orphans.every((number) => lines.some((line) => line.partition === number)),
  );
  const { ms: answeredMs } = await answer;
  return { ownedMs: Math.max(...taken.map((line) => line.time)) - struckAt, answeredMs };
}
