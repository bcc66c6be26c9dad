import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { EngineError, type Found, INSIDE_USER } from "#actors/executor/engine.ts";
import { asked, askedFor, type Daemon } from "./daemon.ts";
import { attach, fileOf, letGo, makeFileSystem, removeFileSystem } from "./loop.ts";
import { LABELS, labelsOf, nameOf, ofExecutor } from "./names.ts";
import { WORKSPACE_KINDS, type WorkspaceKind } from "./options.ts";

const volumeSchema = z.object({
  Name: z.string(),
  CreatedAt: z.string().optional(),
  Labels: z.record(z.string(), z.string()).nullable(),
  Options: z.record(z.string(), z.string()).nullish(),
});

/** What is to be known of a workspace that has no file system of its own. */
export const NOTES = {
  plain: "The workspace is measured now and then, and may for a moment take more room than it is given.",
  memory: "The workspace is in memory, and lost when the environment stops.",
} as const;

type Volume = z.output<typeof volumeSchema>;

/**
 * Has the workspace of an environment there, as it was left or new; `kind` is for a new one. Gives the kind that it is of.
 * Only for an environment that does not run. Throws: EngineError.
 */
export async function haveWorkspace(
  daemon: Daemon,
  env: string,
  sizeMb: number,
  kind: WorkspaceKind,
): Promise<WorkspaceKind> {
  const there = await volumeOf(daemon, env);
  const had = kindOf(daemon, env, there);
  if (had === undefined || had === "loop") return await haveVolume(daemon, env, sizeMb, had ?? kind, there);
  return had;
}

/** Whether an environment that does not run has a workspace from before; one in memory went with it. Throws: EngineError. */
export async function hasWorkspace(daemon: Daemon, env: string): Promise<boolean> {
  const kind = kindOf(daemon, env, await volumeOf(daemon, env));
  return kind !== undefined && kind !== "memory";
}

/** In what way a workspace is bounded less well than by a file system of its own. Throws: EngineError. */
export async function workspaceNotes(daemon: Daemon, env: string): Promise<readonly string[]> {
  const kind = kindOf(daemon, env, await volumeOf(daemon, env));
  return kind === undefined || kind === "loop" ? [] : [NOTES[kind]];
}

async function haveVolume(
  daemon: Daemon,
  env: string,
  sizeMb: number,
  kind: WorkspaceKind,
  there: Volume | undefined,
): Promise<WorkspaceKind> {
  const DriverOpts = await driverOptions(daemon, env, sizeMb, kind);
  // The device of a file is another one after each start of the machine.
  if (there !== undefined && there.Options?.device === DriverOpts.device) return kind;
  if (there !== undefined) await asked("remove a volume", daemon.api.getVolume(nameOf(env)).remove());
  const Labels = { ...labelsOf(daemon.options, env), [LABELS.workspace]: kind };
  const volume = { Name: nameOf(env), Driver: "local", DriverOpts, Labels };
  await asked("make a volume", daemon.api.createVolume(volume), "refused");
  return kind;
}

async function driverOptions(
  { options }: Daemon,
  env: string,
  sizeMb: number,
  kind: WorkspaceKind,
): Promise<Record<string, string>> {
  if (kind === "plain") return {};
  const owner = `uid=${INSIDE_USER.uid},gid=${INSIDE_USER.gid},mode=0755`;
  if (kind === "memory") return { type: "tmpfs", device: "tmpfs", o: `size=${sizeMb}m,${owner},nosuid,nodev` };
  const file = fileOf(options.workspacesDir, env);
  if (!existsSync(file)) await makeFileSystem(file, sizeMb);
  return { type: "ext4", device: await attach(file), o: "nosuid,nodev,discard" };
}

/**
 * Leaves the device of a workspace to whoever has it mounted: it goes with the environment, whatever becomes of this process.
 * Throws: EngineError.
 */
export async function releaseWorkspace({ options }: Daemon, env: string): Promise<void> {
  const file = fileOf(options.workspacesDir, env);
  if (existsSync(file)) await letGo(file);
}

/** Throws a workspace away; none is fine. Only for an environment that does not run. Throws: EngineError. */
export async function dropWorkspace(daemon: Daemon, env: string): Promise<void> {
  if ((await volumeOf(daemon, env)) !== undefined)
    await askedFor("remove a volume", daemon.api.getVolume(nameOf(env)).remove());
  await removeFileSystem(fileOf(daemon.options.workspacesDir, env));
}

/** All workspaces that there are. Units: `since` is when it was made, or last written where that is known. */
export async function workspaces({ api, options }: Daemon): Promise<readonly Found[]> {
  const answer: { readonly Volumes: unknown } = await asked(
    "list volumes",
    api.listVolumes({ filters: { label: [ofExecutor(options)] } }),
  );
  const volumes = z.array(volumeSchema).nullable().parse(answer.Volumes) ?? [];
  const found = new Map<string, Found>();
  for (const { Labels, CreatedAt } of volumes) {
    const env = Labels?.[LABELS.env];
    if (env !== undefined) found.set(env, { env, state: "kept", since: Date.parse(CreatedAt ?? "") || 0 });
  }
  for (const name of await readdir(options.workspacesDir).catch(() => [])) {
    if (!name.endsWith(".ext4")) continue;
    const env = name.slice(0, -".ext4".length);
    const { mtimeMs } = await stat(join(options.workspacesDir, name));
    found.set(env, { env, state: "kept", since: Math.round(mtimeMs) });
  }
  return [...found.values()];
}

async function volumeOf({ api, options }: Daemon, env: string): Promise<Volume | undefined> {
  const answer = await askedFor("look at a volume", api.getVolume(nameOf(env)).inspect());
  if (answer === undefined) return undefined;
  const volume = volumeSchema.parse(answer);
  if (volume.Labels?.[LABELS.executor] === options.executor) return volume;
  // An engine that dies while it makes one keeps the volume and not its labels: nothing was ever in it.
  if (Object.keys(volume.Labels ?? {}).length === 0) {
    await askedFor("remove a half-made volume", api.getVolume(volume.Name).remove());
    return undefined;
  }
  throw new EngineError("refused", `the volume ${volume.Name} belongs to somebody else; remove or rename it`);
}

function kindOf({ options }: Daemon, env: string, volume: Volume | undefined): WorkspaceKind | undefined {
  if (existsSync(fileOf(options.workspacesDir, env))) return "loop";
  if (volume === undefined) return undefined;
  return z.enum(WORKSPACE_KINDS).catch("plain").parse(volume.Labels?.[LABELS.workspace]);
}
