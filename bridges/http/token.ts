import { createHash, randomBytes } from "node:crypto";

/** Marks our tokens, so that scanners for leaked secrets can know them. */
const PREFIX = "tha_";

const TOKEN = /^tha_[A-Za-z0-9_-]{43}$/;

/** A new token: 256 bits of chance. Shape: `tha_` and 43 characters of base64url. */
export function newToken(): string {
  return `${PREFIX}${randomBytes(32).toString("base64url")}`;
}

/** Whether a text could be a token at all. */
export function isTokenShaped(text: string): boolean {
  return TOKEN.test(text);
}

/** What is stored of a token. With 256 bits of chance in it, it needs no salt and no slow hash. */
export function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
