import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { LABELS } from "#actors/executor/docker/names.ts";
import type { Engine } from "#actors/executor/engine.ts";

const execute = promisify(execFile);

/** Where traces of one run are looked for. */
export type Scene = {
  /** By which an engine's containers and volumes are known as this run's. */
  readonly executor: string;
  readonly engineHost: string | undefined;
  /** The executor's folder. */
  readonly dir: string;
  /** In the arguments of all that programs leave running. */
  readonly lasting: string;
};

/** What is left on the machine. `volumes` are kept workspaces, by environment; `devices` hold one each while it is used. */
export type Traces = {
  readonly containers: readonly string[];
  readonly volumes: readonly string[];
  readonly devices: readonly string[];
  readonly processes: readonly string[];
  readonly doors: readonly string[];
};

/** Looks at what is there of a run. */
export async function tracesOf({ executor, engineHost, dir, lasting }: Scene): Promise<Traces> {
  const filter = ["--filter", `label=${LABELS.executor}=${executor}`];
  const env = `{{.Label "${LABELS.env}"}}`;
  const engine = engineHost === undefined ? [] : ["--host", engineHost];
  return {
    containers: await lines("docker", [...engine, "ps", "--all", ...filter, "--format", `{{.Names}} {{.Status}}`]),
    volumes: await lines("docker", [...engine, "volume", "ls", ...filter, "--format", env]),
    devices: (await lines("losetup", ["--list", "--noheadings", "--output", "BACK-FILE"])).filter((file) =>
      file.includes(dir),
    ),
    processes: await processesWith(lasting),
    doors: await readdir(join(dir, "doors")).catch(() => []),
  };
}

/** Removes what was kept for those who might have gone on. */
export async function clearAway(engine: Engine): Promise<void> {
  for (const { env } of await engine.list()) await engine.down(env, { keep: false });
}

/** Lets go of the devices of a folder's workspaces. */
export async function letGoOf(dir: string): Promise<void> {
  const listed = await lines("losetup", ["--list", "--noheadings", "--output", "NAME,BACK-FILE"]);
  const devices = listed.filter((line) => line.includes(dir)).map((line) => line.split(/\s+/)[0] ?? "");
  for (const device of devices) await execute("losetup", ["--detach", device]).catch(() => {});
}

async function lines(program: string, args: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await execute(program, args, { timeout: 30_000 });
  return stdout
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

async function processesWith(argument: string): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = pids.map(async (pid) => {
    const argv = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
    return argv[0] === "sleep" && argv.includes(argument) ? [pid] : [];
  });
  return (await Promise.all(found)).flat();
}
