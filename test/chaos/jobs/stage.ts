import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dockerEngine } from "#actors/executor/docker/mod.ts";
import type { Engine } from "#actors/executor/engine.ts";
import { executorOptionsFrom } from "#actors/executor/options.ts";
import { OwnEngine } from "./engine.ts";
import { clearAway, letGoOf, type Scene } from "./traces.ts";

/** Jobs are light here, and several of them run at once. */
const SETTINGS = {
  THALASSA_MODELS: "offline",
  THALASSA_OFFLINE_PACE_MS: "0",
  THALASSA_OFFLINE_DELAY_MS: "10-150",
  THALASSA_IDLE_MS: "2000",
  THALASSA_JOBS_AT_ONCE: "6",
  THALASSA_JOBS_PERSON_AT_ONCE: "3",
  THALASSA_ENVIRONMENT_CPUS: "1",
  THALASSA_ENVIRONMENT_MEMORY_MB: "512",
  THALASSA_ENVIRONMENT_PIDS: "64",
  THALASSA_ENVIRONMENT_DISK_MB: "48",
  THALASSA_EXECUTOR_ENGINE: "docker",
  THALASSA_EXECUTOR_ENVIRONMENTS: "8",
  THALASSA_PREVIEW_PORT: "0",
} as const;

/** The host, the folder and the engine of one run, which no other run of this machine has; gone when disposed. */
export type Stage = AsyncDisposable & {
  readonly host: string;
  /** What processes are given. */
  readonly env: Readonly<Record<string, string>>;
  readonly scene: Scene;
  /** The run's own one, where it has one. */
  readonly own: OwnEngine | undefined;
};

/** Sets up where jobs run. */
export async function setStage(withEngine: boolean): Promise<Stage> {
  const root = await mkdtemp(join(tmpdir(), "thalassa-jobs-"));
  const host = `chaos-${randomBytes(4).toString("hex")}`;
  const own = withEngine ? await OwnEngine.start(join(root, "engine")) : undefined;
  const engineHost = own?.host ?? process.env.DOCKER_HOST;
  const env = {
    ...SETTINGS,
    HOME: root,
    THALASSA_HOME: root,
    THALASSA_HOST: host,
    ...(engineHost === undefined ? {} : { DOCKER_HOST: engineHost }),
  };
  const { name: executor, dir } = executorOptionsFrom(env, host);
  const lasting = `9000.${Number.parseInt(randomBytes(4).toString("hex"), 16)}`;
  const engine = engineOf(executor, dir, own);
  return {
    ...{ host, env, own },
    scene: { executor, engineHost, dir, lasting },
    [Symbol.asyncDispose]: async () => {
      // An engine of our own goes with all that it has, also where it does not answer any more.
      await clearAway(engine).catch((error) => {
        if (own === undefined) throw error;
      });
      await own?.[Symbol.asyncDispose]();
      await letGoOf(dir);
      await rm(root, { recursive: true, force: true });
    },
  };
}

function engineOf(executor: string, dir: string, own: OwnEngine | undefined): Engine {
  const socket = own === undefined ? {} : { socket: own.socket };
  return dockerEngine({ executor, workspacesDir: join(dir, "workspaces"), ...socket });
}
