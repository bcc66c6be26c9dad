import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { takeFileLock } from "#deploy/file-lock.ts";
import type { Client } from "#runtime/mod.ts";
import {
  ensureNextKey,
  KEY_VARIABLE,
  type KeyPlace,
  type MasterKey,
  OLD_KEY_VARIABLE,
  promoteNextKey,
} from "./master-key.ts";
import { seal } from "./seal.ts";
import { writeStored } from "./store.ts";
import { SecretUnusable } from "./unusable.ts";
import { markMaster, openVault, type Vault } from "./vault.ts";

/** What a rotation did. */
export type Rotated = {
  readonly keyId: string;
  /** How many secrets were sealed anew. */
  readonly resealed: number;
  /** Whether it went on with one that was cut off. */
  readonly resumed: boolean;
  readonly isGiven: boolean;
};

/** By then the bus has synced what it was sent, so that not even a power cut brings back what the old key sealed. Units: ms. */
const SYNCED_MS = 2_000;

/**
 * Seals every secret under a new master key: the one that the environment gives, else one made in the home. The old key
 * goes when nothing is sealed under it any more. Throws: SecretUnusable.
 * After a crash: both keys are known, everything opens, and the next call goes on where this one was cut off.
 */
export async function rotateMasterKey(client: Client, place: KeyPlace, syncedMs: number = SYNCED_MS): Promise<Rotated> {
  using lock = takeFileLock(join(place.root, "secrets.lock"));
  if (lock === undefined) throw rotating();
  const begun = await openWhole(client, place);
  const { given, next } = begun.keyring;
  if (given !== undefined) requireOther(begun, given);
  const key = given ?? ensureNextKey(place);
  const resealed = await resealAll(client, place, key);
  await delay(syncedMs);
  if (given === undefined) promoteNextKey(place.root);
  return { keyId: key.id, resealed, resumed: given === undefined && next !== undefined, isGiven: given !== undefined };
}

/**
 * Rotates a master key that the home keeps, once it is older than so many days; undefined where it is not, or where the
 * key is somebody else's to change. Throws: SecretUnusable.
 */
export async function rotateWhenOld(
  client: Client,
  place: KeyPlace,
  days: number,
  syncedMs: number = SYNCED_MS,
): Promise<Rotated | undefined> {
  const { stored, keyring } = await openVault(client, place);
  const { master } = stored;
  const isOurs = keyring.given === undefined && keyring.keys.some(({ id }) => id === master?.key);
  if (days === 0 || master === undefined || !isOurs || Date.now() - master.since <= days * DAY_MS) return undefined;
  return await rotateMasterKey(client, place, syncedMs);
}

const DAY_MS = 86_400_000;

/** Goes on until nothing is sealed under another key, whatever is set or removed meanwhile. */
async function resealAll(client: Client, place: KeyPlace, key: MasterKey): Promise<number> {
  let resealed = 0;
  while (true) {
    const vault = await openWhole(client, place);
    const others = vault.secrets.filter(({ name }) => vault.stored.entries.get(name)?.key !== key.id);
    if (vault.stored.master?.key === key.id && others.length === 0) return resealed;
    let after = await markMaster(client, vault.stored, key);
    for (const secret of others) {
      if (after === undefined) break;
      if (secret.type !== "open") continue;
      const { name, value, setAt = Date.now() } = secret;
      after = await writeStored(client, name, seal(name, value, key, setAt), after);
      if (after !== undefined) resealed++;
    }
  }
}

/** Throws: SecretUnusable when one of the secrets does not open, for its key must not go then. */
async function openWhole(client: Client, place: KeyPlace): Promise<Vault> {
  const vault = await openVault(client, place);
  for (const secret of vault.secrets) if (secret.type === "closed") throw secret.problem;
  return vault;
}

/** A key that the environment gives is changed there; without another one there is nothing to move to. */
function requireOther({ stored }: Vault, given: MasterKey): void {
  const isDone = [...stored.entries.values()].every((sealed) => sealed?.key === given.id);
  if (!isDone || stored.master?.key !== given.id) return;
  throw new SecretUnusable({
    code: "secret-key-given",
    message: `the master key is given by ${KEY_VARIABLE}, and everything is sealed under it already`,
    hint: `move it to ${OLD_KEY_VARIABLE}, put a new one (openssl rand -base64 32) in ${KEY_VARIABLE}, and rotate again; then drop the old one`,
  });
}

function rotating(): SecretUnusable {
  return new SecretUnusable({
    code: "secret-rotating",
    message: "another thalassa secret rotate runs on this home",
    hint: "wait for it; if it is killed, the next one goes on from there",
  });
}
