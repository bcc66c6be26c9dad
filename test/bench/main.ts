import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import type { Bench } from "./bench.ts";
import { branch } from "./branch.ts";
import { cold } from "./cold.ts";
import { executor } from "./executor.ts";
import { type Figure, lineOf, verdict } from "./figure.ts";
import { history } from "./history.ts";
import { http } from "./http.ts";
import { jobs } from "./jobs.ts";
import { type BenchOptions, readOptions } from "./options.ts";
import { rolling } from "./rolling.ts";
import { type Measured, sheetOf } from "./sheet.ts";
import { start } from "./start.ts";
import { tail } from "./tail.ts";
import { takeover } from "./takeover.ts";
import { telegram } from "./telegram.ts";
import { thinking } from "./thinking.ts";
import { throughput } from "./throughput.ts";
import { turn } from "./turn.ts";

/** Everything that can be measured, in the order in which it is. */
const BENCHES: readonly Bench[] = [
  turn,
  throughput,
  takeover,
  rolling,
  tail,
  cold,
  history,
  start,
  http,
  thinking,
  branch,
  executor,
  jobs,
  telegram,
];

/** Where the page of a run belongs. */
const PAGE = "docs/bench.md";

const options = readOptions(
  process.argv.slice(2),
  BENCHES.map(({ name }) => name),
);
const date = new Date().toISOString().slice(0, 10);
tell(options, { machine: machine(), date, quick: options.quick });
const measured: Measured[] = [];
for (const bench of BENCHES.filter(({ name }) => options.only.includes(name))) {
  measured.push(await measure(bench, options));
}
if (options.doc) {
  const command = ["npm run bench --", ...process.argv.slice(2)].join(" ");
  writeFileSync(PAGE, sheetOf({ command, machine: machine(), date }, measured));
}
process.exit(process.exitCode ?? 0);

/** Runs one bench; only what is wrong makes the run fail, never what is slow. */
async function measure(bench: Bench, { quick, json }: BenchOptions): Promise<Measured> {
  const load = loadavg()[0]?.toFixed(2) ?? "unknown";
  const figures: Figure[] = [];
  tell({ json }, { bench: bench.name, about: bench.about, load });
  const report = (figure: Figure): void => {
    figures.push(figure);
    if (json) tell({ json }, { ...figure, verdict: verdict(figure) });
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
  return { bench, load, figures };
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
