import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

/** A process of this host that cannot be taken for a later one of the same number. Units: `start` in ticks since the boot. */
export type OsProcess = { readonly pid: number; readonly start: number };

/** How long a killed process may take to be gone, and how often that is looked at. Units: ms. */
const GOING = { mostMs: 10_000, everyMs: 10 } as const;

/** What runs under a number now, and under whom; undefined where nothing does. Source: proc(5). */
export async function processOf(pid: number): Promise<(OsProcess & { readonly parent: number }) | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state = "Z", parent] = fields;
  if (state === "Z" || state === "X") return undefined;
  return { pid, parent: Number(parent), start: Number(fields[19]) };
}

/** Whether it is still the same process. */
export async function isAlive({ pid, start }: OsProcess): Promise<boolean> {
  return (await processOf(pid))?.start === start;
}

/** Kills a process that may be gone already, and waits until it is. Throws: Error where it does not go. */
export async function killed(one: OsProcess): Promise<void> {
  const until = Date.now() + GOING.mostMs;
  while (await isAlive(one)) {
    if (Date.now() > until) throw new Error(`process ${one.pid} does not end though it was killed`);
    try {
      process.kill(one.pid, "SIGKILL");
    } catch {
      // It went by itself in the meantime.
    }
    await delay(GOING.everyMs);
  }
}
