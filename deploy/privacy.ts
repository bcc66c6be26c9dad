import { chmodSync, statSync } from "node:fs";

/**
 * Takes a path's rights from everyone but its owner, where others have any: the line to tell a person, else nothing.
 * Windows has no such modes and is left alone. Throws: the system's own error.
 */
export function takePrivate(path: string): string | undefined {
  const status = statSync(path);
  const mode = status.mode & 0o777;
  if (process.platform === "win32" || (mode & 0o077) === 0) return undefined;
  const wanted = status.isDirectory() ? 0o700 : 0o600;
  chmodSync(path, wanted);
  return `${path} was open to others (mode ${mode.toString(8)}); it is yours alone now (${wanted.toString(8)})`;
}
