import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { link, mkdir, open, readdir, rm } from "node:fs/promises";
import { hostname, release } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { EngineError, INSIDE_USER } from "#actors/executor/engine.ts";

const execute = promisify(execFile);

/** File systems are made and given a device in well under a second; a host out of breath takes longer. */
const PROGRAM_MS = 60_000;

/** What of the engine tells whether it shares this very kernel. */
export type EngineHost = { readonly Name: string; readonly KernelVersion: string };

/** Whether files of this host can be given to the engine as file systems. Undefined: they can; else why not. */
export async function whyNoLoop(engine: EngineHost): Promise<string | undefined> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "that takes root on Linux";
  if (engine.Name !== hostname() || engine.KernelVersion !== release()) return "the engine is on another machine";
  try {
    await program("losetup", ["--find"]);
    await program("mkfs.ext4", ["-V"]);
    await program("debugfs", ["-V"]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The file that holds the workspace of an environment. */
export function fileOf(workspacesDir: string, env: string): string {
  return join(workspacesDir, `${env}.ext4`);
}

/**
 * A file of this size with an empty file system that belongs to those inside; one that is there already is left alone. It takes
 * room only as it fills. After a crash: a half-made one has another name, see `removeFileSystem`.
 */
export async function makeFileSystem(file: string, sizeMb: number): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  try {
    const handle = await open(draft, "wx", 0o600);
    await handle.truncate(sizeMb * 1024 * 1024);
    await handle.close();
    const owner = `root_owner=${INSIDE_USER.uid}:${INSIDE_USER.gid},lazy_itable_init=1,lazy_journal_init=1`;
    await program("mkfs.ext4", ["-q", "-F", "-m", "0", "-E", owner, draft]);
    // It would stand in the workspace, unreadable for everyone there.
    await program("debugfs", ["-w", "-R", "rmdir lost+found", draft]);
    // Unlike a rename, a link never takes the place of what another process made meanwhile.
    await link(draft, file).catch((error) => {
      if (!existsSync(file)) throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
}

/** Removes a file, its device, and what half-made ones there are of it. */
export async function removeFileSystem(file: string): Promise<void> {
  if (existsSync(file)) await letGo(file);
  const names = await readdir(dirname(file)).catch(() => []);
  const its = names.filter((name) => name === basename(file) || name.startsWith(`${basename(file)}.`));
  for (const name of its) await rm(join(dirname(file), name), { force: true });
}

/** The device of a file; the one it has already, else another. Shape: `/dev/loop3`. Throws: EngineError. */
export async function attach(file: string): Promise<string> {
  return (await program("losetup", ["--find", "--show", "--nooverlap", file])).trim();
}

/** Lets go of a device: at once, or as soon as nothing has it mounted any more. One that is free already is fine. */
export async function letGo(file: string): Promise<void> {
  const devices = (await program("losetup", ["--noheadings", "--output", "NAME", "--associated", file])).split("\n");
  for (const device of devices.map((line) => line.trim()).filter((line) => line !== "")) {
    await program("losetup", ["--detach", device]).catch(() => {});
  }
}

async function program(name: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin`, LC_ALL: "C" };
  try {
    return (await execute(name, args, { env, timeout: PROGRAM_MS })).stdout;
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? `${error.stderr}`.trim().split("\n").at(-1) : "";
    throw new EngineError("refused", `${name} could not be used: ${said || String(error)}`, { cause: error });
  }
}
