import type { Bench } from "./bench.ts";
import { type Figure, goalOf, rounded, verdict } from "./figure.ts";

/** What one bench measured. `load` is the machine's load average as it began; above 1 or so, somebody else was busy too. */
export type Measured = { readonly bench: Bench; readonly load: string; readonly figures: readonly Figure[] };

/** When and where a run was made. */
export type Occasion = { readonly command: string; readonly machine: string; readonly date: string };

/** The page of a run: one table a bench, what was aimed at beside what was seen. */
export function sheetOf({ command, machine, date }: Occasion, measured: readonly Measured[]): string {
  const head = `# What it costs

Written by \`${command}\` on ${date}; ${machine}. Client, server and all processes share that machine, over loopback, and
files are synced every second.

Both sides of a ratio are measured in one run, in turns, so that a machine that slows down slows both. *By hand* is
[a pipeline](../test/bench/pipeline.ts) that makes the same turn with the same streams and none of the promises: mail,
fenced \`heard\`, fenced \`said\`, a view entry, acknowledgement. Speed is never asserted: a run fails only when a message
is lost. Run \`npm run bench -- --doc\` on a quiet machine to write this page again.
`;
  return [head, ...measured.map(sectionOf)].join("\n");
}

function sectionOf({ bench, load, figures }: Measured): string {
  const rows = figures.map((figure) => {
    const { name, unit, samples } = figure;
    const cells = [
      name.replace(`${bench.name}: `, ""),
      `${rounded(figure.median)} ${unit}`.trim(),
      figure.p95 === undefined ? "" : rounded(figure.p95),
      figure.p99 === undefined ? "" : rounded(figure.p99),
      `${samples}`,
      goalOf(figure),
      verdict(figure) ?? "",
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const about = bench.about[0]?.toUpperCase() + bench.about.slice(1);
  return `## ${bench.name}

${about}. Load average at its start: ${load}.

| figure | median | p95 | p99 | samples | goal | |
| --- | ---: | ---: | ---: | ---: | --- | --- |
${rows.join("\n")}
`;
}
