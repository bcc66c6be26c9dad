import { z } from "zod";

/** A line that a process of a kind wrote. Units: `level` as pino counts it: 30 info, 40 warn, 50 error. */
export type SaidByChild = {
  readonly level: number;
  readonly event?: string;
  readonly message: string;
  /** All of the line, where it was JSON. */
  readonly fields: Readonly<Record<string, unknown>>;
};

/** What pino writes, as far as it is read. */
const lineSchema = z.looseObject({
  level: z.number(),
  msg: z.string().default(""),
  event: z.string().optional(),
  err: z.looseObject({ message: z.string() }).optional(),
});

/** Reads a line of JSON; anything else is taken as information in its own words. */
export function readChildLine(text: string): SaidByChild {
  const { success, data } = lineSchema.safeParse(asJson(text));
  if (!success) return { level: 30, message: text, fields: {} };
  const { level, event, msg, err } = data;
  const cause = err === undefined || msg.includes(err.message) ? "" : `: ${err.message}`;
  return { level, message: `${msg}${cause}`, fields: data, ...(event === undefined ? {} : { event }) };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
