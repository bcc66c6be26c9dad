import { telegramContract } from "#subjects/telegram.ts";

/** Kinds that speak with an outside party; all others stand among the actors. */
const BRIDGES: ReadonlySet<string> = new Set([telegramContract.kind]);

/** The folder of a kind's code. Shape: `actors/channel`, `bridges/telegram`. */
export function kindRoom(kind: string): string {
  return `${BRIDGES.has(kind) ? "bridges" : "actors"}/${kind}`;
}
