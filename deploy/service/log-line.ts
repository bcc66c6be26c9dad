import { z } from "zod";
import { readChildLine } from "#deploy/child-line.ts";

/** What `up --json` says on its way out. */
const failureSchema = z.object({ error: z.object({ message: z.string(), hint: z.string().optional() }) });

/** A line that the service said, for people: when it was JSON, its time and its words. */
export function logLine(text: string): string {
  const { fields, message, level } = readChildLine(text);
  const failure = failureIn(text);
  if (failure !== undefined) return lineOf(50, [failure.message, failure.hint].filter(Boolean).join("; "));
  return lineOf(level, message, typeof fields.time === "number" ? fields.time : undefined);
}

/** A line that the service said, for programs: always an object. */
export function jsonLine(text: string): string {
  const { fields, message, level } = readChildLine(text);
  if (failureIn(text) !== undefined) return text;
  return JSON.stringify(Object.keys(fields).length === 0 ? { level, msg: message } : fields);
}

function lineOf(level: number, message: string, at?: number): string {
  // Swedes write dates as ISO does, in local time.
  const when = at === undefined ? "" : new Date(at).toLocaleString("sv");
  return `${when.padEnd(19)} ${level >= 50 ? "✖" : level >= 40 ? "!" : " "} ${message}`;
}

function failureIn(text: string): z.output<typeof failureSchema>["error"] | undefined {
  try {
    return failureSchema.parse(JSON.parse(text)).error;
  } catch {
    return undefined;
  }
}
