import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { byAddress } from "#chaos/checks.ts";
import type { JobOutcome } from "./run.ts";

/** At most so many violations, and logs of whom they are about, are told; and so much of each. */
const MOST = { violations: 40, logs: 3, characters: 2_000 } as const;

/** What a run came to, for a person to read: the figures, and what was wrong. */
export function reportOn(outcome: JobOutcome): {
  readonly summary: readonly string[];
  readonly details: readonly string[];
} {
  const { options, crew, logs, judged, readers, violations, tookMs } = outcome;
  const { worker = [], executor = [], cortex = [] } = logs;
  const events = (name: string): number =>
    Object.values(logs)
      .flat()
      .filter(({ event }) => event === name).length;
  const ran = judged.flatMap((each) => each.ran);
  const written = ran.reduce((sum, { stdout, stderr }) => sum + stdout.length + stderr.length, 0);
  const givenUp = judged.filter(({ ending }) => ending === "given up").map(({ record }) => record.final.slice(0, 200));
  return {
    summary: [
      `seed ${options.seed}: ${judged.length} jobs (${counted(judged.map(({ ending }) => ending))}), ${readers} read out by another job`,
      `${crew.kills.length} killed (${counted(crew.kills.map(({ what }) => what))})`,
      `${ran.length} commands ran to their end and wrote ${written} characters; ${events("ordered")} begun, ${events("resumed")} steps resumed`,
      `${events("raised")} environments raised, ${events("detached")} lost; ${worker.length + executor.length + cortex.length} events`,
      `${violations.length} violations; ${Math.round(tookMs / 1_000)} s`,
      ...givenUp.map((why) => `given up: ${why}`),
    ],
    details: [
      ...violations
        .slice(0, MOST.violations)
        .map(({ what, address }) => `VIOLATION ${address ?? ""} ${what.slice(0, MOST.characters)}`),
      ...logsOf(outcome),
    ],
  };
}

/** Shape: `31 whole, 4 aborted`. */
function counted(names: readonly string[]): string {
  return Object.entries(Object.groupBy(names, (name) => name))
    .map(([name, all]) => `${all?.length} ${name}`)
    .join(", ");
}

/** Keeps everything that was killed, logged and stored, one JSON object a line. */
export function keep({ crew, logs }: JobOutcome, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, rows] of Object.entries({ ...logs, kills: crew.kills, lines: crew.lines })) {
    writeFileSync(join(folder, `${name}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  }
}

function logsOf({ violations, logs: { worker = [] } }: JobOutcome): readonly string[] {
  const offending = new Set(violations.flatMap(({ address }) => (address === undefined ? [] : [address])));
  return [...byAddress(worker)]
    .filter(([address]) => offending.has(address))
    .slice(0, MOST.logs)
    .flatMap(([address, records]) => [
      `LOG of ${address}`,
      ...records.map(({ seq, event, cause, at, process, data }) => {
        return `  ${seq} ${event} ${cause ?? ""} at ${at} by ${process} ${JSON.stringify(data).slice(0, 400)}`;
      }),
    ]);
}
