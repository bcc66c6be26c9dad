import { access, constants, mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Bounds } from "#subjects/order.ts";
import { isRoot } from "./place.ts";

const ROOT = "/sys/fs/cgroup";

/** What bounds environments. */
const CONTROLLERS = ["memory", "cpu", "pids"] as const;

/** The processes that hold an environment and lead into it count as well. */
const OWN_PIDS = 8;

/** Units: microseconds. */
const CPU_PERIOD = 100_000;

/** Has the bounds of an environment kept by the kernel. Gives the files by which a process comes under them; none where it cannot. */
export async function boundBy(key: string, bounds: Bounds): Promise<readonly string[]> {
  try {
    const made = await dirsOf(key);
    for (const dir of made) await mkdir(dir, { recursive: true });
    const unified = made.length === 1;
    for (const [name, value, optional] of valuesOf(bounds, unified)) {
      const dir = made.find((each) => unified || each.startsWith(join(ROOT, name.split(".")[0] ?? "")));
      await writeFile(join(dir ?? "", name), `${value}`).catch((error) => {
        if (!optional) throw error;
      });
    }
    return made.map((dir) => join(dir, "cgroup.procs"));
  } catch {
    await unbound(key);
    return [];
  }
}

/** Takes an environment's control groups away; nothing runs in them any more. */
export async function unbound(key: string): Promise<void> {
  for (const dir of await dirsOf(key).catch(() => [])) {
    // What was killed leaves its group a moment after it is gone.
    for (let tries = 0; tries < 100; tries++) {
      const busy = await rmdir(dir).then(
        () => false,
        (error) => error.code === "EBUSY",
      );
      if (!busy) break;
      await delay(20);
    }
  }
}

/** How often an environment wanted more processes than it may have; 0 where that is not known. */
export async function refusedForks(groups: readonly string[]): Promise<number> {
  const dirs = groups.map(dirname);
  const told = await Promise.all(dirs.map((dir) => readFile(join(dir, "pids.events"), "utf8").catch(() => "")));
  return Number(/max (\d+)/.exec(told.join("\n"))?.[1] ?? 0);
}

type Value = readonly [name: string, value: number | string, optional?: boolean];

function valuesOf({ cpus, memoryMb, pids }: Bounds, unified: boolean): readonly Value[] {
  const bytes = memoryMb * 1024 * 1024;
  const quota = Math.max(1_000, Math.round(cpus * CPU_PERIOD));
  const most = pids + OWN_PIDS;
  if (unified)
    return [
      ...([
        ["memory.max", bytes],
        ["memory.swap.max", 0, true],
        ["pids.max", most],
      ] as const),
      ["cpu.max", `${quota} ${CPU_PERIOD}`],
    ];
  return [
    ...([
      ["memory.limit_in_bytes", bytes],
      ["memory.memsw.limit_in_bytes", bytes, true],
      ["pids.max", most],
    ] as const),
    ...([
      ["cpu.cfs_period_us", CPU_PERIOD],
      ["cpu.cfs_quota_us", quota],
    ] as const),
  ];
}

/** The groups of an environment: one where all controllers are in one tree, else one for each. Throws: where there can be none. */
async function dirsOf(key: string): Promise<readonly string[]> {
  const unified = await isThere(join(ROOT, "cgroup.controllers"));
  if (!unified) return CONTROLLERS.map((name) => join(ROOT, name, "thalassa", key));
  const base = isRoot() ? ROOT : await delegated();
  const ours = join(base, "thalassa");
  await mkdir(ours, { recursive: true });
  for (const dir of [base, ours])
    await writeFile(join(dir, "cgroup.subtree_control"), CONTROLLERS.map((name) => `+${name}`).join(" ")).catch(
      () => {},
    );
  return [join(ours, key)];
}

/** The highest group above us that is ours to write. Throws: where there is none. */
async function delegated(): Promise<string> {
  const [, path = "/"] = /^0::(.*)$/m.exec(await readFile("/proc/self/cgroup", "utf8")) ?? [];
  const parts = path.split("/").filter(Boolean);
  const above = parts.map((_, at) => join(ROOT, ...parts.slice(0, at + 1)));
  for (const dir of above) {
    const files = [dir, join(dir, "cgroup.procs"), join(dir, "cgroup.subtree_control")];
    if ((await Promise.all(files.map((file) => isThere(file, constants.W_OK)))).every(Boolean)) return dir;
  }
  throw new Error("no control group is ours to write");
}

async function isThere(path: string, mode: number = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
