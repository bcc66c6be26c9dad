import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { byAddress } from "#chaos/checks.ts";
import type { TelegramOutcome } from "./run.ts";

/** At most so many violations, and logs of whom they are about, are told; and so much of each. */
const MOST = { violations: 40, logs: 3, records: 150, characters: 2_000 } as const;

/** What a run came to, for a person to read: the figures, and what was wrong. */
export function reportOn(outcome: TelegramOutcome): {
  readonly summary: readonly string[];
  readonly details: readonly string[];
} {
  const { options, crew, crowd, troubles, fake, logs, shown, violations, restMs, tookMs } = outcome;
  const { channel = [], telegram = [] } = logs;
  const events = (among: typeof channel, name: string): number => among.filter(({ event }) => event === name).length;
  const floods = [...fake.floods];
  const flooded = (isGroup: boolean): number =>
    floods.reduce((sum, [chat, times]) => sum + (chat < 0 === isGroup ? times : 0), 0);
  return {
    summary: [
      `seed ${options.seed}: ${crowd.written.length} messages in ${crowd.rooms.length} chats and topics; ${events(channel, "said")} answers, ${events(channel, "failed")} given up`,
      `${crew.struck} faults (${counted(crew.faults.map(({ type, kind }) => (kind === "server" ? type : `${type} ${kind}`)))})`,
      `${fake.calls.length} calls, of which went wrong: ${Object.entries(troubles.taken)
        .map(([name, times]) => `${times} ${name}`)
        .join(", ")}`,
      `${events(telegram, "resumed")} steps of the bridge resumed, ${events(telegram, "speaking")} answers shown as they came, ${drafts(outcome)} drafts`,
      `${shown.left.length} empty messages left (${counted(shown.left.map(({ why }) => why)) || "none"}); floods: ${flooded(true)} in groups, ${flooded(false)} in private`,
      `from a message to the last words of its answer: ${spread(shown.latencies)}`,
      `${violations.length} violations; at rest ${Math.round(restMs / 1_000)} s after the last fault; ${Math.round(tookMs / 1_000)} s`,
    ],
    details: [
      ...violations
        .slice(0, MOST.violations)
        .map(({ what, address }) => `VIOLATION ${address ?? ""} ${what.slice(0, MOST.characters)}`),
      ...logsOf(outcome),
    ],
  };
}

/** Keeps everything that was said, called, broken, logged and stored, one JSON object a line. */
export function keep({ crew, crowd, fake, logs, shown }: TelegramOutcome, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const seen = crowd.rooms.map(({ chat }) => ({ chat, shown: fake.shown(chat) }));
  const { calls } = fake;
  const { lines, faults } = crew;
  const files = { ...logs, calls, seen, written: crowd.written, left: shown.left, lines, faults };
  for (const [name, rows] of Object.entries(files)) {
    writeFileSync(join(folder, `${name}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  }
}

function drafts({ fake }: TelegramOutcome): number {
  return fake.calls.filter(({ method }) => method.endsWith("Draft")).length;
}

/** Shape: `31 kill telegram, 4 server-kill`. */
function counted(names: readonly string[]): string {
  return Object.entries(Object.groupBy(names, (name) => name))
    .map(([name, all]) => `${all?.length} ${name}`)
    .join(", ");
}

/** Units: ms in, s out. */
function spread(values: readonly number[]): string {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number): string =>
    ((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) / 1_000).toFixed(1);
  return `p50 ${at(0.5)} p95 ${at(0.95)} p99 ${at(0.99)} max ${at(1)} s`;
}

function logsOf({ violations, logs }: TelegramOutcome): readonly string[] {
  const offending = new Set(violations.flatMap(({ address }) => (address === undefined ? [] : [address])));
  return [...byAddress(Object.values(logs).flat())]
    .filter(([address]) => offending.has(address))
    .slice(0, MOST.logs)
    .flatMap(([address, records]) => [
      `LOG of ${address}`,
      ...records.slice(-MOST.records).map(({ seq, event, cause, at, process, data }) => {
        return `  ${seq} ${event} ${cause ?? ""} at ${at} by ${process} ${JSON.stringify(data).slice(0, 400)}`;
      }),
    ]);
}
