import { entryName } from "./entry.ts";
import type { Resolved, Saying, SharedSettings } from "./resolve.ts";
import { type SettingTable, variableOf } from "./setting.ts";
import { SETTINGS } from "./table.ts";

/** What stands in place of a secret. */
export const MASK = "********";

/** Heads of the list's columns. */
export const TITLES = ["SETTING", "VALUE", "FROM", "HIDES"] as const;

/** A line of the list. */
export function settingRow(resolved: Resolved, agent?: string, table: SettingTable = SETTINGS): readonly string[] {
  const { key, winner, hides } = resolved;
  // The default is behind everything, so it is worth a word only where it is what holds.
  const behind = hides.filter(({ source }) => source !== "default");
  const hidden = behind.map((said) => `${valueText(said, key, table)} (${placeOf(said)})`).join(", ");
  return [entryName(key, agent), valueText(winner, key, table), placeOf(winner), hidden];
}

/** Why it is so, for people. */
export function explained({ key, winner, hides }: Resolved, table: SettingTable = SETTINGS): readonly string[] {
  const setting = table[key];
  const flag = setting?.flag === undefined ? [] : [`  option   thalassa ${setting.flag} wins over all`];
  const trouble = winner.type === "unusable" ? [`  problem  ${winner.problem}; use ${setting?.accepts}`] : [];
  return [
    `  from     ${placeOf(winner)}`,
    ...trouble,
    ...hides.map((said) => `  hides    ${valueText(said, key, table)} (${placeOf(said)})`),
    `  what     ${setting?.about}${setting?.unit === undefined ? "" : `; in ${setting.unit}`}`,
    `  accepts  ${setting?.accepts}, or env:NAME in file and bus`,
    `  set by   ${variableOf(key)}, ${setting?.scope === "shared" ? "SETTINGS on the bus, " : ""}thalassa.toml`,
    ...flag,
    `  takes effect ${setting?.takesEffect}${setting?.scope === "host" ? "; not shared between hosts" : ""}`,
  ];
}

/** One setting as JSON, masked where it is secret. */
export function settingJson(
  { key, winner, hides }: Resolved,
  shared: SharedSettings,
  agent?: string,
  table: SettingTable = SETTINGS,
): string {
  const setting = table[key];
  return JSON.stringify({
    key,
    ...(agent === undefined ? {} : { agent }),
    ...plain(winner, key, table),
    hides: hides.map((said) => plain(said, key, table)),
    unit: setting?.unit,
    scope: setting?.scope,
    takesEffect: setting?.takesEffect,
    bus: shared.type,
  });
}

/** What is wrong with what holds. */
export function problemOf({ winner }: Resolved): string | undefined {
  return winner.type === "unusable" ? winner.problem : undefined;
}

function plain(said: Saying, key: string, table: SettingTable): object {
  const isSecret = table[key]?.secret === true;
  return {
    ...(said.type === "usable" ? { value: isSecret ? MASK : said.value } : { problem: said.problem }),
    source: said.source,
    where: said.where,
    via: said.via,
  };
}

function valueText(said: Saying, key: string, table: SettingTable): string {
  if (said.type === "unusable") return "(unusable)";
  return table[key]?.secret ? MASK : String(said.value);
}

function placeOf({ where, via, agent }: Saying): string {
  return `${where}${agent === undefined ? "" : `, agent ${agent}`}${via === undefined ? "" : `, by env:${via}`}`;
}
