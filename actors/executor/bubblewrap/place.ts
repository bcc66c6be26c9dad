import { createHash } from "node:crypto";
import { join } from "node:path";

/** Users of environments are counted from here; no system gives such numbers to people. */
const FIRST_UID = 1_610_000_000;

/** Where an environment is on this host, and as whom it runs. */
export type Place = {
  readonly env: string;
  /** A digest of its name: names of folders and of control groups have to be short. */
  readonly key: string;
  readonly dir: string;
  /** What it is, and who holds it: files of JSON. */
  readonly about: string;
  readonly holder: string;
  /** What its holder says of itself while it begins, and its last words. */
  readonly info: string;
  readonly log: string;
  /** The workspace: a folder, or a file that has a file system in it. */
  readonly folder: string;
  readonly image: string;
  /** Whom its programs are to this host: for root a number that is nobody else's, else whoever runs the executor. */
  readonly uid: number;
};

/** Whether the executor is root, and can give environments users, file systems and bounds of their own. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The place of an environment; it is the same each time. */
export function placeOf(root: string, env: string): Place {
  const digest = createHash("sha256").update(env).digest();
  const key = digest.toString("hex").slice(0, 24);
  const dir = join(root, key);
  const at = (name: string) => join(dir, name);
  return {
    ...{ env, key, dir },
    ...{ about: at("about.json"), holder: at("holder.json"), info: at("holder.info"), log: at("holder.log") },
    ...{ folder: at("workspace"), image: at("workspace.img") },
    uid: isRoot() ? FIRST_UID + digest.readUIntBE(0, 3) : (process.getuid?.() ?? 0),
  };
}
