import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isFileLocked } from "./file-lock.ts";
import type { Home } from "./home.ts";

/** Whether a supervisor runs on a home, and which process it says it is. */
export type UpHolder = { readonly held: boolean; readonly pid?: number };

/** Who holds the lock of `thalassa up`. Looking takes the lock for less than a millisecond, shared, and writes nothing. */
export function upHolder(home: Pick<Home, "root">): UpHolder {
  const pid = readPid(pidFile(home));
  return { held: isFileLocked(lockFile(home)), ...(pid === undefined ? {} : { pid }) };
}

/** The file by which a supervisor holds a home. */
export function lockFile({ root }: Pick<Home, "root">): string {
  return join(root, "up.lock");
}

/** Where that supervisor says which process it is. */
export function pidFile({ root }: Pick<Home, "root">): string {
  return join(root, "up.pid");
}

/** The process that such a file names; nothing where it names none. */
export function readPid(path: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(path, "utf8"), 10) || undefined;
  } catch {
    return undefined;
  }
}
