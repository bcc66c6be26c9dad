import { httpContract } from "#subjects/clients.ts";
import { KINDS, PARTITIONS } from "#subjects/mod.ts";
import { BadUse } from "./failure.ts";
import { homeRoot } from "./home.ts";
import { readSettingsFile } from "./settings/file.ts";
import { type Sources, settingOf } from "./settings/resolve.ts";
import { NOT_ASKED } from "./settings/shared.ts";
import { processesKey, type SettingValues } from "./settings/table.ts";

/** Options of `thalassa up` as they are typed. */
export type UpOptions = {
  readonly chat: boolean;
  readonly only?: string;
  readonly port?: string;
  readonly monitorPort?: string;
  readonly http?: boolean;
  readonly httpPort?: string;
  readonly json?: true;
};

/** How much a crash of the whole host may cost. Killed processes lose nothing in either. */
export type Durability = SettingValues["durability"];

/** What `up` does until there is a bus to ask, read from its options, the environment and `thalassa.toml`. */
export type UpSettings = {
  readonly port: number;
  readonly monitorPort: number;
  /** How many processes of each kind. */
  readonly processes: Readonly<Record<string, number>>;
  readonly durability: Durability;
  /** After so many days a home's own master key is rotated; 0 never. */
  readonly rotateDays: number;
  /** The port of the HTTP bridge, if it is wanted; 0 takes a free one. */
  readonly httpPort: number | undefined;
};

/** Reads what was typed and set. Throws: BadUse; SettingUnusable. */
export function upSettings(options: UpOptions, env: NodeJS.ProcessEnv): UpSettings {
  const flag = (option: string, text: string | undefined) => (text === undefined ? undefined : { option, text });
  const flags = {
    "bus.port": flag("--port", options.port),
    "bus.monitor_port": flag("--monitor-port", options.monitorPort),
    "http.port": flag("--http-port", options.httpPort),
    "http.on": options.http === false ? flag("--no-http", "false") : undefined,
  };
  const sources = { flags, env, shared: NOT_ASKED, file: readSettingsFile(homeRoot(env)) };
  const named = options.only?.split(",").map((part) => part.trim());
  const wantsHttp = settingOf("http.on", sources) && (named === undefined || named.includes(HTTP));
  const ports = {
    port: settingOf("bus.port", sources),
    monitorPort: settingOf("bus.monitor_port", sources),
    httpPort: wantsHttp ? settingOf("http.port", sources) : undefined,
  };
  requireApart({ "--port": ports.port, "--monitor-port": ports.monitorPort, "--http-port": ports.httpPort });
  return {
    ...ports,
    processes: processesOf(named, sources),
    durability: settingOf("durability", sources),
    rotateDays: settingOf("secrets.rotate_days", sources),
  };
}

/** Each that listens needs a port of its own; the monitoring's follows from the bus's where nothing is said. Throws: BadUse. */
export function requireApart(ports: Readonly<Record<string, number | undefined>>): void {
  const wanted = Object.entries(ports).filter(([, port]) => port !== undefined && port !== 0);
  for (const [option, port] of wanted) {
    const other = wanted.find(([another, same]) => another !== option && same === port);
    if (other !== undefined)
      throw new BadUse(`${option} and ${other[0]} are both ${port}`, `choose another for one of them: ${other[0]} N`);
  }
}

/** What nats-server is told about syncing files. */
export function syncOf(durability: Durability): string {
  return durability === "disk" ? "always" : "1s";
}

/** What the bridge is called among the kinds that `--only` names. */
const HTTP = httpContract.client;

function processesOf(only: readonly string[] | undefined, sources: Sources): Readonly<Record<string, number>> {
  const known = KINDS.map(({ kind }) => kind);
  const set = (kind: string): number => settingOf(processesKey(kind), sources);
  if (only === undefined) {
    return Object.fromEntries(known.map((kind) => [kind, set(kind)] as const).filter(([, count]) => count > 0));
  }
  const kinds = only.filter((part) => part !== HTTP);
  const wanted = kinds.map((part) => {
    const [kind = "", count] = part.split("=");
    if (!known.includes(kind)) {
      throw new BadUse(
        `there is no kind ${JSON.stringify(kind)}`,
        `the kinds are: ${known.join(", ")}; and there is ${HTTP}`,
      );
    }
    if (count === undefined) return [kind, Math.max(set(kind), 1)] as const;
    if (!/^\d{1,2}$/.test(count) || Number(count) < 1 || Number(count) > PARTITIONS) {
      throw new BadUse(
        `${JSON.stringify(part)} asks for no number of processes`,
        `use ${kind}=N with N from 1 to ${PARTITIONS}, its partitions`,
      );
    }
    return [kind, Number(count)] as const;
  });
  return Object.fromEntries(wanted);
}

/** What a person types to call us: started by npm, we are not on their `PATH`. */
export function commandName(env: NodeJS.ProcessEnv): string {
  return env.npm_execpath === undefined ? "thalassa" : "npx thalassa";
}
