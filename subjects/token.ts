/** Longest token the bus carries, in characters after escaping; keeps a whole subject far below the server's 4 KiB line. */
export const MAX_TOKEN = 240;

const TOKEN = /^(?:[A-Za-z0-9_-]|=[0-9A-F]{2})+$/;

/** Says which outside id cannot stand on a subject, and why. */
export class BadToken extends Error {
  readonly code = "bad-token";
  constructor(text: string, reason: string) {
    super(`${JSON.stringify(text.slice(0, 80))} cannot be an id: ${reason}`);
    this.name = "BadToken";
  }
}

/**
 * Writes any outside id as one legal subject token and KV key; `decodeToken` gives it back.
 * Shape: letters, digits, `_` and `-` stay; any other UTF-8 byte becomes `=XX`: `"a.b"` is `a=2Eb`.
 * Throws: BadToken when it is empty, not well-formed Unicode, or longer than `MAX_TOKEN` once escaped.
 */
export function encodeToken(outside: string): string {
  if (outside === "") throw new BadToken(outside, "it is empty; give it at least one character");
  if (!outside.isWellFormed()) throw new BadToken(outside, "it is not well-formed Unicode");
  const token = outside.replace(/[^A-Za-z0-9_-]/gu, escapeCharacter);
  if (token.length > MAX_TOKEN) throw new BadToken(outside, `it needs ${token.length} characters of ${MAX_TOKEN}`);
  return token;
}

/** Gives the outside id behind a token. Throws: BadToken when the text is no token or its bytes are no UTF-8. */
export function decodeToken(token: string): string {
  if (!isToken(token)) throw new BadToken(token, "a token has only letters, digits, _ - and =XX");
  const bytes = Buffer.from(
    token.replace(/=([0-9A-F]{2})|(.)/g, (_, hex: string | undefined, plain: string | undefined) =>
      hex === undefined ? (plain ?? "").charCodeAt(0).toString(16).padStart(2, "0") : hex,
    ),
    "hex",
  );
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new BadToken(token, "its =XX bytes are not UTF-8");
  }
}

/** Whether the text can stand as one token of a subject. */
export function isToken(text: string): boolean {
  return text.length <= MAX_TOKEN && TOKEN.test(text);
}

function escapeCharacter(character: string): string {
  return [...new TextEncoder().encode(character)]
    .map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, "0")}`)
    .join("");
}
