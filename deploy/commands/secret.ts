import { connectAs, findBus } from "#deploy/access.ts";
import { keysHere } from "#deploy/secrets/here.ts";
import { KEY_VARIABLE, OLD_KEY_VARIABLE } from "#deploy/secrets/master-key.ts";
import { isNeededBy, meantBy, requireName } from "#deploy/secrets/names.ts";
import { rotateMasterKey } from "#deploy/secrets/rotate.ts";
import { SECRET_TITLES, secretRow, shownMaster, shownSecrets } from "#deploy/secrets/shown.ts";
import { typedSecret } from "#deploy/secrets/typed.ts";
import { openVault, problemsIn, removeSecret, setSecret } from "#deploy/secrets/vault.ts";
import { duration, table } from "#deploy/table.ts";
import { KINDS, OPERATOR } from "#subjects/mod.ts";

type Options = { readonly json?: true };

/** Lists the secrets, without a value; the master key comes last. */
export async function listAll(options: Options): Promise<number> {
  await using client = await connectAs(OPERATOR, findBus());
  const vault = await openVault(client, keysHere(complain));
  const secrets = shownSecrets(vault.secrets, process.env);
  const master = shownMaster(vault);
  if (options.json) {
    for (const secret of secrets) print(JSON.stringify(secret));
    if (master !== undefined) print(JSON.stringify({ master }));
    return 0;
  }
  if (secrets.length === 0) print("No secrets: thalassa secret set NAME keeps one.");
  else for (const line of table(SECRET_TITLES, secrets.map(secretRow))) print(line);
  if (master !== undefined) {
    const remark = master.overdue ? "; overdue: thalassa secret rotate" : "";
    print(`\nmaster key ${master.keyId}, from ${master.from}, for ${duration(master.ageMs)}${remark}`);
  }
  for (const { message, hint } of problemsIn(vault.secrets)) complain(`${message}\n${hint}`);
  return 0;
}

/** Keeps a secret. */
export async function set(name: string, given: string | undefined, options: Options): Promise<number> {
  requireName(name);
  if (given !== undefined && given !== "-") {
    complain("the value stands in the history of this shell now; leave it out, and it is asked for without showing it");
  }
  const value =
    given === undefined || given === "-"
      ? await typedSecret(name, given === "-", `thalassa secret set ${name}`)
      : given;
  await using client = await connectAs(OPERATOR, findBus());
  await setSecret(client, keysHere(complain), name, value);
  const kinds = KINDS.map(({ kind }) => kind).filter((kind) => isNeededBy(kind, name));
  const effect =
    kinds.length === 0
      ? "no process of this version asks for it"
      : `processes of ${kinds.join(", ")} get it when thalassa up is started anew`;
  print(
    options.json ? JSON.stringify({ name, set: true, kinds }) : `${name} is sealed in SECRETS on the bus; ${effect}`,
  );
  if (options.json) return 0;
  const meant = meantBy(name);
  if (meant !== undefined) complain(`did you mean ${meant}? thalassa secret rm ${name} takes this one away`);
  if (process.env[name]) complain(`${name} is set in this environment too; where thalassa up has it, that one wins`);
  return 0;
}

/** Forgets a secret. */
export async function remove(name: string, options: Options): Promise<number> {
  await using client = await connectAs(OPERATOR, findBus());
  await removeSecret(client, name);
  const told = `${name} is gone from the bus; processes that have it keep it until thalassa up is started anew`;
  print(options.json ? JSON.stringify({ name, removed: true }) : told);
  return 0;
}

/** Seals everything under a new master key. */
export async function rotate(options: Options): Promise<number> {
  await using client = await connectAs(OPERATOR, findBus());
  const place = keysHere(complain);
  const { keyId, resealed, resumed, isGiven } = await rotateMasterKey(client, place);
  if (options.json) {
    print(JSON.stringify({ master: keyId, resealed, resumed }));
    return 0;
  }
  const how = resumed ? "the rotation that was cut off is done" : "rotated";
  print(`${how}: ${resealed} sealed anew under master key ${keyId}`);
  const rest = isGiven
    ? `${OLD_KEY_VARIABLE} is needed no more; every host needs this ${KEY_VARIABLE}`
    : "other hosts need a copy of secrets.key, and so does whoever keeps the backups";
  print(`${rest}. Processes that run are not concerned.`);
  return 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(line: string): void {
  process.stderr.write(`thalassa: ${line}\n`);
}
