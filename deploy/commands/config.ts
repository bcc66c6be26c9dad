import { BadUse } from "#deploy/failure.ts";
import { homeRoot } from "#deploy/home.ts";
import { secretsHere } from "#deploy/secrets/here.ts";
import { withoutSecrets } from "#deploy/secrets/hiding.ts";
import { isSecretLike } from "#deploy/secrets/names.ts";
import { secretSettingJson, secretSettingRow } from "#deploy/secrets/shown.ts";
import { entryName, keyOfEntry } from "#deploy/settings/entry.ts";
import { changeSettingsFile, readSettingsFile } from "#deploy/settings/file.ts";
import { type Resolved, resolveSetting, type Saying, type Sources } from "#deploy/settings/resolve.ts";
import type { Setting, SettingTable, Value } from "#deploy/settings/setting.ts";
import { askShared, changeShared, NOT_ASKED } from "#deploy/settings/shared.ts";
import { explained, MASK, problemOf, settingJson, settingRow, TITLES } from "#deploy/settings/shown.ts";
import { SETTINGS } from "#deploy/settings/table.ts";
import { invalidSetting, unknownSetting } from "#deploy/settings/unusable.ts";
import { table as columns } from "#deploy/table.ts";
import { isToken, OPERATOR } from "#subjects/mod.ts";

/** Options of `config list` and `config get`. */
type Reading = { readonly agent?: string; readonly json?: true };

/** Options of `config set` and `config unset`. */
type Writing = Reading & { readonly file?: true };

const TABLE: SettingTable = SETTINGS;

/** Lists every setting with who decides it; 1 when something is set that may not be. */
export async function listSettings(options: Reading): Promise<number> {
  const { agent } = options;
  checkAgent(agent);
  const sources = await gather("all");
  const resolved = Object.keys(TABLE).map((key) => resolveSetting(key, sources, agent));
  const own = agent === undefined ? ownedByAgents(sources) : [];
  const rows = [...resolved.map((each) => ({ each, agent })), ...own];
  const secrets = await secretsHere(sources.shared.type === "asked");
  if (options.json) {
    for (const { each, agent: whose } of rows) print(settingJson(each, sources.shared, whose));
    for (const secret of secrets) print(secretSettingJson(secret));
  } else {
    const shown = rows.map(({ each, agent: whose }) => settingRow(each, agent === undefined ? whose : undefined));
    for (const line of columns(TITLES, [...shown, ...secrets.map(secretSettingRow)])) print(line);
    print(`\nfile: ${sources.file.path}; thalassa config get KEY explains one, set KEY VALUE changes it`);
  }
  const problems = rows.flatMap(({ each }) => problemOf(each) ?? []);
  for (const problem of [...problems, ...strangers(sources)]) complain(problem);
  tellUnasked(sources, options);
  return problems.length === 0 ? 0 : 1;
}

/** Prints what holds for one setting, and on standard error why. */
export async function getSetting(key: string, options: Reading): Promise<number> {
  checkAgent(options.agent);
  const { scope } = knownSetting(key);
  const sources = await gather(scope === "host" ? "none" : options.agent === undefined ? [] : [options.agent]);
  const resolved = resolveSetting(key, sources, options.agent);
  const { winner } = resolved;
  if (options.json) {
    print(settingJson(resolved, sources.shared, options.agent));
  } else {
    if (winner.type === "usable") print(TABLE[key]?.secret ? MASK : String(winner.value));
    for (const line of explained(resolved)) process.stderr.write(`${line}\n`);
  }
  if (scope === "shared") tellUnasked(sources, options);
  return winner.type === "usable" ? 0 : 1;
}

/** Sets one: what is shared on the bus for every host, what is this host's own in `thalassa.toml`. */
export async function setSetting(key: string, text: string, options: Writing): Promise<number> {
  const setting = knownSetting(key);
  checkWritable(key, setting, options);
  const value = checkedValue(key, text, setting);
  const where = await write(key, value, options, setting);
  const shown = setting.secret ? MASK : String(value);
  const told = `${titleOf(key, options.agent)} is ${shown} in ${where}; it takes effect ${setting.takesEffect}`;
  print(options.json ? JSON.stringify({ key, agent: options.agent, value: shown, where }) : told);
  await tellWhatWins(key, options, where);
  return 0;
}

/** Takes one away from where `set` would put it. */
export async function unsetSetting(key: string, options: Writing): Promise<number> {
  const setting = Object.hasOwn(TABLE, key) ? TABLE[key] : undefined;
  if (setting === undefined) await requireStranger(key);
  else checkWritable(key, setting, options);
  const where = await write(key, undefined, options, setting);
  const told = `${titleOf(key, options.agent)} is no longer set in ${where}`;
  print(options.json ? JSON.stringify({ key, agent: options.agent, unset: true, where }) : told);
  if (setting !== undefined) await tellWhatWins(key, options, where);
  return 0;
}

