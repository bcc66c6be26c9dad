import type { Address } from "#subjects/address.ts";
import type { LogLine } from "#support/crash.ts";
import { answersOf } from "./checks.ts";
import type { Stored } from "./stored.ts";
import type { Fault, Outage } from "./storm.ts";
import { disruptionsOf, isOf, partitionNumber } from "./takeovers.ts";
import type { Message } from "./talker.ts";

/**
 * One message from being said to being answered. Units: ms; `outageMs` is the part in which nobody could answer,
 * `disruptedMs` that part and what takeovers of its partition took.
 */
export type Turn = {
  readonly message: Message;
  readonly answeredAt: number;
  readonly tookMs: number;
  readonly outageMs: number;
  readonly disruptedMs: number;
};

/** What a turn is told from. */
export type Records = {
  readonly log: readonly Stored[];
  readonly lines: readonly LogLine[];
  readonly faults: readonly Fault[];
  readonly outages: readonly Outage[];
};

/** A line of a process's log is told up to here. Units: characters. */
const MAX_LINE = 160;

/** How every answered message fared. */
export function turnsOf(records: Records, messages: readonly Message[]): readonly Turn[] {
  const { log, lines, faults, outages } = records;
  const heardSeq = new Map(log.filter(({ event }) => event === "heard").map(({ cause, seq }) => [cause, seq]));
  const answeredAt = new Map(log.flatMap((record) => answersOf(record).map((seq) => [seq, record.storedAt] as const)));
  const disruptions = disruptionsOf(lines, faults);
  return messages.flatMap((message) => {
    const at = answeredAt.get(heardSeq.get(message.id) ?? 0);
    if (at === undefined) return [];
    const { sentAt, address } = message;
    const here = disruptions.get(partitionNumber(address)) ?? [];
    return [
      {
        message,
        answeredAt: at,
        tookMs: at - sentAt,
        outageMs: overlapMs(outages, sentAt, at),
        disruptedMs: overlapMs([...outages, ...here], sentAt, at),
      },
    ];
  });
}

/** How much of a time lies in any of the spans. */
function overlapMs(spans: readonly Outage[], fromAt: number, untilAt: number): number {
  let coveredUntil = fromAt;
  let total = 0;
  for (const span of spans.toSorted((one, other) => one.fromAt - other.fromAt)) {
    const from = Math.max(span.fromAt, coveredUntil);
    const until = Math.min(span.untilAt, untilAt);
    if (until <= from) continue;
    total += until - from;
    coveredUntil = until;
  }
  return total;
}

/** Everything known of one slow turn, in order of time. */
export function tell(turn: Turn, { log, lines, faults }: Records): string {
  const { message, answeredAt, tookMs, disruptedMs } = turn;
  const from = message.sentAt - 500;
  const until = answeredAt + 200;
  const number = partitionNumber(message.address);
  const events: (readonly [number, string])[] = [
    [message.sentAt, `SENT ${message.id} to ${message.address} (partition ${number})`],
    ...faults.flatMap(({ type, at, untilAt, pid }) => [
      [at, `FAULT ${type} ${pid ?? ""}`] as const,
      [untilAt, `mended ${type} ${pid ?? ""}`] as const,
    ]),
    ...lines
      .filter((line) => concerns(line, number, message.address))
      .map((line) => [line.time, lineText(line)] as const),
    ...log
      .filter(({ address }) => address === message.address)
      .map(
        (record) =>
          [
            record.storedAt,
            `LOG ${record.seq} ${record.event} ${JSON.stringify(record.data)} by ${record.process}`,
          ] as const,
      ),
  ];
  const told = events
    .filter(([at]) => at >= from && at <= until)
    .toSorted(([one], [other]) => one - other)
    .map(
      ([at, text]) =>
        `  ${Math.round(at - message.sentAt)
          .toString()
          .padStart(7)} ms  ${text}`,
    );
  return [`${message.id} took ${Math.round(tookMs)} ms, ${Math.round(disruptedMs)} of them disrupted`, ...told].join(
    "\n",
  );
}

/** The value below which that share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}

function concerns(line: LogLine, partition: number, address: Address): boolean {
  if (line.partition !== undefined) return line.partition === partition && isOf("channel", line);
  return line.address === undefined || line.address === address;
}

function lineText({ process, msg, time: _time, level: _level, ...rest }: LogLine): string {
  return `${process}: ${msg} ${JSON.stringify(rest)}`.slice(0, MAX_LINE);
}
