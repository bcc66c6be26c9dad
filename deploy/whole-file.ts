import { randomUUID } from "node:crypto";
import { linkSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hasCode } from "./errors.ts";

/** How a file is to be made. */
export type Making = {
  /** Shape: `0o600`. */
  readonly mode: number;
  /** What has to be done to the file before anybody sees it under its name. */
  readonly prepare?: (draft: string) => void;
};

/**
 * Writes a file, over the one there may be: a reader sees the old words or the new ones, never half of them.
 * Throws: the system's own error.
 */
export function replaceFile(path: string, text: string, { mode, prepare = () => {} }: Making): void {
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, text, { mode, flush: true });
    prepare(draft);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/**
 * Makes a file that is not there yet, whole or not at all: of those who do so at once the first one wins, and the others
 * get false. An exclusive create would show an empty file first. Throws: the system's own error.
 */
export function createFile(path: string, text: string, { mode }: Pick<Making, "mode">): boolean {
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, text, { mode, flag: "wx", flush: true });
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
