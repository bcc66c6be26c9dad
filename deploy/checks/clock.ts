import { readFileSync, statSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import type { Home } from "#deploy/home.ts";
import { duration } from "#deploy/table.ts";
import { upHolder } from "#deploy/up-holder.ts";
import type { Client } from "#runtime/mod.ts";
import { KINDS, logStream } from "#subjects/mod.ts";
import { type Finding, good, warn } from "./finding.ts";

/** Clocks further apart than this are worth knowing: mail is judged by its time. Units: ms. */
const MAX_SKEW_MS = 2_000;

/** Smaller steps of the clock are corrections, or the time a supervisor took to begin. Units: ms. */
const MAX_STEP_MS = 5_000;

/** Ticks of /proc a second, the same on every Linux that Node runs on. Source: proc_pid_stat(5), USER_HZ. */
const TICKS = 100;

const BY_NTP = "set the clocks by NTP: duplicates and timers go by them";

/** Our clock and the server's agree. */
export async function checkClock(client: Client): Promise<readonly Finding[]> {
  const [first] = KINDS;
  if (first === undefined) return [];
  const sentAt = Date.now();
  const begun = performance.now();
  const { ts } = await client.wire.jsm.streams.info(logStream(first.kind));
  const tookMs = performance.now() - begun;
  const skewMs = Math.round(Date.parse(`${ts}`) - sentAt - tookMs / 2);
  if (Math.abs(skewMs) <= MAX_SKEW_MS) return [good("clock", `within ${Math.abs(skewMs)} ms of the server's`)];
  return [warn("clock", `the server's is ${skewMs} ms from ours`, BY_NTP)];
}

/** The clock was not set to another time, neither while the doctor looks nor since `up` was started. */
export function checkClockSteps(home: Home): readonly Finding[] {
  const now = steppedMs(performance.timeOrigin, performance.now());
  const ran = sinceUp(home);
  const found = [
    ...(Math.abs(now) > MAX_STEP_MS ? [`it was set by ${now} ms just now`] : []),
    ...(ran !== undefined && Math.abs(ran.steppedMs) > MAX_STEP_MS
      ? [`it was set by ${Math.round(ran.steppedMs)} ms since thalassa up began ${duration(ran.forMs)} ago`]
      : []),
  ];
  if (found.length > 0) return found.map((message) => warn("clock", message, BY_NTP));
  return [good("clock", `not set to another time${ran === undefined ? "" : ` for ${duration(ran.forMs)}`}`)];
}

/** How far the wall clock is from where it would be, had it only gone on. Units: ms. */
export function steppedMs(wallThen: number, elapsedMs: number, wallNow: number = Date.now()): number {
  return Math.round(wallNow - wallThen - elapsedMs);
}

/** The supervisor wrote its file when it began: by the wall clock then, and by the clock that nobody sets. */
function sinceUp(home: Home): { readonly steppedMs: number; readonly forMs: number } | undefined {
  const { held, pid } = upHolder(home);
  if (!held || pid === undefined || process.platform !== "linux") return undefined;
  const written = statSync(join(home.root, "up.pid"), { throwIfNoEntry: false })?.mtimeMs;
  const forMs = runningMs(pid);
  return written === undefined || forMs === undefined ? undefined : { steppedMs: steppedMs(written, forMs), forMs };
}

function runningMs(pid: number): number | undefined {
  try {
    const [, rest = ""] = /^.*\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    return uptime() * 1_000 - (Number(rest.split(" ")[19]) * 1_000) / TICKS;
  } catch {
    return undefined;
  }
}
