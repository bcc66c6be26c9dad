import { startServer } from "#support/server.ts";
import type { Bench, BenchRun } from "./bench.ts";
import { figure, median } from "./figure.ts";
import { HostBed } from "./host-bed.ts";

/** Environments in which something is run at once. */
const AT_ONCE = 20;

const LINE = "echo hi";

/** What a journal that survives everything adds to a command, and how long an environment takes. */
export const executor: Bench = {
  name: "executor",
  about:
    "an environment of Docker with the image there, and a short line of shell in it, by mail to the executor until its log " +
    "has the result, against `docker exec` of the same line in the same container, in turns",
  run: measureExecutor,
};

async function measureExecutor({ quick, report }: BenchRun): Promise<void> {
  await using server = await startServer();
  await using bed = await HostBed.make(server);
  const envs = Array.from({ length: quick ? 4 : AT_ONCE }, (_, at) => `bench-${process.pid}-${at}`);
  const ups: number[] = [];
  for (const env of envs) ups.push(await bed.up(env));
  report(figure("executor: environment up", "ms", ups, [{ of: "median", most: 1_000 }]));
  await oneByOne(bed, envs[0] ?? "", quick ? 3 : 20, report);
  await allAtOnce(bed, envs, quick ? 1 : 5, report);
}

async function oneByOne(bed: HostBed, env: string, rounds: number, report: BenchRun["report"]): Promise<void> {
  const ours: number[] = [];
  const theirs: number[] = [];
  const ratios: number[] = [];
  await bed.exec(env, LINE);
  await bed.byHand(env, LINE);
  for (let round = 0; round < rounds; round++) {
    const mine = await inTurn(5, () => bed.exec(env, LINE));
    const hand = await inTurn(5, () => bed.byHand(env, LINE));
    ours.push(...mine);
    theirs.push(...hand);
    ratios.push(median(mine) / median(hand));
  }
  report(figure("executor: a line of shell", "ms", ours));
  report(figure("executor: by hand", "ms", theirs));
  report(figure("executor: executor / by hand", "×", ratios, [{ of: "median", most: 1.3 }]));
}

async function allAtOnce(
  bed: HostBed,
  envs: readonly string[],
  rounds: number,
  report: BenchRun["report"],
): Promise<void> {
  const ours: number[] = [];
  const theirs: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const mine = await Promise.all(envs.map((env) => bed.exec(env, LINE)));
    const hand = await Promise.all(envs.map((env) => bed.byHand(env, LINE)));
    ours.push(...mine);
    theirs.push(...hand);
    ratios.push(median(mine) / median(hand));
  }
  const at = `${envs.length} environments at once`;
  report(figure(`executor: ${at}`, "ms", ours, [{ of: "p95", most: 5_000 }]));
  report(figure(`executor: ${at}, by hand`, "ms", theirs));
  report(figure(`executor: ${at}, executor / by hand`, "×", ratios));
}

async function inTurn(count: number, once: () => Promise<number>): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let at = 0; at < count; at++) samples.push(await once());
  return samples;
}
