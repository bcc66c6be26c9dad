import { type SettingTable, variableOf } from "#deploy/settings/setting.ts";
import { SETTINGS, type SettingKey } from "#deploy/settings/table.ts";

/** What stands below a command's options. */
type Lesson = {
  /** Lines that work as they are. */
  readonly examples: readonly string[];
  /** Settings whose variables matter here, and what else it reads from the environment. */
  readonly settings?: readonly SettingKey[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly more?: readonly string[];
  /** What the exit codes mean here, where it is more than they mean everywhere. Shape: `0 it is up, 1 it is not`. */
  readonly ends?: string;
};

/** What ends every command's help. */
export const ENDS = "Ends with 0 when good, 1 failed, 2 wrong use, 3 no bus.";

/** Where a command finds the bus. */
export const BUS_VARIABLES: Readonly<Record<string, string>> = {
  THALASSA_HOME: "home of keys and data (~/.thalassa)",
  THALASSA_NATS_URL: "where the bus is, if not where the home says",
};

/** The text below a command's options: what else there is to know, examples, environment. */
export function lesson({ examples, settings = [], variables = {}, more = [], ends }: Lesson): string {
  const table: SettingTable = SETTINGS;
  const read = [
    ...settings.map((key) => [variableOf(key), table[key]?.about.replaceAll("`", "")] as const),
    ...Object.entries(variables),
  ];
  const width = Math.max(0, ...read.map(([name]) => name.length));
  return [
    "",
    ...(more.length === 0 ? [] : [...more, ""]),
    examples.length === 1 ? "Example:" : "Examples:",
    ...examples.map((line) => `  ${line}`),
    ...(read.length === 0
      ? []
      : ["", "Environment:", ...read.map(([name, about]) => `  ${name.padEnd(width)}  ${about}`)]),
    ...(ends === undefined ? [] : ["", `Here it ends with ${ends}.`]),
  ].join("\n");
}
