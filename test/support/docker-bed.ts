import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DockerOptions, dockerEngine } from "#actors/executor/docker/mod.ts";
import type { Engine, EngineEvent, EnvironmentSpec, Ran, RunOptions } from "#actors/executor/engine.ts";
import { workspaceImage } from "./workspace-image.ts";

/** An engine on the real Docker, whose environments go when the test is over. */
export type DockerBed = AsyncDisposable & {
  readonly dir: string;
  readonly engine: Engine;
  /** The same environments, seen by another process. */
  readonly again: (options?: Partial<DockerOptions>) => Engine;
  readonly spec: (bounds?: Partial<EnvironmentSpec["bounds"]>) => EnvironmentSpec;
  /** An environment that runs. */
  readonly raised: (bounds?: Partial<EnvironmentSpec["bounds"]>) => Promise<string>;
  /** What a line of shell comes to inside. */
  readonly sh: (env: string, line: string, options?: Partial<RunOptions>) => Promise<Told>;
  /** All that was told of since the bed was made. */
  readonly heard: readonly EngineEvent[];
};

/** What a program wrote, as text. */
export type Told = Omit<Ran, "stdout" | "stderr"> & { readonly stdout: string; readonly stderr: string };

const BOUNDS = { cpus: 1, memoryMb: 512, pids: 64, diskMb: 64 };

/** Builds the image first where it is missing. */
export async function dockerBed(options: Partial<DockerOptions> = {}): Promise<DockerBed> {
  await workspaceImage();
  const dir = await mkdtemp(join(tmpdir(), "thalassa-docker-"));
  const doorDir = join(dir, "door");
  await mkdir(doorDir);
  await writeFile(join(doorDir, "sign"), "this is the door\n");
  const executor = `test-${randomBytes(6).toString("hex")}`;
  const labels = { "thalassa.test": "docker" };
  const again: DockerBed["again"] = (others = {}) =>
    dockerEngine({ executor, workspacesDir: join(dir, "workspaces"), labels, ...options, ...others });
  const engine = again();
  const over = new AbortController();
  const heard: EngineEvent[] = [];
  const listening = gathered(engine, over.signal, heard);
  const spec: DockerBed["spec"] = (bounds = {}) => ({
    env: `main.worker.t${randomBytes(6).toString("hex")}`,
    bounds: { ...BOUNDS, ...bounds },
    doorDir,
  });
  return {
    dir,
    engine,
    again,
    spec,
    heard,
    raised: async (bounds) => {
      const wanted = spec(bounds);
      await engine.up(wanted, over.signal);
      return wanted.env;
    },
    sh: async (env, line, others = {}) =>
      textOf(await engine.run(env, ["sh", "-c", line], { timeoutMs: 20_000, ...others })),
    [Symbol.asyncDispose]: async () => {
      for (const { env } of await engine.list()) await engine.down(env, { keep: false });
      over.abort();
      await listening;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** All that an engine tells of until the signal, or its own end; `heard` has it as it comes. */
export async function gathered(
  engine: Engine,
  signal: AbortSignal,
  heard: EngineEvent[] = [],
): Promise<readonly EngineEvent[]> {
  for await (const event of engine.watch(signal)) heard.push(event);
  return heard;
}

function textOf({ stdout, stderr, ...ran }: Ran): Told {
  return { ...ran, stdout: stdout.toString(), stderr: stderr.toString() };
}
