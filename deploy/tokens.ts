import { type KV, Kvm } from "@nats-io/kv";
import { hashOf, newToken } from "#bridges/http/token.ts";
import type { Client } from "#runtime/mod.ts";
import { openBucket } from "#runtime/nats-bus.ts";
import { TOKEN_KEYS, TOKEN_NAME, type TokenHolder, tokenKey, tokenSchema } from "#subjects/http-token.ts";
import { ThalassaError } from "./errors.ts";

/** A token as it can be known: by its holder, and the hash it is stored under. */
export type KnownToken = TokenHolder & { readonly hash: string };

/** A token that cannot be made or found. */
export class TokenUnusable extends ThalassaError<"token-exists" | "token-missing" | "token-misnamed"> {}

/** Makes a token and gives it, the one time it can be seen. Needs the operator's connection. Throws: TokenUnusable. */
export async function createToken(client: Client, name: string, role: TokenHolder["role"]): Promise<string> {
  if (!TOKEN_NAME.test(name)) {
    throw new TokenUnusable({
      code: "token-misnamed",
      message: `${JSON.stringify(name)} cannot name a token`,
      hint: "use lower-case letters, digits, - and _: up to 64, for example ci",
      exitCode: 2,
    });
  }
  if ((await listTokens(client)).some((token) => token.name === name)) {
    throw new TokenUnusable({
      code: "token-exists",
      message: `there is a token ${name} already, and it cannot be shown again`,
      hint: `choose another name, or end that one first with thalassa token revoke ${name}`,
    });
  }
  const token = newToken();
  await putToken(client, token, { name, role, createdAt: Date.now() });
  return token;
}

/** Every token that is known, oldest first. */
export async function listTokens(client: Client): Promise<readonly KnownToken[]> {
  const bucket = await open(client);
  const tokens: KnownToken[] = [];
  for await (const key of await bucket.keys(`${TOKEN_KEYS.prefix}.>`)) {
    const entry = await bucket.get(key);
    const { data } = tokenSchema.safeParse(entry?.operation === "PUT" ? entry.json() : undefined);
    if (data !== undefined) tokens.push({ ...data, hash: key.slice(TOKEN_KEYS.prefix.length + 1) });
  }
  return tokens.toSorted((one, other) => one.createdAt - other.createdAt);
}

/** Ends every token of a name; gives how many there were. Throws: TokenUnusable when there was none. */
export async function revokeToken(client: Client, name: string): Promise<number> {
  const named = (await listTokens(client)).filter((token) => token.name === name);
  if (named.length === 0) {
    throw new TokenUnusable({
      code: "token-missing",
      message: `there is no token ${JSON.stringify(name)}`,
      hint: "thalassa token list shows those there are",
    });
  }
  const bucket = await open(client);
  for (const { hash } of named) await bucket.delete(tokenKey(hash));
  return named.length;
}

/** What the bus knows of a token: `lost` when it never heard of it. */
export async function standingOf(client: Client, token: string): Promise<"known" | "revoked" | "lost"> {
  const entry = await (await open(client)).get(tokenKey(hashOf(token)));
  if (entry === null) return "lost";
  return entry.operation === "PUT" ? "known" : "revoked";
}

/** Stores what is to be known of a token. */
export async function putToken(client: Client, token: string, holder: TokenHolder): Promise<void> {
  await (await open(client)).put(tokenKey(hashOf(token)), JSON.stringify(tokenSchema.parse(holder)));
}

function open(client: Client): Promise<KV> {
  return openBucket(new Kvm(client.wire.js), TOKEN_KEYS.bucket);
}
