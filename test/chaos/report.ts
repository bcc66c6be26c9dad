import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { byAddress } from "./checks.ts";
import type { Outcome } from "./run.ts";
import { resumedOf, takeoversOf } from "./takeovers.ts";
import type { Attempt } from "./tap.ts";
import { type Turn, tell, turnsOf } from "./turns.ts";

/** At most so many violations are told. */
const MAX_VIOLATIONS = 50;

/** At most so many offending channels and slow turns are told in full. */
const MAX_TOLD = 3;

/** What a run came to, for a person to read and for a test to look at. */
export type Report = {
  readonly summary: readonly string[];
  /** Faults that cut a step, and commits that the fence refused. */
  readonly interruptions: number;
  readonly fenced: number;
  /** What was wrong and what was slow, in detail. */
  readonly details: readonly string[];
};

/** Counts and explains what a run did and saw. */
export function reportOn(outcome: Outcome): Report {
  const { options, storm, talker, log, violations } = outcome;
  const { lines, faults, outages } = storm;
  const records = { log, lines, faults, outages };
  const turns = turnsOf(records, talker.messages);
  const resumed = Object.values(outcome.logs).flatMap((each) => resumedOf(each, lines, faults));
  const unfounded = resumed.filter(({ fault }) => fault === undefined);
  const interruptions = new Set(resumed.flatMap(({ fault }) => fault ?? [])).size;
  const fenced = refusedOf(outcome).length;
  const slow = turns
    .filter((turn) => undisturbedMs(turn) > options.slowMs)
    .toSorted((one, other) => undisturbedMs(other) - undisturbedMs(one));
  // Where a model had an answer, nothing was given up, though it was empty.
  const failed = log.filter(({ event, data }) => event === "failed" && !("model" in (data as object))).length;
  const kinds = Object.entries(Object.groupBy(faults, ({ type, kind = "" }) => `${type} ${kind}`.trim()));
  const summary = [
    [
      `seed ${options.seed}: ${talker.messages.length} messages in ${talker.sends} sends to ${byAddress(log).size} channels`,
      `${storm.struck} faults (${kinds.map(([type, all]) => `${all?.length} ${type}`).join(", ")})`,
      `${interruptions} of them cut a step`,
      `${resumed.length} steps resumed, ${unfounded.length} without cause, ${failed} given up`,
      `${fenced} commits refused by the fence`,
      `${violations.length} violations, ${slow.length} slow turns, ${Math.round(outcome.tookMs / 1000)} s`,
    ].join("; "),
    `answered after ${spread(turns.map(({ tookMs }) => tookMs))}`,
    `  of which nobody could answer for ${spread(turns.map(({ outageMs }) => outageMs))}`,
    `  and nothing stood in the way for ${spread(turns.map(undisturbedMs))}`,
    `partition taken over ${spread(takeoversOf(lines, faults, "kill"))} after a kill`,
    `partition taken over ${spread(takeoversOf(lines, faults, "stop"))} after a stop`,
    ...(outcome.withTools === undefined ? [] : [outcome.withTools.summary]),
    ...(outcome.overHttp === undefined ? [] : [outcome.overHttp]),
    `at rest ${Math.round(outcome.restMs)} ms after the last repair`,
  ];
  const details = [
    ...violations.slice(0, MAX_VIOLATIONS).map(({ what, address }) => `VIOLATION ${address ?? ""} ${what}`),
    ...logsOf(outcome),
    ...unfounded.map(({ record, key }) => `WITHOUT CAUSE ${record.address} ${record.seq} ${key} by ${record.process}`),
    ...slow.slice(0, MAX_TOLD).map((turn) => `SLOW ${tell(turn, records)}`),
  ];
  return { summary, interruptions, fenced, details };
}

/** The commits that stand nowhere because the log had moved past what they stated. */
function refusedOf({ logs, tap }: Outcome): readonly Attempt[] {
  const log = Object.values(logs).flat();
  const stored = new Set(log.map(({ id }) => id));
  const newest = new Map(log.map(({ address, seq }) => [address as string, seq]));
  const refused = tap.attempts.filter(({ id, address, expectedSeq }) => {
    return !stored.has(id) && expectedSeq < (newest.get(address) ?? 0);
  });
  return [...new Map(refused.map((attempt) => [attempt.id, attempt])).values()];
}

/** Keeps everything that was done, logged and stored, one JSON object a line. */
export function keep(outcome: Outcome, folder: string): void {
  const { storm, talker, tap, log, logs } = outcome;
  mkdirSync(folder, { recursive: true });
  const { channel: _, ...others } = logs;
  const asked = outcome.withTools?.asked ?? [];
  const files = {
    log,
    ...others,
    asked,
    lines: storm.lines,
    faults: storm.faults,
    messages: talker.messages,
    told: tap.told,
  };
  for (const [name, rows] of Object.entries(files)) {
    writeFileSync(join(folder, `${name}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  }
}

function logsOf({ violations, logs }: Outcome): readonly string[] {
  const offending = new Set(violations.flatMap(({ address }) => (address === undefined ? [] : [address])));
  return [...byAddress(Object.values(logs).flat())]
    .filter(([address]) => offending.has(address))
    .slice(0, MAX_TOLD)
    .flatMap(([address, records]) => [
      `LOG of ${address}`,
      ...records.map(({ seq, event, cause, data, at, process }) => {
        return `  ${seq} ${event} ${cause ?? ""} ${JSON.stringify(data)} at ${at} by ${process}`;
      }),
    ]);
}

function undisturbedMs({ tookMs, disruptedMs }: Turn): number {
  return tookMs - disruptedMs;
}

function spread(values: readonly number[]): string {
  const [p50, p95, p99, most] = [0.5, 0.95, 0.99, 1].map((share) => percentile(values, share));
  return `p50 ${p50} p95 ${p95} p99 ${p99} max ${most} ms`;
}

/** The value below which that share of the values lies. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}
