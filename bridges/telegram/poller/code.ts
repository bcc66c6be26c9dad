import { randomInt } from "node:crypto";

/** None of them looks like another one. */
const CHARACTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

const LENGTH = 8;

/** A code that people pass on, and nobody guesses while it counts. Shape: `K7QF2M4X`. */
export function newCode(): string {
  return Array.from({ length: LENGTH }, () => CHARACTERS[randomInt(CHARACTERS.length)]).join("");
}
