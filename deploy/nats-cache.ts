import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { binaryName, NATS_SERVER_VERSION } from "./nats-release.ts";
import { askVersion } from "./nats-version.ts";
import type { RunProgram } from "./program.ts";

const DRAFT = ".draft-";
const STALE_MS = 60 * 60 * 1000;

/** Where the fetched or built server is kept. Shape: `<cache>/nats-server/2.15.1/nats-server`. */
export function cachedServerPath(cacheDir: string): string {
  return join(resolve(cacheDir), "nats-server", NATS_SERVER_VERSION, binaryName(process.platform));
}

/**
 * Has a server made in a folder of its own and moves it into the cache once it runs and names the right version.
 * Processes that do so at once each make theirs; the last move wins, and every path stays good throughout.
 * After a crash: the half-made one is no part of the cache and is swept by a later call. Throws: Error.
 */
export async function fillCache(
  cacheDir: string,
  run: RunProgram,
  make: (draftDir: string) => Promise<string>,
): Promise<string> {
  const path = cachedServerPath(cacheDir);
  const shelf = dirname(dirname(path));
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await sweep(shelf);
  const draftDir = await mkdtemp(join(shelf, DRAFT));
  try {
    const binary = await make(draftDir);
    await chmod(binary, 0o755);
    const version = await askVersion(binary, run);
    if (version !== NATS_SERVER_VERSION) throw new Error(`what came is ${version}, not ${NATS_SERVER_VERSION}`);
    await moveInto(binary, path);
    return path;
  } finally {
    await rm(draftDir, { recursive: true, force: true });
  }
}

async function moveInto(binary: string, path: string): Promise<void> {
  try {
    await rename(binary, path);
  } catch (error) {
    // Windows does not replace a program that runs: somebody else's copy is there, and as good as ours.
    if (process.platform !== "win32" || !existsSync(path)) throw error;
  }
}

async function sweep(shelf: string): Promise<void> {
  for (const name of await readdir(shelf)) {
    if (!name.startsWith(DRAFT)) continue;
    const draft = join(shelf, name);
    const status = await stat(draft).catch(() => undefined);
    if (status !== undefined && Date.now() - status.mtimeMs > STALE_MS)
      await rm(draft, { recursive: true, force: true });
  }
}
