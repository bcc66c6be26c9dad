import { chmod, mkdir, open, rm, stat } from "node:fs/promises";
import { command } from "./command.ts";
import { isRoot, type Place } from "./place.ts";

const MIB = 1024 * 1024;

/** Has an environment's workspace there, as it was before: for root a file system of its own that cannot grow, else a folder. */
export async function makeWorkspace({ image, folder, uid }: Place, diskMb: number): Promise<void> {
  if (!isRoot()) return void (await mkdir(folder, { recursive: true, mode: 0o700 }));
  if (await isFile(image)) return;
  const making = `${image}.new`;
  await rm(making, { force: true });
  const file = await open(making, "wx", 0o600);
  await file.truncate(diskMb * MIB).finally(() => file.close());
  await command("mkfs.ext4", "-q", "-F", "-m", "0", "-E", `root_owner=${uid}:${uid}`, making);
  await command("mv", making, image);
}

/** How much is in a workspace that is a folder; 0 where it is a file system of its own. Units: bytes. */
export async function sizeOfWorkspace({ folder }: Place): Promise<number> {
  if (isRoot()) return 0;
  // What may not be read or went while it was counted is left out.
  const told = await command("sh", "-c", 'du -sxk -- "$1" 2>/dev/null || true', "du", folder);
  return Number.parseInt(told, 10) * 1024 || 0;
}

/** Throws all of an environment away. */
export async function removePlace({ dir, folder }: Place): Promise<void> {
  if (!isRoot() && (await stat(folder).catch(() => undefined))) {
    await chmod(folder, 0o700);
    // A folder that programs inside closed to themselves is closed to us, who are the same user.
    await command("chmod", "-R", "u+rwX", folder).catch(() => undefined);
  }
  await rm(dir, { recursive: true, force: true });
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
