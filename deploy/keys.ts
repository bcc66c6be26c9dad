import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createUser, fromSeed } from "@nats-io/nkeys";
import { hasCode, reasonOf, ThalassaError } from "./errors.ts";
import { takePrivate } from "./privacy.ts";
import { createFile } from "./whole-file.ts";

/** One nkey user: what the server is told of it, and where its secret lies. */
export type Key = { readonly publicKey: string; readonly seedFile: string };

/** Called with each thing that was put right, for a person to read. */
type Note = (line: string) => void;

/** A seed that cannot be used: absent, unreadable, or no seed at all. */
class KeyUnusable extends ThalassaError<"key-missing" | "key-unreadable" | "key-garbled" | "key-misnamed"> {}

/** A user's name is its seed's file name and, in upper case, part of a variable of `nats.conf`. */
const NAME = /^[a-z][a-z0-9_]*$/;

/**
 * The users' keys, made where they are missing and never overwritten: processes that race end with the same key.
 * A seed that others may read is narrowed to mode 600, and `note` hears of it. Throws: KeyUnusable.
 */
export function ensureKeys<Name extends string>(
  keysDir: string,
  names: readonly Name[],
  note: Note = () => {},
): Readonly<Record<Name, Key>> {
  mkdirSync(keysDir, { recursive: true, mode: 0o700 });
  const keys = names.map((name) => {
    const seedFile = seedFileOf(keysDir, name);
    if (!existsSync(seedFile)) makeSeed(seedFile);
    return [name, { publicKey: publicKeyOf(readSeed(keysDir, name, note), seedFile), seedFile }] as const;
  });
  return Object.fromEntries(keys) as Record<Name, Key>;
}

/** One user's seed, as a client's authenticator takes it. Narrows and throws as `ensureKeys` does, but makes nothing. */
export function readSeed(keysDir: string, name: string, note: Note = () => {}): Uint8Array {
  const seedFile = seedFileOf(keysDir, name);
  const seed = new TextEncoder().encode(readSeedFile(seedFile, name).trim());
  publicKeyOf(seed, seedFile);
  narrow(seedFile, note);
  return seed;
}

/** The environment that `nats.conf` reads the users' public keys from. Shape: `{ THALASSA_NKEY_TAP: "UA…" }`. */
export function serverVariables(keys: Readonly<Record<string, Key>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(keys).map(([name, key]) => [`THALASSA_NKEY_${name.toUpperCase()}`, key.publicKey]),
  );
}

function seedFileOf(keysDir: string, name: string): string {
  if (NAME.test(name)) return join(keysDir, `${name}.nk`);
  throw new KeyUnusable({
    code: "key-misnamed",
    message: `${JSON.stringify(name)} cannot name a key`,
    hint: "use a lower-case letter, then lower-case letters, digits and _",
  });
}

/** One that somebody else has made meanwhile stays. */
function makeSeed(seedFile: string): void {
  const seed = new TextDecoder().decode(createUser().getSeed());
  try {
    createFile(seedFile, `${seed}\n`, { mode: 0o600 });
  } catch (error) {
    throw unreadable(seedFile, "made", error);
  }
}

function readSeedFile(seedFile: string, name: string): string {
  try {
    return readFileSync(seedFile, "utf8");
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw unreadable(seedFile, "read", error);
    throw new KeyUnusable({
      code: "key-missing",
      message: `there is no key for ${name}: ${seedFile} does not exist`,
      hint: "run thalassa up once here, which makes the keys, or name the folder that has them in THALASSA_KEYS",
      cause: error,
    });
  }
}

function unreadable(seedFile: string, verb: string, cause: unknown): KeyUnusable {
  return new KeyUnusable({
    code: "key-unreadable",
    message: `${seedFile} cannot be ${verb}: ${reasonOf(cause)}`,
    hint: "run as the user who owns it, or put its rights back with chmod 600",
    cause,
  });
}

function publicKeyOf(seed: Uint8Array, seedFile: string): string {
  try {
    const publicKey = fromSeed(seed).getPublicKey();
    if (publicKey.startsWith("U")) return publicKey;
    throw new Error("it is an nkey, but no user's");
  } catch (error) {
    throw new KeyUnusable({
      code: "key-garbled",
      message: `${seedFile} holds no seed of an nkey user`,
      hint: "put back the file it was, or delete it and restart thalassa up, which makes a new key",
      cause: error,
    });
  }
}

function narrow(seedFile: string, tell: Note): void {
  try {
    const note = takePrivate(seedFile);
    if (note !== undefined) tell(note);
  } catch (error) {
    throw unreadable(seedFile, "kept private", error);
  }
}
