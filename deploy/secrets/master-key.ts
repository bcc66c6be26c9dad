import { createHash, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { hasCode, reasonOf } from "#deploy/errors.ts";
import { takePrivate } from "#deploy/privacy.ts";
import { createFile } from "#deploy/whole-file.ts";
import { SecretUnusable } from "./unusable.ts";

/** A key that seals secrets. Its bytes are where no log prints them. */
export type MasterKey = { readonly id: string; readonly secret: KeyObject };

/** The master keys that are known here. */
export type Keyring = {
  /** In the order in which they would be used for what is sealed first; empty where there is none yet. */
  readonly keys: readonly MasterKey[];
  /** The key that is to seal everything, where the environment says which. */
  readonly given: MasterKey | undefined;
  /** The key that a rotation was moving to when it was cut off. */
  readonly next: MasterKey | undefined;
  readonly path: string;
};

/** Whose environment and home it is. */
export type KeyPlace = {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly note?: (line: string) => void;
};

/** Variables that give the master key, and the one before it while it is rotated. */
export const KEY_VARIABLE = "THALASSA_SECRETS_KEY";
/** See `KEY_VARIABLE`. */
export const OLD_KEY_VARIABLE = "THALASSA_SECRETS_KEY_OLD";

/** Units: bytes. */
const KEY_BYTES = 32;

/** Where a home keeps its master key. */
export function keyFile(root: string): string {
  return join(root, "secrets.key");
}

/** The keys from the environment and the home. A file that others may read is narrowed. Throws: SecretUnusable. */
export function readKeyring({ root, env, note = () => {} }: KeyPlace): Keyring {
  const path = keyFile(root);
  const given = fromVariable(KEY_VARIABLE, env);
  const before = fromVariable(OLD_KEY_VARIABLE, env);
  // The next one first: should it take the other's place meanwhile, it is read twice and not missed.
  const next = fromFile(nextFile(root), note);
  const kept = fromFile(path, note);
  const all = [given, kept, next, before].filter((key) => key !== undefined);
  const keys = all.filter((key, at) => all.findIndex(({ id }) => id === key.id) === at);
  return { keys, given, next, path };
}

/** The keys, of which there is one afterwards: made in the home where there is none. Throws: SecretUnusable. */
export function ensureKeyring(place: KeyPlace): Keyring {
  const keyring = readKeyring(place);
  if (keyring.keys.length > 0) return keyring;
  makeKey(keyring.path);
  return readKeyring(place);
}

/** The key that a rotation moves to: the one of a rotation that was cut off, else a new one. Throws: SecretUnusable. */
export function ensureNextKey({ root, note = () => {} }: KeyPlace): MasterKey {
  const path = nextFile(root);
  const begun = fromFile(path, note);
  if (begun !== undefined) return begun;
  makeKey(path);
  const made = fromFile(path, note);
  if (made === undefined) throw missing(path);
  return made;
}

/** The next key takes the place of the one before it, which is gone in the same instant. Throws: SecretUnusable. */
export function promoteNextKey(root: string): void {
  try {
    renameSync(nextFile(root), keyFile(root));
    syncFolder(root);
  } catch (error) {
    throw unreadable(keyFile(root), "replaced", error);
  }
}

/** No key is here, and there is something that one has sealed. */
export function missing(path: string): SecretUnusable {
  return new SecretUnusable({
    code: "secret-key-missing",
    message: `there are sealed secrets and no master key: ${path} does not exist`,
    hint: `copy it from the host where they were set, or give the key in ${KEY_VARIABLE}; if it is lost, thalassa secret rm NAME removes what it sealed`,
  });
}

function nextFile(root: string): string {
  return `${keyFile(root)}.next`;
}

/** One that somebody else has made meanwhile stays. */
function makeKey(path: string): void {
  try {
    if (createFile(path, `${randomBytes(KEY_BYTES).toString("base64")}\n`, { mode: 0o600 })) syncFolder(dirname(path));
  } catch (error) {
    throw unreadable(path, "made", error);
  }
}

/** A name that a power cut takes back would take the key with it. Windows cannot sync a folder. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function fromVariable(name: string, env: NodeJS.ProcessEnv): MasterKey | undefined {
  const text = env[name]?.trim();
  return text ? parsed(text, name, "put there what `openssl rand -base64 32` prints, or unset it") : undefined;
}

function fromFile(path: string, note: (line: string) => void): MasterKey | undefined {
  try {
    const text = readFileSync(path, "utf8");
    const narrowed = takePrivate(path);
    if (narrowed !== undefined) note(narrowed);
    return parsed(text.trim(), path, "put the file back from a copy; do not delete it while it is the only one");
  } catch (error) {
    if (error instanceof SecretUnusable) throw error;
    if (hasCode(error, "ENOENT")) return undefined;
    throw unreadable(path, "read", error);
  }
}

function parsed(text: string, where: string, hint: string): MasterKey {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== KEY_BYTES || !/^[A-Za-z0-9+/]{43}=$/.test(text)) {
    const message = `${where} holds no master key, which is ${KEY_BYTES} bytes in base64`;
    throw new SecretUnusable({ code: "secret-key-garbled", message, hint });
  }
  const id = createHash("sha256").update("thalassa master key ").update(bytes).digest("hex").slice(0, 16);
  return { id, secret: createSecretKey(bytes) };
}

function unreadable(path: string, verb: string, cause: unknown): SecretUnusable {
  return new SecretUnusable({
    code: "secret-key-unreadable",
    message: `${path} cannot be ${verb}: ${reasonOf(cause)}`,
    hint: "run as the user who owns it, or put its rights back with chmod 600",
    cause,
  });
}
