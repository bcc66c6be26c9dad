import { type EntryName, entryName } from "./entry.ts";
import type { SettingsFile } from "./file.ts";
import { type SettingTable, type Value, variableOf } from "./setting.ts";
import { SETTINGS, type SettingKey, type SettingValues } from "./table.ts";
import { invalidSetting, unknownSetting } from "./unusable.ts";

/** What the bus says, or why it was not asked. */
export type SharedSettings =
  | { readonly type: "asked"; readonly entries: ReadonlyMap<EntryName, string> }
  | { readonly type: "unasked"; readonly why: string };

/** Everybody who may have something to say about a setting. */
export type Sources = {
  /** Options of the command, by key; they win over all. */
  readonly flags?: Readonly<Record<string, { readonly option: string; readonly text: string } | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly shared: SharedSettings;
  readonly file: Pick<SettingsFile, "entries" | "path">;
};

/** What one source says. */
export type Saying = {
  readonly source: "option" | "environment" | "shared" | "file" | "default";
  /** For people. Shape: `THALASSA_LOG`, `SETTINGS on the bus`, `thalassa.toml line 3`. */
  readonly where: string;
  /** An agent's own. */
  readonly agent?: string;
  readonly raw: Value;
  /** The variable that a reference names. */
  readonly via?: string;
} & ({ readonly type: "usable"; readonly value: Value } | { readonly type: "unusable"; readonly problem: string });

/** What holds for a setting, and what would hold without that, strongest first. */
export type Resolved = { readonly key: string; readonly winner: Saying; readonly hides: readonly Saying[] };

/** Asks every source for a setting, or for an agent's. Throws: SettingUnusable when there is no such setting. */
export function resolveSetting(
  key: string,
  sources: Sources,
  agent?: string,
  table: SettingTable = SETTINGS,
): Resolved {
  const setting = Object.hasOwn(table, key) ? table[key] : undefined;
  if (setting === undefined) throw unknownSetting(key, table);
  const variable = variableOf(key);
  const option = sources.flags?.[key];
  const own = setting.perAgent ? agent : undefined;
  // An agent's own value is meant for it, wherever it stands; what holds for all comes after it.
  const kept = [...(own === undefined ? [] : [own]), undefined].flatMap((whose) =>
    keptFor(key, whose, sources, setting.scope),
  );
  const said: readonly Heard[] = [
    ...(option === undefined ? [] : [{ source: "option" as const, where: option.option, raw: option.text }]),
    ...(sources.env[variable] ? [{ source: "environment" as const, where: variable, raw: sources.env[variable] }] : []),
    ...kept,
  ];
  const judged = said.map((heard) => judge(heard, key, table, sources.env));
  const [winner, ...hides] = [...judged, defaultOf(key, sources, table)];
  if (winner === undefined) throw unknownSetting(key, table);
  return { key, winner, hides };
}

/** The value that holds. Throws: SettingUnusable when there is no such setting, or what is set may not be. */
export function settingOf<Key extends SettingKey>(key: Key, sources: Sources, agent?: string): SettingValues[Key] {
  const { winner } = resolveSetting(key, sources, agent);
  return usable(key, winner, SETTINGS) as SettingValues[Key];
}

/** The variables that hand what holds to the processes of the kinds. Throws: SettingUnusable. */
export function variablesForKinds(sources: Sources): Readonly<Record<string, string>> {
  const table: SettingTable = SETTINGS;
  const keys = Object.keys(table).filter((key) => table[key]?.handedOn);
  return Object.fromEntries(
    keys.map((key) => [variableOf(key), String(usable(key, resolveSetting(key, sources).winner, table))]),
  );
}

/** The value, if it is one. Throws: SettingUnusable. */
export function usable(key: string, saying: Saying, table: SettingTable): Value {
  if (saying.type === "usable") return saying.value;
  const remedy = saying.source === "shared" ? `, or remove it: thalassa config unset ${key}` : "";
  throw invalidSetting(saying.problem, `use ${table[key]?.accepts ?? "what it takes"}${remedy}`);
}

type Heard = Pick<Saying, "source" | "where" | "raw" | "agent">;

function keptFor(
  key: string,
  agent: string | undefined,
  { shared, file }: Sources,
  scope: "shared" | "host",
): readonly Heard[] {
  const name = entryName(key, agent);
  const whose = agent === undefined ? {} : { agent };
  const onBus = scope === "shared" && shared.type === "asked" ? shared.entries.get(name) : undefined;
  const inFile = file.entries.get(name);
  const line = inFile?.line === undefined ? "" : ` line ${inFile.line}`;
  return [
    ...(onBus === undefined ? [] : [{ source: "shared" as const, where: "SETTINGS on the bus", raw: onBus, ...whose }]),
    ...(inFile === undefined
      ? []
      : [{ source: "file" as const, where: `thalassa.toml${line}`, raw: inFile.value, ...whose }]),
  ];
}

/** Shape: `env:OPENAI_KEY` takes its value from that variable of whoever reads it. */
const REFERENCE = /^env:([A-Za-z_]\w*)$/;

function judge(heard: Heard, key: string, table: SettingTable, env: Sources["env"]): Saying {
  const via = mayRefer(heard) ? REFERENCE.exec(String(heard.raw))?.[1] : undefined;
  const said = { ...heard, ...(via === undefined ? {} : { via }) };
  const text = via === undefined ? heard.raw : env[via];
  if (text === undefined) {
    return { ...said, type: "unusable", problem: `${heard.where} takes ${key} from ${via}, which is not set` };
  }
  const setting = table[key];
  const parsed = setting?.schema.safeParse(text);
  if (parsed?.success) return { ...said, type: "usable", value: parsed.data };
  const shown = setting?.secret ? "not what it may be" : JSON.stringify(text);
  const what = heard.source === "environment" || heard.source === "option" ? heard.where : `${key} in ${heard.where}`;
  return { ...said, type: "unusable", problem: `${what} is ${shown}` };
}

function mayRefer({ source }: Heard): boolean {
  return source === "shared" || source === "file";
}

function defaultOf(key: string, sources: Sources, table: SettingTable): Saying {
  const given = table[key]?.default ?? "";
  if (typeof given !== "object")
    return { source: "default", where: "default", raw: given, type: "usable", value: given };
  const value = given.from((other) => usable(other, resolveSetting(other, sources, undefined, table).winner, table));
  return { source: "default", where: `default: ${given.text}`, raw: value, type: "usable", value };
}
