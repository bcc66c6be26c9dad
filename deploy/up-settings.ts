import { KINDS } from "#subjects/mod.ts";
import { BadUse } from "./failure.ts";

/** Options of `thalassa up` as they are typed. */
export type UpOptions = {
  readonly chat: boolean;
  readonly only?: string;
  readonly port?: string;
  readonly monitorPort?: string;
  readonly json?: true;
};

/** How much a crash of the whole host may cost. Killed processes lose nothing in either. */
export type Durability = "process" | "disk";

/** What `up` does, read from its options and environment. */
export type UpSettings = {
  readonly port: number;
  readonly monitorPort: number;
  /** How many processes of each kind. */
  readonly processes: Readonly<Record<string, number>>;
  readonly durability: Durability;
};

const DEFAULTS = { port: 4222, monitorOffset: 4_000, maxProcesses: 16 } as const;

/** Reads what was typed. Throws: BadUse. */
export function upSettings(options: UpOptions, env: NodeJS.ProcessEnv): UpSettings {
  const port = portOf(options.port, "--port") ?? DEFAULTS.port;
  const monitor = portOf(options.monitorPort, "--monitor-port");
  const derived = port === 0 || port + DEFAULTS.monitorOffset > 65_535 ? 0 : port + DEFAULTS.monitorOffset;
  return {
    port,
    monitorPort: monitor ?? derived,
    processes: processesOf(options.only),
    durability: durabilityOf(env.THALASSA_DURABILITY),
  };
}

/** What nats-server is told about syncing files. */
export function syncOf(durability: Durability): string {
  return durability === "disk" ? "always" : "1s";
}

function portOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new BadUse(`${option} ${text} is no port`, `use a number from 0 to 65535, for example ${option} 4333`);
}

function processesOf(only: string | undefined): Readonly<Record<string, number>> {
  const known = KINDS.map(({ kind }) => kind);
  if (only === undefined) return Object.fromEntries(known.map((kind) => [kind, 1]));
  const wanted = only.split(",").map((part) => {
    const [kind = "", count = "1"] = part.trim().split("=");
    if (!known.includes(kind)) {
      throw new BadUse(`there is no kind ${JSON.stringify(kind)}`, `the kinds are: ${known.join(", ")}`);
    }
    if (!/^\d{1,2}$/.test(count) || Number(count) < 1 || Number(count) > DEFAULTS.maxProcesses) {
      throw new BadUse(
        `${JSON.stringify(part)} asks for no number of processes`,
        `use ${kind}=N with N from 1 to ${DEFAULTS.maxProcesses}, its partitions`,
      );
    }
    return [kind, Number(count)] as const;
  });
  return Object.fromEntries(wanted);
}

function durabilityOf(text: string | undefined): Durability {
  if (!text || text === "process") return "process";
  if (text === "disk") return "disk";
  throw new BadUse(
    `THALASSA_DURABILITY is ${JSON.stringify(text)}`,
    "use process (the default: a killed process loses nothing) or disk (each write is synced first; slower)",
  );
}

/** What a person types to call us: started by npm, we are not on their `PATH`. */
export function commandName(env: NodeJS.ProcessEnv): string {
  return env.npm_execpath === undefined ? "thalassa" : "npx thalassa";
}
