import { styleText } from "node:util";
import type { LogRecord } from "#runtime/mod.ts";
import { harmless } from "./plain.ts";
import { saying } from "./saying.ts";

/** The lines of a record in somebody's history: when, where it stands, what happened; all of its words. */
export function logLines(record: LogRecord): readonly string[] {
  const at = new Date(record.at).toISOString().replace("T", " ").replace("Z", "");
  const [first = "", ...rest] = harmless(saying(JSON.stringify(record.data) ?? "")).split("\n");
  const head = `${styleText("dim", at)} ${styleText("dim", `#${record.seq}`)} ${styleText(colourOf(record.event), record.event)}`;
  return [`${head} ${first}`, ...rest.map((line) => `    ${line}`)];
}

function colourOf(event: string): Parameters<typeof styleText>[0] {
  if (event === "failed" || event === "stopped") return "red";
  if (event === "heard" || event === "told") return "cyan";
  return event === "said" || event === "concluded" ? "green" : "yellow";
}
