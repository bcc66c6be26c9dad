import type { Moment } from "#subjects/mod.ts";
import { BadUse } from "./failure.ts";

/** Reads of when a person wants to know: a sequence, or a time as ISO 8601 has it. Throws: BadUse. */
export function momentOf(text: string): Moment {
  if (/^\d{1,15}$/.test(text)) return { seq: Number(text) };
  const time = /^\d{4}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return { time };
  throw new BadUse(
    `${text} is neither a sequence nor a time`,
    "use a number that the log shows after #, or a time such as 2026-11-21T08:30 (yours) or 2026-11-21T08:30Z",
  );
}