/** Says where the file is. */
export function settingsFilePath(options: { readonly json?: true }): number {
  const { path, text } = readSettingsFile(homeRoot());
  print(options.json ? JSON.stringify({ path, exists: text !== undefined }) : path);
  return 0;
}

async function gather(agents: readonly string[] | "all" | "none"): Promise<Sources> {
  const file = readSettingsFile(homeRoot());
  return { env: process.env, file, shared: agents === "none" ? NOT_ASKED : await askShared(OPERATOR, agents) };
}

/** What agents have of their own, in the file or on the bus. */
function ownedByAgents(sources: Sources): readonly { readonly each: Resolved; readonly agent: string }[] {
  const shared = sources.shared.type === "asked" ? [...sources.shared.entries.keys()] : [];
  const names = [...new Set([...sources.file.entries.keys(), ...shared])].sort();
  return names.flatMap((name) => {
    const { key, agent } = keyOfEntry(name.split("."));
    if (agent === undefined || !(Object.hasOwn(TABLE, key) && TABLE[key]?.perAgent)) return [];
    return [{ each: resolveSetting(key, sources, agent), agent }];
  });
}

/** What stands on the bus and is no setting of this version. */
function strangers({ shared }: Sources): readonly string[] {
  if (shared.type === "unasked") return [];
  const unknown = [...shared.entries.keys()].filter((name) => !Object.hasOwn(TABLE, keyOfEntry(name.split(".")).key));
  return unknown.map(
    (name) =>
      `SETTINGS on the bus has ${name}, which this version does not know; thalassa config unset ${name} removes it`,
  );
}

/** What no version here knows can be removed, if it is there. Throws: SettingUnusable. */
async function requireStranger(name: string): Promise<void> {
  const shared = await askShared(OPERATOR, "all");
  if (shared.type === "unasked" || !shared.entries.has(name)) throw unknownSetting(name, TABLE);
}

function knownSetting(key: string): Setting {
  const setting = Object.hasOwn(TABLE, key) ? TABLE[key] : undefined;
  if (setting !== undefined) return setting;
  if (!isSecretLike(key)) throw unknownSetting(key, TABLE);
  throw new BadUse(
    `${key} is a secret, no setting`,
    `thalassa secret set ${key} keeps it, thalassa secret list shows it`,
  );
}

function checkAgent(agent: string | undefined): void {
  if (agent === undefined || isToken(agent)) return;
  throw new BadUse(`${JSON.stringify(agent)} is no agent's name`, "use letters, digits, _ and -");
}

function checkWritable(key: string, setting: Setting, { agent }: Writing): void {
  checkAgent(agent);
  if (agent === undefined || setting.perAgent) return;
  throw new BadUse(`${key} is the same for every agent`, "leave --agent out");
}

/** A reference is followed where it is read, by whoever has that variable. */
function checkedValue(key: string, text: string, setting: Setting): Value {
  if (/^env:[A-Za-z_]\w*$/.test(text)) return text;
  const { success, data } = setting.schema.safeParse(text);
  if (success) return data;
  throw invalidSetting(`${key} cannot be ${JSON.stringify(text)}`, `use ${setting.accepts}`);
}

async function write(key: string, value: Value | undefined, options: Writing, setting?: Setting): Promise<string> {
  const { agent } = options;
  if (options.file || setting?.scope === "host") {
    const file = readSettingsFile(homeRoot());
    const isThere = file.entries.has(entryName(key, agent));
    if (value !== undefined || isThere) {
      changeSettingsFile(file, [{ key, value, ...(agent === undefined ? {} : { agent }) }]);
    }
    return file.path;
  }
  await changeShared(entryName(key, agent), value === undefined ? undefined : String(value));
  return "SETTINGS on the bus, for every host";
}

/** Says so where something stronger hides what was just written. */
async function tellWhatWins(key: string, { agent, json }: Writing, where: string): Promise<void> {
  if (json) return;
  const { winner } = resolveSetting(key, await gather(agent === undefined ? [] : [agent]), agent);
  const isOurs = (said: Saying): boolean =>
    where.startsWith("SETTINGS") ? said.source === "shared" : said.source === "file";
  if (isOurs(winner) || winner.source === "default") return;
  complain(`here ${winner.where} wins: ${TABLE[key]?.secret ? MASK : String(winner.raw)}`);
}

function tellUnasked({ shared }: Sources, options: Reading): void {
  if (shared.type === "asked" || options.json) return;
  complain(`the shared settings could not be asked (${shared.why}); shown is what environment, file and defaults say`);
}

function titleOf(key: string, agent: string | undefined): string {
  return agent === undefined ? key : `${key} of agent ${agent}`;
}

function print(line: string): void {
  process.stdout.write(`${withoutSecrets(line)}\n`);
}

function complain(line: string): void {
  process.stderr.write(`thalassa: ${line}\n`);
}
