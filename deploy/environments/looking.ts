import { access, constants } from "node:fs/promises";
import { engineOf } from "#actors/executor/engines.ts";
import type { ExecutorOptions } from "#actors/executor/options.ts";
import { reasonOf } from "#deploy/errors.ts";
import { programRunner, programsOnPath } from "#deploy/program.ts";
import { type Lack, remediesFor } from "./remedies.ts";
import { type System, systemHere } from "./system.ts";

/** What environments can be made of. */
export type EngineName = "docker" | "bubblewrap";

/** An engine as it is on this host. */
export type EngineHere = {
  readonly engine: EngineName;
  readonly version?: string;
  /** Why it cannot be used. */
  readonly problem?: string;
  /** Which bounds are kept less well, and why. */
  readonly notes: readonly string[];
  /** What root would type, where that helps. */
  readonly remedies: readonly string[];
};

/** How long an engine may take to say which version it is. Units: ms. */
const VERSION_MS = 10_000;

/** Looks at an engine as the executor of these options would. Never throws. */
export async function lookAt(
  engine: EngineName,
  options: ExecutorOptions,
  env: NodeJS.ProcessEnv,
  system: System = systemHere(),
): Promise<EngineHere> {
  const version = await versionOf(engine, env);
  const { problem, notes } = await probed(engine, options);
  const lack = problem === undefined ? undefined : await lackOf(engine, version, problem, env);
  return {
    engine,
    ...(version === undefined ? {} : { version }),
    ...(problem === undefined ? {} : { problem }),
    notes,
    remedies: lack === undefined ? [] : remediesFor(lack, system),
  };
}

/** All the engines that the executor of these options would try, in that order, up to the first that can be used. */
export async function lookHere(
  options: ExecutorOptions,
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly EngineHere[]> {
  const looked: EngineHere[] = [];
  for (const engine of wanted(options)) {
    const found = await lookAt(engine, options, env);
    looked.push(found);
    if (found.problem === undefined) break;
  }
  return looked;
}

/** The engines that are tried, the one that is preferred first. */
export function wanted({ engine }: Pick<ExecutorOptions, "engine">): readonly EngineName[] {
  return engine === "auto" ? ["docker", "bubblewrap"] : [engine];
}

async function probed(
  engine: EngineName,
  options: ExecutorOptions,
): Promise<{ readonly problem?: string; readonly notes: readonly string[] }> {
  try {
    return await (await engineOf({ ...options, engine })).probe();
  } catch (error) {
    return { problem: reasonOf(error), notes: [] };
  }
}

/** The version by its own program; nothing where that is not there, or the engine does not answer it. */
async function versionOf(engine: EngineName, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const [command, args] =
    engine === "docker"
      ? (["docker", ["version", "--format", "{{.Server.Version}}"]] as const)
      : (["bwrap", ["--version"]] as const);
  try {
    const { stdout } = await programRunner(env)(command, args, { timeoutMs: VERSION_MS });
    return /\d[\w.+~-]*/.exec(stdout)?.[0];
  } catch {
    return undefined;
  }
}

async function lackOf(
  engine: EngineName,
  version: string | undefined,
  problem: string,
  env: NodeJS.ProcessEnv,
): Promise<Lack | undefined> {
  if (engine === "bubblewrap") {
    if (/^there is no \w+ on this host/.test(problem)) return { type: "programs", engine };
    const [, setting, value] = /set ([\w.]+) to (\d+)/.exec(problem) ?? [];
    return setting === undefined || value === undefined ? undefined : { type: "kernel", setting, value };
  }
  if (version !== undefined) return undefined;
  if (programsOnPath("docker", env).length === 0) return { type: "programs", engine };
  return (await isRefused(env)) ? { type: "docker-refuses" } : { type: "docker-silent" };
}

/** Whether there is a socket of Docker that this user may not speak to. */
async function isRefused({ DOCKER_HOST = "unix:///var/run/docker.sock" }: NodeJS.ProcessEnv): Promise<boolean> {
  try {
    await access(DOCKER_HOST.replace(/^unix:\/\//, ""), constants.R_OK | constants.W_OK);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EACCES";
  }
}
