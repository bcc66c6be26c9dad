import { KINDS } from "#subjects/mod.ts";
import type { Change, SettingsFile } from "./file.ts";
import { resolveSetting, type Sources, usable } from "./resolve.ts";
import { type SettingTable, type Value, variableOf } from "./setting.ts";
import { NOT_ASKED } from "./shared.ts";
import { processesKey, SETTINGS, type SettingKey } from "./table.ts";
import { invalidSetting } from "./unusable.ts";

/** One thing that `setup` asks, or is told by its option. */
export type Question = {
  readonly key: SettingKey;
  /** Shape: `--port`. */
  readonly option: string;
  readonly text: string;
  /** What choosing each word means, where there are few. */
  readonly choices?: Readonly<Record<string, string>>;
  /** Has to be free to be listened on. */
  readonly isPort?: true;
  /** Asked only where that one is on. */
  readonly onlyWith?: SettingKey;
};

/** What setup asks, in order: a later default may follow from an earlier answer. */
export const QUESTIONS: readonly Question[] = [
  { key: "bus.port", option: "--port", text: "Port of the bus on 127.0.0.1 (0 takes a free one)", isPort: true },
  { key: "bus.monitor_port", option: "--monitor-port", text: "Port of its monitoring (0 turns it off)", isPort: true },
  {
    key: "durability",
    option: "--durability",
    text: "What may a power cut cost?",
    choices: {
      process: "up to a second of what was said; a killed process or server loses nothing. Fast.",
      disk: "nothing: every write is on disk before it counts. About a quarter of the speed.",
    },
  },
  {
    key: "http.on",
    option: "--http or --no-http",
    text: "Start the HTTP bridge as well, for scripts and browsers on this host?",
  },
  { key: "http.port", option: "--http-port", text: "Port of the HTTP bridge", isPort: true, onlyWith: "http.on" },
  ...KINDS.map(({ kind }) => ({
    key: processesKey(kind),
    option: "--processes",
    text: `How many processes of the kind ${kind}? (0 runs none; more share its work)`,
  })),
];

/** What was answered so far, as it was typed. */
export type Answers = Readonly<Record<string, string>>;

/** What the file of a home says now, and what holds where it says nothing, with what was answered before put on top. */
export function presentValue(
  { key }: Pick<Question, "key">,
  file: SettingsFile,
  env: Sources["env"],
  answers: Answers,
): Value {
  return usable(key, resolveSetting(key, sourcesOf(file, env, answers)).winner, SETTINGS);
}

/** What is wrong with an answer, for the person who gave it. */
export function wrongAnswer({ key }: Pick<Question, "key">, text: string): string | undefined {
  const table: SettingTable = SETTINGS;
  return table[key]?.schema.safeParse(text).success ? undefined : `Use ${table[key]?.accepts}.`;
}

/** Throws: SettingUnusable when an option's text is no answer. */
export function checkAnswer(question: Question, text: string): void {
  const wrong = wrongAnswer(question, text);
  if (wrong === undefined) return;
  throw invalidSetting(`${question.option} is ${JSON.stringify(text)}`, wrong.replace(/^Use (.*)\.$/, "use $1"));
}

/** What the answers change in the file; what holds there already is not written down again. */
export function changesOf(answers: Answers, file: SettingsFile, env: Sources["env"]): readonly Change[] {
  const table: SettingTable = SETTINGS;
  return Object.entries(answers).flatMap(([key, text]) => {
    const { [key]: _, ...others } = answers;
    const value = table[key]?.schema.parse(text) ?? text;
    const now = usable(key, resolveSetting(key, sourcesOf(file, env, others)).winner, table);
    return value === now ? [] : [{ key, value }];
  });
}

/** Answers that a variable of this environment overrides. Shape: `["THALASSA_DURABILITY"]`. */
export function overriding(answers: Answers, env: Sources["env"]): readonly string[] {
  return Object.keys(answers)
    .map(variableOf)
    .filter((variable) => env[variable]);
}

/** The file and the defaults alone: what this one terminal's environment sets is not what the home is set up with. */
function sourcesOf(file: SettingsFile, env: Sources["env"], answers: Answers): Sources {
  const own = new Set(Object.keys(SETTINGS).map(variableOf));
  const rest = Object.fromEntries(Object.entries(env).filter(([name]) => !own.has(name)));
  const flags = Object.fromEntries(Object.entries(answers).map(([key, text]) => [key, { option: key, text }]));
  return { flags, env: rest, file, shared: NOT_ASKED };
}
