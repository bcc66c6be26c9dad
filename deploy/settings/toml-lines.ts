import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "smol-toml";
import type { Value } from "./setting.ts";

/** Where a value stands in its file. Shape: `["agents", "helper", "chat", "channel"]`. */
export type TomlPath = readonly string[];

/** A line that says something: a table's head, or a key with its value. */
type Line = { readonly at: number; readonly type: "head" | "entry"; readonly path: TomlPath };

const BARE = /^[A-Za-z0-9_-]+$/;

/** The line, counted from 1, on which a path is set or the table begins that holds it. */
export function lineOf(text: string, path: TomlPath): number | undefined {
  const holders = linesOf(text).filter((line) => line.path.every((part, depth) => part === path[depth]));
  const best = holders.reduce<Line | undefined>(
    (deepest, line) => (line.path.length >= (deepest?.path.length ?? 0) ? line : deepest),
    undefined,
  );
  return best && best.at + 1;
}

/**
 * The text with that one value set and every other line as it was; undefined where it is written in a form that is not
 * ours to edit, such as an inline table.
 */
export function withValue(text: string, path: TomlPath, value: Value): string | undefined {
  const lines = text.split("\n");
  const known = linesOf(text);
  const there = known.find((line) => line.type === "entry" && isDeepStrictEqual(line.path, path));
  const head = path.slice(0, -1);
  const entry = `${keyText(path.slice(-1))} = ${valueText(value)}`;
  if (there !== undefined) {
    lines[there.at] = replaced(lines[there.at] ?? "", value);
  } else if (head.length === 0) {
    insertOnTop(lines, known, entry);
  } else {
    insertBelow(lines, known, head, entry);
  }
  return proven(text, lines.join("\n"), path, value);
}

/** The text without that value; undefined where it is written in a form that is not ours to edit. */
export function withoutValue(text: string, path: TomlPath): string | undefined {
  const lines = text.split("\n");
  const there = linesOf(text).find((line) => line.type === "entry" && isDeepStrictEqual(line.path, path));
  if (there === undefined) return undefined;
  lines.splice(there.at, 1);
  return proven(text, lines.join("\n"), path, undefined);
}

/** What TOML says on each line that can be read by itself; `proven` catches what only looks like it. */
function linesOf(text: string): readonly Line[] {
  let table: TomlPath = [];
  return text.split("\n").flatMap((line, at): readonly Line[] => {
    const path = pathIn(line);
    if (path === undefined) return [];
    if (!line.trimStart().startsWith("[")) return [{ at, type: "entry", path: [...table, ...path] }];
    table = path;
    return [{ at, type: "head", path }];
  });
}

function pathIn(line: string): TomlPath | undefined {
  try {
    const path: string[] = [];
    let inside: unknown = parse(line);
    while (isTable(inside)) {
      const [key] = Object.keys(inside);
      if (key === undefined) break;
      path.push(key);
      inside = inside[key];
    }
    return path.length === 0 ? undefined : path;
  } catch {
    return undefined;
  }
}

/** The line with another value, its indentation and comment kept. */
function replaced(line: string, value: Value): string {
  const equals = line.indexOf("=") + 1;
  const rest = line.slice(equals);
  const was = parse(`x = ${rest}`);
  const comment = [...rest.matchAll(/\s*#/g)].find(({ index }) => {
    try {
      return isDeepStrictEqual(parse(`x = ${rest.slice(0, index)}`), was);
    } catch {
      return false;
    }
  });
  return `${line.slice(0, equals).trimEnd()} ${valueText(value)}${comment === undefined ? "" : rest.slice(comment.index)}`;
}

/** Above the first table, for whatever follows a table's head belongs to it. */
function insertOnTop(lines: string[], known: readonly Line[], entry: string): void {
  const firstHead = known.find(({ type }) => type === "head")?.at ?? lines.length;
  const last = known.findLast(({ type, at }) => type === "entry" && at < firstHead)?.at;
  if (last !== undefined) lines.splice(last + 1, 0, entry);
  else if (firstHead < lines.length) lines.splice(firstHead, 0, entry, "");
  else append(lines, [entry]);
}

function insertBelow(lines: string[], known: readonly Line[], head: TomlPath, entry: string): void {
  const from = known.findIndex(({ type, path }) => type === "head" && isDeepStrictEqual(path, head));
  if (from < 0) {
    const isEmpty = lines.join("").trim() === "";
    append(lines, [...(isEmpty ? [] : [""]), `[${keyText(head)}]`, entry]);
    return;
  }
  const next = known.findIndex(({ type }, index) => index > from && type === "head");
  const last = known[(next < 0 ? known.length : next) - 1];
  lines.splice((last?.at ?? 0) + 1, 0, entry);
}

/** Adds at the end, and ends with a line break. */
function append(lines: string[], more: readonly string[]): void {
  while (lines.at(-1) === "") lines.pop();
  lines.push(...more, "");
}

/** The new text, if it says what the old one said but for that one value. */
function proven(before: string, after: string, path: TomlPath, value: Value | undefined): string | undefined {
  try {
    const wanted = flat(parse(before));
    const key = keyText(path);
    if (value === undefined) wanted.delete(key);
    else wanted.set(key, value);
    return isDeepStrictEqual(flat(parse(after)), wanted) ? after : undefined;
  } catch {
    return undefined;
  }
}

function flat(table: unknown, path: TomlPath = []): Map<string, unknown> {
  if (!isTable(table)) return new Map([[keyText(path), table]]);
  return new Map(Object.entries(table).flatMap(([key, inside]) => [...flat(inside, [...path, key])]));
}

/** Whether this is a table of TOML, not one of its values. */
export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function keyText(path: TomlPath): string {
  return path.map((part) => (BARE.test(part) ? part : JSON.stringify(part))).join(".");
}

function valueText(value: Value): string {
  return stringify({ x: value }).trim().slice("x = ".length);
}
