import { statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { explain } from "#deploy/failure.ts";
import type { Home } from "#deploy/home.ts";
import { readSeed } from "#deploy/keys.ts";
import { bytes } from "#deploy/table.ts";
import { CLIENTS, KINDS } from "#subjects/mod.ts";
import { allRights } from "#subjects/permissions.ts";
import { bad, type Finding, good, warn } from "./finding.ts";

/** Below the first it is wrong, below the second worth knowing. Units: bytes. */
const FREE_BYTES = { bad: 256 * 1024 ** 2, warn: 2 * 1024 ** 3 } as const;

/** The home is private. Opening it narrows what was open, and its notes tell. */
export function checkHome(home: Home): readonly Finding[] {
  const notes = home.notes.map((note) => warn("home", note, "nothing; it was put right just now"));
  const mode = (statSync(home.root).mode & 0o777).toString(8);
  return [...notes, good("home", `${home.root}, mode ${mode}`)];
}

/** Every user of the bus has a key that can be read. */
export function checkKeys(keysDir: string): readonly Finding[] {
  const users = allRights(KINDS, CLIENTS).map(({ user }) => user);
  const wrong = users.flatMap((user) => {
    try {
      readSeed(keysDir, user);
      return [];
    } catch (error) {
      const { message, hint } = explain(error);
      return [bad("keys", message, hint ?? "run thalassa up, which makes what is missing")];
    }
  });
  return wrong.length > 0 ? wrong : [good("keys", `${users.length} keys in ${keysDir}`)];
}

/** There is room for what is still to come. */
export async function checkDisk(home: Home): Promise<readonly Finding[]> {
  const free = await freeBytes(home);
  const message = `${bytes(free)} free for ${home.dataDir}`;
  const hint = "make room, or move the home: a bus without room refuses everything";
  if (free < FREE_BYTES.bad) return [bad("disk", message, hint)];
  return free < FREE_BYTES.warn ? [warn("disk", message, hint)] : [good("disk", message)];
}

/** Room left for the data of a home. Units: bytes. */
export async function freeBytes(home: Home): Promise<number> {
  const { bavail, bsize } = await statfs(home.dataDir);
  return bavail * bsize;
}
