import { styleText } from "node:util";
import type { LogRecord } from "#runtime/mod.ts";
import { excerpt } from "#subjects/excerpt.ts";
import type { Approval } from "#subjects/job.ts";
import { personText } from "#subjects/job-verbs.ts";
import { readEvent } from "#subjects/mod.ts";
import { type WorkerEvent, workerContract } from "#subjects/worker.ts";
import { harmless } from "./plain.ts";
import { clock } from "./tap-line.ts";

/** Most lines of an output that are shown, and the longest of them. Units: lines, UTF-16 units. */
const SHOWN = { lines: 12, width: 200 } as const;

/** One record of a job's log as people read it; none for what only machines need. */
export function storyLines(record: LogRecord): readonly string[] {
  const event = readEvent(workerContract, record);
  const told = event === undefined ? [] : linesOf(event);
  const [first, ...rest] = told;
  if (first === undefined) return [];
  const head = `${styleText("dim", clock(record.at))} ${styleText(colourOf(record.event), record.event.padEnd(9))}`;
  return [`${head} ${first}`, ...rest.map((line) => `    ${line}`)];
}

/** What a record asks an owner to allow. */
export function asksIn(record: LogRecord): readonly Approval[] {
  const event = readEvent(workerContract, record);
  if (event?.type === "requested") return event.data.approval === undefined ? [] : [event.data.approval];
  return event?.type === "thought" ? (event.data.asks ?? []).map(({ approval }) => approval) : [];
}

/** What somebody is asked to allow: all of it, for nobody may allow what they have not seen. */
export function approvalLines({ id, what, why, until }: Approval): readonly string[] {
  const end = new Date(until).toISOString().slice(0, 16).replace("T", " ");
  return [`${styleText("yellow", id)} ${harmless(why)} (until ${end} UTC)`, ...indented(harmless(what).split("\n"))];
}

function linesOf(event: WorkerEvent): readonly string[] {
  switch (event.type) {
    case "requested": {
      const { job, approval } = event.data;
      const { type, text } = job.assignment;
      const [first = "", ...rest] = harmless(text).split("\n");
      const begun = `${type} by ${harmless(personText(job.who))}: ${first}`;
      return [begun, ...rest, ...(approval === undefined ? [] : approvalLines(approval))];
    }
    case "approved":
      return [`${event.data.approval} by ${harmless(personText(event.data.who))}`];
    case "denied":
      return [`${event.data.approval} ${because(event.data)}`];
    case "started":
      return [`it may take ${Math.round(event.data.limitMs / 60_000)} min`];
    case "placed":
      return [`on host ${event.data.host}`];
    case "attached":
      return [`environment of ${event.data.engine} on ${event.data.host}`, ...commandOf(event.data.order)];
    case "detached":
      return [harmless(event.data.why)];
    case "thought":
      return thoughtLines(event.data);
    case "used":
      return [event.data.failed ? "it came to nothing" : "it brought", ...beginning(event.data.text)];
    case "told":
      return spoken(event.data.text, event.data.who === undefined ? "" : `${personText(event.data.who)}: `);
    case "renewed":
      return [`it goes on as a new job, for ${harmless(personText(event.data.who))}`];
    case "aborting":
    case "aborted":
      return [because(event.data)];
    case "completed":
      return beginning(event.data.text);
    case "failed":
      return beginning(event.data.reason);
    default:
      return [];
  }
}

function thoughtLines({ content, asks = [] }: Extract<WorkerEvent, { type: "thought" }>["data"]): readonly string[] {
  const parts = content.flatMap((part): readonly string[] => {
    if (part.type === "text") return part.text.trim() === "" ? [] : spoken(part.text.trim());
    if (part.type === "tool-call") return [`→ ${part.name} ${inputOf(part.input)}`];
    return part.type === "malformed-call" ? [`→ ${part.name} ${short(part.raw)} ✗`] : [];
  });
  return [...parts, ...asks.flatMap(({ approval }) => approvalLines(approval))];
}

/** Shape: `$ npm test` of a line of shell, else the call's fields as JSON. */
function inputOf(input: unknown): string {
  const isLine = typeof input === "object" && input !== null && "command" in input && typeof input.command === "string";
  return isLine ? `$ ${short(`${input.command}`)}` : short(JSON.stringify(input) ?? "");
}

function commandOf(order: Extract<WorkerEvent, { type: "attached" }>["data"]["order"]): readonly string[] {
  return order?.verb === "exec" ? [`$ ${short(order.data.argv.at(-1) ?? "")}`] : [];
}

function because({ who, why }: { readonly who: Parameters<typeof personText>[0]; readonly why: string }): string {
  return `by ${harmless(personText(who))}${why === "" ? "" : `: ${short(why)}`}`;
}

function spoken(text: string, by = ""): readonly string[] {
  return harmless(`${by}${text}`).split("\n");
}

/** The first lines of what may be long, and how many are left out. */
function beginning(text: string): readonly string[] {
  const lines = harmless(text).trimEnd().split("\n");
  const shown = lines.slice(0, SHOWN.lines).map(cut);
  const left = lines.length - shown.length;
  return left > 0 ? [...shown, styleText("dim", `… ${left} ${left === 1 ? "line" : "lines"} more`)] : shown;
}

function cut(line: string): string {
  return line.length > SHOWN.width ? `${line.slice(0, SHOWN.width - 1)}…` : line;
}

function short(text: string): string {
  return excerpt(harmless(text), SHOWN.width);
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

function colourOf(event: string): Parameters<typeof styleText>[0] {
  if (event === "failed" || event === "aborted" || event === "aborting" || event === "denied") return "red";
  if (event === "completed") return "green";
  return event === "told" || event === "requested" ? "cyan" : "yellow";
}
