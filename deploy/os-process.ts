import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** A running process and its arguments. */
export type OsProcess = { readonly pid: number; readonly args: readonly string[] };

/** The processes whose arguments contain this very one; of our own user at least. */
export function processesWith(argument: string): readonly OsProcess[] {
  return processes().filter(({ args }) => args.includes(argument));
}

/** What a process was started as, short enough for a sentence. */
export function commandOf(pid: number): string | undefined {
  const line = argsOf(pid)?.join(" ");
  return line === undefined || line.length <= 80 ? line : `${line.slice(0, 79)}…`;
}

/** Whether a process of this id runs. One that has ended and only waits for its parent to notice does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  return process.platform !== "linux" || !hasEnded(pid);
}

/** The state follows the name, which stands in brackets and may hold anything. Source: proc_pid_stat(5). */
function hasEnded(pid: number): boolean {
  try {
    return /^.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}

/** Asks a process to end, and insists after `graceMs`. Resolves when it is gone. */
export async function endProcess(pid: number, graceMs: number): Promise<void> {
  signal(pid, "SIGTERM");
  const until = performance.now() + graceMs;
  while (isAlive(pid)) {
    if (performance.now() > until) signal(pid, "SIGKILL");
    await delay(20);
  }
}

/** Signals a process that may be gone already. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone is what was wanted.
  }
}

function processes(): readonly OsProcess[] {
  if (process.platform !== "linux") return listed();
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const args = argsOf(Number(name));
      return args === undefined ? [] : [{ pid: Number(name), args }];
    });
}

function argsOf(pid: number): readonly string[] | undefined {
  if (process.platform !== "linux") return listed().find((each) => each.pid === pid)?.args;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replace(/\0$/, "").split("\0");
  } catch {
    return undefined;
  }
}

function listed(): readonly OsProcess[] {
  if (process.platform === "win32") return [];
  const lines = execFileSync("ps", ["-axo", "pid=,args="], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => {
    const [pid, ...args] = line.trim().split(/\s+/);
    return { pid: Number(pid), args };
  });
}
