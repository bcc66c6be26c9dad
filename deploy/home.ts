import { mkdirSync, mkdtempSync, rmdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { hasCode, reasonOf, ThalassaError } from "./errors.ts";
import { markFormat, requireKnownFormat } from "./home-format.ts";
import { takePrivate } from "./privacy.ts";

/** Where everything of one installation lives on this host. */
export type Home = {
  readonly root: string;
  /** Seeds of the nkey users, `<name>.nk`. */
  readonly keysDir: string;
  /** What nats-server stores: the truth. */
  readonly dataDir: string;
  /** What can be fetched or built again; `THALASSA_CACHE` puts it elsewhere, to share it between homes. */
  readonly cacheDir: string;
  readonly logsDir: string;
  /** Where the bus is; see bus-file.ts. */
  readonly busFile: string;
  /** What was put right on opening, for a person to read. */
  readonly notes: readonly string[];
};

/** A home that cannot be used as one. */
class HomeUnusable extends ThalassaError<"home-unusable"> {
  readonly path: string;
  constructor(path: string, why: string, cause?: unknown) {
    super({
      code: "home-unusable",
      message: `${path} cannot be Thalassa's home: ${why}`,
      hint: "give yourself the right to write there, or set THALASSA_HOME to a folder that you may write",
      cause,
    });
    this.path = path;
  }
}

/**
 * Opens `THALASSA_HOME`, else `~/.thalassa`, and makes what is missing of it, all of it for its owner alone (mode 700).
 * A home that others may look into is narrowed, and `notes` says so. One of a newer format is not touched.
 * Throws: HomeUnusable, HomeOfUnknownFormat.
 */
export function openHome(env: NodeJS.ProcessEnv = process.env): Home {
  const root = homeRoot(env);
  const home = {
    root,
    keysDir: join(root, "keys"),
    dataDir: join(root, "data"),
    cacheDir: resolve(env.THALASSA_CACHE || join(root, "cache")),
    logsDir: join(root, "logs"),
    busFile: join(root, "nats.json"),
  };
  usable(root, () => requireKnownFormat(root));
  makeFolder(root);
  const notes = [root, home.keysDir].flatMap((folder) => {
    makeFolder(folder);
    return narrow(folder);
  });
  proveWritable(root);
  usable(root, () => markFormat(root));
  for (const folder of [home.dataDir, home.cacheDir, home.logsDir]) makeFolder(folder);
  return { ...home, notes };
}

/** Where the home is, whether there is one already or not: `THALASSA_HOME`, else `~/.thalassa`. */
export function homeRoot(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.THALASSA_HOME || join(env.HOME || homedir(), ".thalassa"));
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new HomeUnusable(path, hasCode(error, "EEXIST") ? "it is not a folder" : reasonOf(error), error);
  }
}

function narrow(folder: string): readonly string[] {
  try {
    const note = takePrivate(folder);
    return note === undefined ? [] : [note];
  } catch (error) {
    throw new HomeUnusable(folder, `others may look into it, and ${reasonOf(error)}`, error);
  }
}

function usable(root: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw error instanceof ThalassaError ? error : new HomeUnusable(root, reasonOf(error), error);
  }
}

/** Writes for real: access(2) asks about the real user and knows nothing of quotas and read-only mounts. */
function proveWritable(root: string): void {
  try {
    rmdirSync(mkdtempSync(join(root, ".write-")));
  } catch (error) {
    throw new HomeUnusable(root, reasonOf(error), error);
  }
}
