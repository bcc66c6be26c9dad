import { REMEMBERED_MS } from "#bridges/http/holders.ts";
import { connectAs, findBus } from "#deploy/access.ts";
import { table } from "#deploy/table.ts";
import { createToken, listTokens, revokeToken } from "#deploy/tokens.ts";
import type { TokenHolder } from "#subjects/http-token.ts";
import { OPERATOR } from "#subjects/mod.ts";

type Options = { readonly json?: true };

/** Makes a token; it goes to standard output alone, so that a script can take it. */
export async function create(name: string, options: Options & { readonly role: TokenHolder["role"] }): Promise<number> {
  const { role } = options;
  await using client = await connectAs(OPERATOR, findBus());
  const token = await createToken(client, name, role);
  print(options.json ? JSON.stringify({ name, role, token }) : token);
  if (!options.json) process.stderr.write("keep it now: only its hash is stored, and it is not shown again\n");
  return 0;
}

/** Lists the tokens. */
export async function listAll(options: Options): Promise<number> {
  await using client = await connectAs(OPERATOR, findBus());
  const tokens = await listTokens(client);
  if (options.json) {
    for (const { hash: _, ...token } of tokens) print(JSON.stringify(token));
    return 0;
  }
  if (tokens.length === 0) {
    print("No tokens: thalassa token create NAME makes one.");
    return 0;
  }
  const rows = tokens.map(({ name, role, createdAt }) => [name, role, new Date(createdAt).toISOString().slice(0, 19)]);
  for (const line of table(["NAME", "ROLE", "SINCE"], rows)) print(line);
  return 0;
}

/** Ends a token. */
export async function revoke(name: string, options: Options): Promise<number> {
  await using client = await connectAs(OPERATOR, findBus());
  const count = await revokeToken(client, name);
  const told = `${name} is let in no more, at the latest in ${REMEMBERED_MS / 1_000} s`;
  print(options.json ? JSON.stringify({ name, revoked: count }) : told);
  return 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
