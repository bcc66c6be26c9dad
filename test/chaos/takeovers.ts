import { partitionOf } from "#runtime/rendezvous.ts";
import { type Address, parseAddress } from "#subjects/address.ts";
import { PARTITIONS } from "#subjects/streams.ts";
import { type LogLine, pidOf } from "#support/crash.ts";
import { byAddress } from "./checks.ts";
import type { Stored } from "./stored.ts";
import type { Fault, Outage } from "./storm.ts";

/** A step that a process went on with. `fault` is what had cut it; none means a false takeover. */
export type Resumed = { readonly record: Stored; readonly key: string; readonly fault: Fault | undefined };

/** How long after a takeover, or a server's return, a partition may still be catching up. Units: ms. */
const AFTERMATH_MS = 1_000;

/**
 * Every step resumed, with the fault that explains it: the newest one that hit a process which had the channel since the
 * step was wanted, each fault explaining one resumption of a step at most.
 */
export function resumedOf(
  log: readonly Stored[],
  lines: readonly LogLine[],
  faults: readonly Fault[],
): readonly Resumed[] {
  const takings = lines.filter(isTaking);
  const spent = new Set<string>();
  return [...byAddress(log)].flatMap(([address, records]) => {
    const number = partitionNumber(address);
    const { kind } = parseAddress(address);
    return records.flatMap((record) =>
      keysOf(record).map((key) => {
        const wanted = wantedBy(key, record, records);
        const since = (at: number): boolean => at >= (wanted?.storedAt ?? 0) - SLACK_MS && at <= record.storedAt;
        const had = [
          ...records.filter(({ storedAt, seq }) => since(storedAt) && seq < record.seq).map((each) => each.process),
          ...takings
            .filter((each) => isOf(kind, each) && each.partition === number && since(each.time))
            .flatMap((each) => [each.process, String(each.from)]),
        ];
        const pids = new Set(had.map(pidOf));
        const fault = faults.findLast(({ type, pid, at }) => {
          return (
            pid !== undefined && type !== "leave" && pids.has(pid) && since(at) && !spent.has(`${key} ${pid} ${at}`)
          );
        });
        if (fault !== undefined) spent.add(`${key} ${fault.pid} ${fault.at}`);
        return { record, key, fault };
      }),
    );
  });
}

/** What a process sent before it was hit may be stored so long after. Units: ms. */
const SLACK_MS = 2_000;

function keysOf(record: Stored): readonly string[] {
  return record.event === "resumed" ? (record.data as { readonly keys: readonly string[] }).keys : [];
}

/** After each kill or stop of a process beside which others ran, how long each of its partitions was nobody's. Units: ms. */
export function takeoversOf(
  lines: readonly LogLine[],
  faults: readonly Fault[],
  type: "kill" | "stop",
): readonly number[] {
  const takings = lines.filter(isTaking);
  return faults
    .filter((fault) => fault.type === type && fault.others > 0)
    .flatMap(({ pid, at, untilAt }) =>
      takings
        .filter(({ from, time }) => pidOf(String(from)) === pid && time >= at && (type === "kill" || time <= untilAt))
        .map(({ time }) => time - at),
    );
}

/** By partition of channels, the times in which the fault of a process or the server kept it from being served. */
export function disruptionsOf(
  lines: readonly LogLine[],
  faults: readonly Fault[],
): ReadonlyMap<number, readonly Outage[]> {
  const takings = Map.groupBy(
    lines.filter((line) => isTaking(line) && isOf("channel", line)),
    ({ partition }) => Number(partition),
  );
  const spans = [...takings].map(([partition, taken]) => {
    const disruptions = faults.flatMap(({ type, pid, at, untilAt }) => {
      const before = taken.findLast(({ time }) => time <= at);
      const next = taken.find(({ time }) => time > at)?.time ?? Number.POSITIVE_INFINITY;
      if (pid === undefined) return [{ fromAt: at, untilAt: untilAt + AFTERMATH_MS }];
      if (before === undefined || pidOf(before.process) !== pid) return [];
      return [{ fromAt: at, untilAt: (type === "stop" ? Math.min(next, untilAt) : next) + AFTERMATH_MS }];
    });
    return [partition, disruptions] as const;
  });
  return new Map(spans);
}

/** The partition that an actor's mail is in. */
export function partitionNumber(address: Address): number {
  const { agent, id } = parseAddress(address);
  return partitionOf(agent, id, PARTITIONS);
}

/** The event since which a step was wanted: the one in its key, or the newest one of a turn that goes on. */
function wantedBy(key: string, resumed: Stored, records: readonly Stored[]): Stored | undefined {
  const [, seq, call] = key.split("-");
  if (key.startsWith("think-") && call !== undefined)
    return records.findLast((record) => record.seq < resumed.seq && GOES_ON.has(record.event));
  return records.find((record) => record.seq === Number(seq));
}

/** The events after which the next call of a turn is wanted. */
const GOES_ON: ReadonlySet<string> = new Set(["said", "thought", "used"]);

/** Whether a line was logged by a process of that kind. */
export function isOf(kind: string, { process }: LogLine): boolean {
  return process.startsWith(`${kind}-`);
}

function isTaking(line: LogLine): boolean {
  return line.msg === "took a partition";
}
