import { z } from "zod";

/** Where the hashes of HTTP tokens lie; a token itself lies nowhere. Shape of a key: `token.<SHA-256 in hex>`. */
export const TOKEN_KEYS = { bucket: "SECRETS", prefix: "token" } as const;

/** What the holder of a token may do. */
export const ROLES = ["user", "owner"] as const;

/** A token's name speaks for its holder in logs: `who` is `{ party: "http", id: <name> }`. */
export const TOKEN_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/**
 * What is known of a token, stored under its hash. Units: `createdAt` ms since 1970.
 * Shape: `{ "name": "ci", "role": "user", "createdAt": 1790000000000 }`.
 */
export const tokenSchema = z.object({
  name: z.string().regex(TOKEN_NAME),
  role: z.enum(ROLES),
  createdAt: z.number().int(),
});

/** The holder of a token. */
export type TokenHolder = z.output<typeof tokenSchema>;

/** Key of a token's entry. */
export function tokenKey(hashHex: string): string {
  return `${TOKEN_KEYS.prefix}.${hashHex}`;
}
