import type { Home } from "#deploy/home.ts";
import { OVERDUE_MS, shownMaster, shownSecrets } from "#deploy/secrets/shown.ts";
import { openVault, problemsIn, type Vault } from "#deploy/secrets/vault.ts";
import { duration } from "#deploy/table.ts";
import { listTokens } from "#deploy/tokens.ts";
import type { Client } from "#runtime/mod.ts";
import { bad, type Finding, good, warn } from "./finding.ts";

/** Every secret opens with the keys that are here, no other user can read those, and nothing is older than it should be. */
export async function checkSecrets(
  client: Client,
  { root }: Pick<Home, "root">,
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly Finding[]> {
  const notes: string[] = [];
  const vault = await openVault(client, { root, env, note: (line) => notes.push(line) });
  const closed = problemsIn(vault.secrets).map(({ message, hint }) => bad("secrets", message, hint));
  const open = notes.map((note) =>
    warn("secrets", note, "whoever read it may open every secret: thalassa secret rotate, then renew them all"),
  );
  const tokens = await checkTokens(client);
  return [...closed, ...open, ...checkKeys(vault), ...checkAges(vault, env), ...tokens, ...summary(vault)];
}

/** The key that the bus says seals is one that is here, and no rotation was left half done. */
function checkKeys({ stored, keyring, secrets }: Vault): readonly Finding[] {
  const { master } = stored;
  const isHere = master === undefined || keyring.keys.some(({ id }) => id === master.key);
  const absent = bad(
    "secrets",
    `secrets are sealed under master key ${master?.key}, which is not here`,
    `copy ${keyring.path} from the host where it was made or rotated last`,
  );
  const cut = warn("secrets", "a rotation of the master key was cut off; nothing is lost", "thalassa secret rotate");
  const isTold = secrets.every(({ type }) => type === "closed");
  return [...(isHere || isTold ? [] : [absent]), ...(keyring.next === undefined ? [] : [cut])];
}

function checkAges(vault: Vault, env: NodeJS.ProcessEnv): readonly Finding[] {
  const master = shownMaster(vault);
  const ours = master?.overdue
    ? [warn("secrets", `the master key is ${duration(master.ageMs)} old`, "thalassa secret rotate makes a new one")]
    : [];
  const others = shownSecrets(vault.secrets, env).flatMap(({ name, overdue, ageMs = 0 }) =>
    overdue
      ? [
          warn(
            "secrets",
            `${name} was set ${duration(ageMs)} ago`,
            `have another one issued where it is from, then thalassa secret set ${name}`,
          ),
        ]
      : [],
  );
  return [...ours, ...others];
}

async function checkTokens(client: Client): Promise<readonly Finding[]> {
  const old = (await listTokens(client)).filter(({ createdAt }) => Date.now() - createdAt > OVERDUE_MS);
  return old.map(({ name, createdAt }) =>
    warn(
      "secrets",
      `the token ${name} for HTTP was made ${duration(Date.now() - createdAt)} ago`,
      `make its holder another one with thalassa token create, then thalassa token revoke ${name}`,
    ),
  );
}

function summary(vault: Vault): readonly Finding[] {
  const { secrets } = vault;
  if (secrets.length === 0) return [good("secrets", "none is kept on the bus")];
  const master = shownMaster(vault);
  const opened = secrets.filter(({ type }) => type === "open").length;
  const under =
    master === undefined ? "" : `; master key ${master.keyId} from ${master.from}, for ${duration(master.ageMs)}`;
  return opened === 0 ? [] : [good("secrets", `${opened} of ${secrets.length} open${under}`)];
}
