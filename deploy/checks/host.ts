import { statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import type { Home } from "#deploy/home.ts";
import { homeMark } from "#deploy/home-format.ts";
import { bytes } from "#deploy/table.ts";
import { bad, type Finding, good, warn } from "./finding.ts";

/** Below the first it is wrong, below the second worth knowing. Units: bytes. */
const FREE_BYTES = { bad: 256 * 1024 ** 2, warn: 2 * 1024 ** 3 } as const;

/** The home is private. Opening it narrows what was open, and its notes tell. */
export function checkHome(home: Home): readonly Finding[] {
  const notes = home.notes.map((note) => warn("home", note, "nothing; it was put right just now"));
  const mode = (statSync(home.root).mode & 0o777).toString(8);
  const mark = homeMark(home.root);
  return [...notes, good("home", `${home.root}, mode ${mode}, format ${mark?.format} of Thalassa ${mark?.by}`)];
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
