import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Home } from "./home.ts";

/** Whether a supervisor runs on a home, and which process it says it is. */
export type UpHolder = { readonly held: boolean; readonly pid?: number };

/** Who holds the lock of `thalassa up`. Looking takes the lock for less than a millisecond, shared, and writes nothing. */
export function upHolder(home: Pick<Home, "root">): UpHolder {
  const pid = readPid(join(home.root, "up.pid"));
  return { held: isLocked(join(home.root, "up.lock")), ...(pid === undefined ? {} : { pid }) };
}

function isLocked(path: string): boolean {
  if (!existsSync(path)) return false;
  using database = new DatabaseSync(path, { readOnly: true, timeout: 0 });
  try {
    database.prepare("SELECT count(*) FROM sqlite_master").get();
    return false;
  } catch (error) {
    if (error instanceof Error && /locked|busy/i.test(error.message)) return true;
    throw error;
  }
}

function readPid(path: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(path, "utf8"), 10) || undefined;
  } catch {
    return undefined;
  }
}
