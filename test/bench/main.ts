import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import type { Bench } from "./bench.ts";
import { type Figure, lineOf, verdict } from "./figure.ts";
import { type BenchOptions, readOptions } from "./options.ts";
import { cold } from "./cold.ts";
import { history } from "./history.ts";
import { rolling } from "./rolling.ts";
import { takeover } from "./takeover.ts";
import { throughput } from "./throughput.ts";
import { turn } from "./turn.ts";

/** Everything that can be measured, in the order in which it is. */
const BENCHES: readonly Bench[] = [turn, throughput, takeover, rolling, cold, history];

const options = readOptions(
  process.argv.slice(2),
  BENCHES.map(({ name }) => name),
);
tell(options, { machine: machine(), quick: options.quick });
for (const bench of BENCHES.filter(({ name }) => options.only.includes(name))) await runBench(bench, options);
process.exit(process.exitCode ?? 0);

/** Runs one bench; only what is wrong makes the run fail, never what is slow. */
async function runBench(bench: Bench, { quick, json }: BenchOptions): Promise<void> {
  tell({ json }, { bench: bench.name, about: bench.about, load: loadavg()[0]?.toFixed(2) });
  const report = (figure: Figure): void => {
    const { goals, ...measured } = figure;
    if (json) tell({ json }, { ...measured, goals, verdict: verdict(figure) });
    else process.stdout.write(`${lineOf(figure)}\n`);
  };
  try {
    await bench.run({ quick, report });
  } catch (error) {
    process.exitCode = 1;
    const reason = error instanceof Error ? error.message : String(error);
    tell({ json }, { bench: bench.name, wrong: reason });
    if (error instanceof Error) process.stderr.write(`${error.stack}\n`);
  }
}

function tell({ json }: Pick<BenchOptions, "json">, said: Readonly<Record<string, unknown>>): void {
  const words = Object.entries(said).map(([name, value]) => `${name}: ${value}`);
  process.stdout.write(json ? `${JSON.stringify(said)}\n` : `\n${words.join("   ")}\n`);
}

function machine(): string {
  const { length } = cpus();
  const model = cpus()[0]?.model.trim() ?? "unknown";
  const memory = /MemTotal:\s+(\d+)/.exec(readText("/proc/meminfo"))?.[1];
  const gib = memory === undefined ? "" : `, ${Math.round(Number(memory) / 2 ** 20)} GiB`;
  return `${length} × ${model}${gib}, Node ${process.versions.node}`;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
