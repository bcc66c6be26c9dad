import { styleText } from "node:util";
import { harmless } from "#bridges/terminal/plain.ts";
import { clock } from "#bridges/terminal/tap-line.ts";
import { bytes } from "#deploy/table.ts";
import type { LogRecord } from "#runtime/mod.ts";
import { excerpt } from "#subjects/excerpt.ts";
import { type Executed, type ExecutorEvent, executorContract } from "#subjects/executor.ts";
import { readEvent } from "#subjects/mod.ts";
import type { OrderResult } from "#subjects/order.ts";

/** Longest part of a command that is shown. Units: UTF-16 units. */
const MAX_SHOWN = 160;

/** Something that happened in one environment. Units: `at` ms since 1970. */
export type Happening = { readonly seq: number; readonly at: number; readonly event: ExecutorEvent };

/** What happened in an environment, of all that happened on its host. */
export function storyOf(records: readonly LogRecord[], env: string): readonly Happening[] {
  return records.flatMap((record): Happening[] => {
    const event = readEvent(executorContract, record);
    if (event === undefined || !concerns(event, env)) return [];
    return [{ seq: record.seq, at: record.at, event }];
  });
}

/** The same in lines for people: what was ordered together with what came of it, and what has not ended yet. */
export function storyLines(story: readonly Happening[], env: string): readonly string[] {
  const ordered = new Map<string, Executed>();
  for (const { event } of story)
    if (event.type === "ordered") ordered.set(event.data.order.data.order, event.data.order);
  const ended = new Set(story.flatMap(({ event }) => endedIn(event)));
  return story.flatMap(({ at, event }) =>
    textsOf(event, env, ordered, ended).map((text) => `${styleText("dim", clock(at))} ${text}`),
  );
}

/** The orders whose end is told by an event; what was cut off by the end of its environment is told with that. */
function endedIn(event: ExecutorEvent): readonly string[] {
  if (event.type === "finished") return [event.data.order];
  return event.type === "lowered" ? event.data.unfinished.map(({ order }) => order) : [];
}

function concerns(event: ExecutorEvent, env: string): boolean {
  switch (event.type) {
    case "opened":
      return [...event.data.lowering, ...event.data.gone].some((each) => each.env === env);
    case "tended":
      return event.data.pruned.some((each) => each.env === env);
    case "ordered":
      return event.data.order.data.env === env;
    case "raising":
    case "raised":
    case "declined":
    case "finished":
    case "lowering":
    case "lowered":
      return event.data.env === env;
    default:
      return false;
  }
}

function textsOf(
  event: ExecutorEvent,
  env: string,
  ordered: ReadonlyMap<string, Executed>,
  ended: ReadonlySet<string>,
): readonly string[] {
  const came = ({ order, result }: { readonly order: string; readonly result: OrderResult }): string => {
    const what = ordered.get(order);
    return `${what === undefined ? order : whatOf(what)}: ${cameTo(result)}`;
  };
  switch (event.type) {
    case "raising": {
      const { cpus, memoryMb, diskMb, pids } = event.data.bounds;
      const bounds = `CPUs ${cpus}, memory ${memoryMb} MiB, disk ${diskMb} MiB, processes ${pids}`;
      return [`raising for ${event.data.by} with ${bounds}`];
    }
    case "raised":
      return [`up on ${event.data.engine}`, ...event.data.notes.map((note) => `note: ${harmless(note)}`)];
    case "declined":
      return [`declined: ${harmless(event.data.why)}`];
    case "ordered":
      return ended.has(event.data.order.data.order) ? [] : [`${whatOf(event.data.order)} … has not ended`];
    case "finished":
      return [came(event.data)];
    case "lowering":
      return [`letting go: ${harmless(event.data.why)}`];
    case "lowered":
      return [...event.data.unfinished.map(came), `gone; its workspace is ${event.data.keep ? "kept" : "thrown away"}`];
    case "opened": {
      const leaving = event.data.lowering.find((each) => each.env === env);
      return [leaving === undefined ? "its workspace was found gone" : `letting go: ${harmless(leaving.why)}`];
    }
    case "tended":
      return [`by a rule: ${event.data.pruned.find((each) => each.env === env)?.why ?? "it is let go"}`];
    default:
      return [];
  }
}

/** Shape: `$ npm test`, `write src/a.ts`, `preview of port 8080`. */
function whatOf({ verb, data }: Executed): string {
  switch (verb) {
    case "exec":
      return `$ ${short(data.argv.at(0) === "bash" ? (data.argv.at(-1) ?? "") : data.argv.join(" "))}`;
    case "file":
      return `${data.does.type} ${short(data.does.path)}`;
    case "get":
    case "put":
      return `${verb} ${short(data.path)}`;
    case "preview":
      return `preview of port ${data.port}`;
    case "admit":
      return `admit ${short(data.hosts.join(", "))}`;
    case "kill":
      return `end ${data.of}`;
  }
}

function cameTo(result: OrderResult): string {
  switch (result.type) {
    case "exec": {
      const took = result.ms === 0 ? "" : ` after ${(result.ms / 1_000).toFixed(1)} s`;
      const wrote = bytes(result.stdout.bytes + result.stderr.bytes);
      const end = result.how === "ended" ? `exit code ${result.code}` : result.how;
      return `${end}${took}, wrote ${wrote}`;
    }
    case "artifact":
      return `${result.artifact.name}, ${bytes(result.artifact.bytes)}`;
    case "preview":
      return result.url;
    case "failed":
      return `${result.code}: ${short(result.text)}`;
    case "file":
    case "done":
      return short(result.text.split("\n")[0] ?? "");
  }
}

function short(text: string): string {
  return excerpt(harmless(text), MAX_SHOWN);
}
