import { hostname } from "node:os";
import { scrubberOf } from "#subjects/scrub.ts";

/** How a host of actors behaves; each field may be left out. */
export type HostOptions = {
  /** Name of this process on the bus; also the name of its connection. */
  readonly process: string;
  /** The host it runs on, whose actors it serves where each belongs to one. Default: the name of the machine. */
  readonly host?: string;
  /** After this long without mail or steps an actor leaves memory. Units: ms. Default 60,000. */
  readonly idleMs?: number;
  /** After this long the server hands unacknowledged mail out again. Units: ms. Default 30,000. */
  readonly ackWaitMs?: number;
  /** Most mails a partition may have unacknowledged: the only backpressure. Default 20,000. */
  readonly maxUnacknowledged?: number;
  /** A snapshot is taken after so many commits. Default 64. */
  readonly snapshotEvery?: number;
  /** How long running steps may finish when a partition is handed over. Units: ms. Default 5,000. */
  readonly graceMs?: number;
  /** Takes secrets out of the errors that become part of a log. Default: whatever has the shape of a key. */
  readonly scrub?: (text: string) => string;
};

/** The options with every field filled in. */
export type ResolvedOptions = Required<HostOptions>;

/** What holds where nothing is said. */
export const DEFAULTS = {
  host: hostname(),
  idleMs: 60_000,
  ackWaitMs: 30_000,
  maxUnacknowledged: 20_000,
  snapshotEvery: 64,
  graceMs: 5_000,
  scrub: scrubberOf([]),
} as const satisfies Omit<ResolvedOptions, "process">;

/** Fills in what was left out. Throws: RangeError when a figure is not above zero. */
export function resolveOptions(options: HostOptions): ResolvedOptions {
  const resolved = { ...DEFAULTS, ...options };
  for (const [name, value] of Object.entries(resolved)) {
    if (typeof value === "number" && !(value > 0)) throw new RangeError(`${name} is ${value}; it must be above zero`);
  }
  return resolved;
}
