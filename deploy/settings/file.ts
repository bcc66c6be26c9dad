import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse, TomlError } from "smol-toml";
import { hasCode, reasonOf, ThalassaError } from "#deploy/errors.ts";
import { replaceFile } from "#deploy/whole-file.ts";
import { isToken } from "#subjects/mod.ts";
import { type EntryName, entryName, entryPath, keyOfEntry } from "./entry.ts";
import type { SettingTable, Value } from "./setting.ts";
import { SETTINGS } from "./table.ts";
import { isTable, lineOf, type TomlPath, withoutValue, withValue } from "./toml-lines.ts";
import { invalidSetting, unknownSetting } from "./unusable.ts";

/** What `thalassa.toml` says. */
export type SettingsFile = {
  readonly path: string;
  /** Absent when there is no such file. */
  readonly text?: string;
  readonly entries: ReadonlyMap<EntryName, { readonly value: Value; readonly line: number | undefined }>;
};

/** A file that cannot be read, or whose line is not ours to edit. */
class SettingsFileUnusable extends ThalassaError<"settings-file-garbled" | "settings-file-intricate"> {}

const HEADING = "# Settings of this home; `thalassa config` shows what holds, and docs/settings.md what there is.\n";

/** The file of a home. */
export function settingsPath(homeRoot: string): string {
  return join(homeRoot, "thalassa.toml");
}

/** Reads the settings of a home. Throws: SettingsFileUnusable; SettingUnusable with the line of what is wrong. */
export function readSettingsFile(homeRoot: string, table: SettingTable = SETTINGS): SettingsFile {
  const path = settingsPath(homeRoot);
  const text = readText(path);
  if (text === undefined) return { path, entries: new Map() };
  const entries = new Map(
    leaves(parsed(path, text)).map(({ at, value }) => {
      const line = lineOf(text, at);
      const where = `${path}${line === undefined ? "" : ` line ${line}`}`;
      return [nameAt(at, where, table), { value: checked(at, value, where, table), line }] as const;
    }),
  );
  return { path, text, entries };
}

/** A change of the file: the value that an entry has afterwards, or none. */
export type Change = { readonly key: string; readonly agent?: string; readonly value: Value | undefined };

/**
 * Makes all the changes in one write, or none of them; comments and every other line stay. Throws: SettingsFileUnusable.
 */
export function changeSettingsFile(file: SettingsFile, changes: readonly Change[]): void {
  const text = changes.reduce((before, { key, agent, value }) => {
    const path = entryPath(key, agent);
    const after = value === undefined ? withoutValue(before, path) : withValue(before, path, value);
    if (after !== undefined) return after;
    const line = lineOf(before, path);
    throw new SettingsFileUnusable({
      code: "settings-file-intricate",
      message: `${file.path}${line === undefined ? "" : ` line ${line}`} sets ${key} in a way that only a person can edit`,
      hint: `open it and change it there${value === undefined ? "" : ` to ${JSON.stringify(value)}`}`,
    });
  }, file.text ?? HEADING);
  mkdirSync(dirname(file.path), { recursive: true, mode: 0o700 });
  replaceFile(file.path, text, { mode: 0o600 });
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw garbled(`${path} cannot be read: ${reasonOf(error)}`, "give yourself the right to read it", error);
  }
}

function parsed(path: string, text: string): Readonly<Record<string, unknown>> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [why = ""] = error.message.replace(/^Invalid TOML document: /, "").split("\n");
    throw garbled(
      `${path} line ${error.line} is no TOML: ${why}`,
      'a line is key = value; text stands in "quotes"',
      error,
    );
  }
}

function garbled(message: string, hint: string, cause: unknown): SettingsFileUnusable {
  return new SettingsFileUnusable({ code: "settings-file-garbled", message, hint, exitCode: 2, cause });
}

type Leaf = { readonly at: TomlPath; readonly value: unknown };

function leaves(inside: unknown, at: TomlPath = []): readonly Leaf[] {
  if (!isTable(inside)) return [{ at, value: inside }];
  return Object.entries(inside).flatMap(([key, value]) => leaves(value, [...at, key]));
}

function nameAt(at: TomlPath, where: string, table: SettingTable): EntryName {
  const { key, agent } = keyOfEntry(at);
  const setting = Object.hasOwn(table, key) ? table[key] : undefined;
  if (setting === undefined) throw unknownSetting(key, table, where);
  if (agent !== undefined && !isToken(agent)) {
    throw invalidSetting(`${where}: ${JSON.stringify(agent)} is no agent's name`, "use letters, digits, _ and -");
  }
  if (agent !== undefined && !setting.perAgent) {
    throw invalidSetting(`${where}: ${key} is no agent's own`, "put it above the first [agents.…] table");
  }
  return entryName(key, agent);
}

/** What stands there, if it may; a reference is judged where it is followed. */
function checked(at: TomlPath, value: unknown, where: string, table: SettingTable): Value {
  const { key } = keyOfEntry(at);
  const accepts = table[key]?.accepts ?? "";
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw invalidSetting(`${where}: ${key} is ${JSON.stringify(value)}`, `use ${accepts}`);
}
