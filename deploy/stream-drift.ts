import { isDeepStrictEqual } from "node:util";

/**
 * The fields in which what the server has lacks what is wanted, by name. It adds fields of its own, and leaves out what
 * is off.
 */
export function driftOf(have: object, want: object): readonly string[] {
  const fields: Readonly<Record<string, unknown>> = { ...have };
  return Object.entries(want).flatMap(([key, value]) => (holds(fields[key], value) ? [] : [key]));
}

function holds(have: unknown, want: unknown): boolean {
  if (want === false) return have === undefined || have === false;
  if (Array.isArray(want)) {
    return Array.isArray(have) && have.length === want.length && want.every((item, at) => holds(have[at], item));
  }
  if (typeof want !== "object" || want === null) return isDeepStrictEqual(have, want);
  return driftOf(typeof have === "object" && have !== null ? have : {}, want).length === 0;
}
