import type { Client } from "#runtime/mod.ts";
import { MASTER_ENTRY, type Sealed } from "#subjects/secret.ts";
import { ensureKeyring, type KeyPlace, type Keyring, type MasterKey, missing, readKeyring } from "./master-key.ts";
import { requireName, requireValue } from "./names.ts";
import { open, seal } from "./seal.ts";
import { readStored, type Stored, writeStored } from "./store.ts";
import { garbled, SecretUnusable, sealedElsewhere } from "./unusable.ts";

/** Seals a secret and stores it. Makes the master key where nothing was ever sealed. Throws: SecretUnusable. */
export async function setSecret(client: Client, place: KeyPlace, name: string, value: string): Promise<void> {
  requireName(name);
  requireValue(name, value);
  while (true) {
    const stored = await readStored(client);
    const keyring = stored.entries.size === 0 ? ensureKeyring(place) : readKeyring(place);
    const key = sealingKey(stored, keyring);
    if (key === undefined) {
      // A rotation may have ended between the two reads.
      if ((await readStored(client)).seq !== stored.seq) continue;
      throw keyless(stored, keyring);
    }
    const after = await markMaster(client, stored, key);
    if (after === undefined) continue;
    const written = await writeStored(client, name, seal(name, value, key, Date.now()), after);
    if (written !== undefined) return;
  }
}

/** Takes a secret away, also one that does not open. Throws: SecretUnusable when there is none. */
export async function removeSecret(client: Client, name: string): Promise<void> {
  requireName(name);
  for (let tries = 0; ; tries++) {
    const { entries, seq } = await readStored(client);
    if (!entries.has(name)) {
      // An answer that was lost on the way leaves us to find it gone.
      if (tries > 0) return;
      throw new SecretUnusable({
        code: "secret-missing",
        message: `there is no secret ${name} on the bus`,
        hint: "thalassa secret list shows those there are",
      });
    }
    if ((await writeStored(client, name, undefined, seq)) !== undefined) return;
  }
}

/** A stored secret: what it holds, or why that cannot be told. Units: `setAt` ms since 1970. */
export type Unsealed = { readonly name: string; readonly setAt: number | undefined } & (
  | { readonly type: "open"; readonly value: string }
  | { readonly type: "closed"; readonly problem: SecretUnusable }
);

/** What lies on the bus, opened with the keys that are here. */
export type Vault = { readonly stored: Stored; readonly keyring: Keyring; readonly secrets: readonly Unsealed[] };

/** Opens those that are wanted, as far as they open. Throws: SecretUnusable when the master key itself cannot be read. */
export async function openVault(client: Client, place: KeyPlace, isWanted: Wanted = () => true): Promise<Vault> {
  const vault = await tryOpen(client, place, isWanted);
  // A rotation that ended between the two reads looks like a key that is not here.
  return vault.secrets.some(isClosed) ? await tryOpen(client, place, isWanted) : vault;
}

type Wanted = (name: string) => boolean;

async function tryOpen(client: Client, place: KeyPlace, isWanted: Wanted): Promise<Vault> {
  const stored = await readStored(client);
  const keyring = readKeyring(place);
  const wanted = [...stored.entries].filter(([name]) => isWanted(name));
  const secrets = wanted.map(([name, sealed]) => unseal(name, sealed, keyring));
  return { stored, keyring, secrets: secrets.toSorted((one, other) => one.name.localeCompare(other.name)) };
}

/** Why some do not open, each reason once: without its key none does. */
export function problemsIn(secrets: readonly Unsealed[]): readonly SecretUnusable[] {
  const problems = secrets.flatMap((secret) => (secret.type === "closed" ? [secret.problem] : []));
  return [...new Map(problems.map((problem) => [problem.message, problem])).values()];
}

/** Says which key seals from now on; gives the newest seq then, undefined when somebody else wrote meanwhile. */
export async function markMaster(client: Client, stored: Stored, key: MasterKey): Promise<number | undefined> {
  if (stored.master?.key === key.id) return stored.seq;
  return await writeStored(client, MASTER_ENTRY, { key: key.id, since: Date.now() }, stored.seq);
}

/** The key that the bus says seals; undefined where it is not here. */
function sealingKey({ master, entries }: Stored, { keys }: Keyring): MasterKey | undefined {
  const wanted = master?.key ?? [...entries.values()].find((entry) => entry !== undefined)?.key;
  const key = wanted === undefined ? keys[0] : keys.find(({ id }) => id === wanted);
  // With all that it sealed removed, a lost key is missed by nobody.
  return key ?? (entries.size === 0 ? keys[0] : undefined);
}

/** Why nothing can be sealed that others would open. */
function keyless({ master }: Stored, { keys, path }: Keyring): SecretUnusable {
  if (keys.length === 0) return missing(path);
  return sealedElsewhere("the secrets on the bus are sealed", master?.key ?? "of another home", path);
}

function unseal(name: string, sealed: Sealed | undefined, { keys, path }: Keyring): Unsealed {
  const setAt = sealed?.setAt;
  if (sealed === undefined) return { name, setAt, type: "closed", problem: garbled(name) };
  if (keys.length === 0) return { name, setAt, type: "closed", problem: missing(path) };
  const opened = open(name, sealed, keys);
  if (opened.type === "open") return { name, setAt, type: "open", value: opened.value };
  if (opened.type === "garbled") return { name, setAt, type: "closed", problem: garbled(name) };
  return { name, setAt, type: "closed", problem: sealedElsewhere(`the secret ${name} is sealed`, opened.key, path) };
}

function isClosed({ type }: Unsealed): boolean {
  return type === "closed";
}
