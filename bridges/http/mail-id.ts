import { createHash } from "node:crypto";
import { Problem } from "./problem.ts";

/** A key that may stand in a header of the bus as it is. */
const PLAIN = /^(?!sha256-)[\x21-\x7e]{1,128}$/;

/** Longest key that is taken. Units: characters. */
const MAX_KEY = 1_024;

/**
 * The id of the mail that a token means by a key: the same for ever, and another token's key is another mail.
 * Shape: `http:ci:build-4711`; a key that would not fit a header goes by its hash, `http:ci:sha256-…`. Throws: Problem.
 */
export function mailIdOf(tokenName: string, key: string): string {
  if (key.trim() === "" || key.length > MAX_KEY) {
    throw new Problem("bad-key", `The Idempotency-Key has ${key.length} characters.`);
  }
  return `http:${tokenName}:${PLAIN.test(key) ? key : `sha256-${digestOf(key)}`}`;
}

/** What a text comes to, for whoever compares it but need not keep it. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
