import { OFFLINE_DEFAULTS } from "#models/options.ts";
import { DEFAULTS as HOST_DEFAULTS } from "#runtime/options.ts";
import { DEFAULT_AGENT, KINDS, PARTITIONS } from "#subjects/mod.ts";
import { BUDGET_SETTINGS } from "./budget-settings.ts";
import { EXECUTOR_SETTINGS } from "./executor-settings.ts";
import { JOB_SETTINGS } from "./job-settings.ts";
import { MODEL_SETTINGS } from "./model-settings.ts";
import { ROLE_SETTINGS } from "./role-settings.ts";
import { oneOf, onOff, range, type Setting, textLike, wholeNumber } from "./setting.ts";
import { TELEGRAM_SETTINGS } from "./telegram-settings.ts";

/** The monitoring port of nats-server is this far above its own where nobody says. */
const MONITOR_OFFSET = 4_000;

/** Of the HTTP bridge, where nobody says. */
const HTTP_PORT = 8420;

const MAX_PORT = 65_535;
const PORT = wholeNumber(0, MAX_PORT);

/** From a second to a day: a shorter one would hand mail out twice, a longer one waits for a dead process. Units: ms. */
const WAIT = wholeNumber(1_000, 86_400_000);

/** Longest pause that the offline model takes. Units: ms. */
const MAX_PAUSE_MS = 600_000;

/** So that kinds and bus can end before a service is killed. Units: ms. */
const MAX_GRACE_MS = 15_000;

const ON_RESTART = "when `up` is started anew";

const { from, to } = OFFLINE_DEFAULTS.delayMs;

const FIXED = {
  "bus.port": {
    ...PORT,
    about: "port of the bus on 127.0.0.1; 0 takes a free one",
    default: 4222,
    scope: "host",
    takesEffect: ON_RESTART,
    flag: "up --port",
  },
  "bus.monitor_port": {
    ...PORT,
    about: "port of the bus's monitoring; 0 turns it off",
    default: { text: `bus.port + ${MONITOR_OFFSET}`, from: (value) => monitorPort(Number(value("bus.port"))) },
    scope: "host",
    takesEffect: ON_RESTART,
    flag: "up --monitor-port",
  },
  "http.port": {
    ...PORT,
    about: "port of the HTTP bridge on 127.0.0.1; 0 takes a free one",
    default: {
      text: `${HTTP_PORT}, or a free one beside a bus of port 0`,
      from: (value) => (value("bus.port") === 0 ? 0 : HTTP_PORT),
    },
    scope: "host",
    takesEffect: ON_RESTART,
    flag: "up --http-port",
  },
  "http.on": {
    ...onOff(),
    about: "whether `up` starts the HTTP bridge",
    default: true,
    scope: "host",
    takesEffect: ON_RESTART,
    flag: "up --no-http",
  },
  durability: {
    ...oneOf(["process", "disk"]),
    about: "what a crash of the whole host may cost: `process` up to a second of writes, `disk` none, and is slower",
    default: "process",
    scope: "host",
    takesEffect: ON_RESTART,
  },
  "secrets.rotate_days": {
    ...wholeNumber(0, 3_650),
    about: "`up` gives a home's own master key a successor after so many days; 0 never does, for homes that share one",
    default: 90,
    unit: "days",
    scope: "host",
    takesEffect: ON_RESTART,
  },
  log: {
    ...oneOf(["debug", "info", "warn", "error"]),
    about: "how much the processes of the kinds say",
    default: "info",
    scope: "shared",
    takesEffect: ON_RESTART,
    handedOn: true,
  },
  idle_ms: {
    ...wholeNumber(1, 86_400_000),
    about: "an actor without mail or steps leaves memory after so long",
    default: HOST_DEFAULTS.idleMs,
    unit: "ms",
    scope: "shared",
    takesEffect: ON_RESTART,
    handedOn: true,
  },
  ack_wait_ms: {
    ...WAIT,
    about: "the bus hands mail out again that nobody has acknowledged for so long",
    default: HOST_DEFAULTS.ackWaitMs,
    unit: "ms",
    scope: "shared",
    takesEffect: ON_RESTART,
    handedOn: true,
  },
  grace_ms: {
    ...wholeNumber(1, MAX_GRACE_MS),
    about: "running steps may take so long to end when a process hands over",
    default: HOST_DEFAULTS.graceMs,
    unit: "ms",
    scope: "shared",
    takesEffect: ON_RESTART,
    handedOn: true,
  },
  "offline.pace_ms": {
    ...wholeNumber(0, MAX_PAUSE_MS),
    about: "pause of the offline model between two words; 0 answers at once",
    default: OFFLINE_DEFAULTS.paceMs,
    unit: "ms",
    scope: "shared",
    takesEffect: ON_RESTART,
    handedOn: true,
  },
  "offline.delay_ms": {
    ...range(MAX_PAUSE_MS),
    about: "pause of the offline model before its first word, chosen within this range",
    default: `${from}-${to}`,
    unit: "ms",
    scope: "shared",
    takesEffect: ON_RESTART,
    handedOn: true,
  },
  "chat.agent": {
    ...textLike(/^[\w-]{1,60}$/, "letters, digits, _ and -"),
    about: "the agent that `chat` talks to",
    default: DEFAULT_AGENT,
    scope: "shared",
    takesEffect: "at once",
    flag: "chat --agent",
  },
  "chat.channel": {
    ...textLike(/^\S(?:.{0,58}\S)?$/, "a name of up to 60 characters, or a full address"),
    about: "the conversation that `chat` opens",
    default: "default",
    scope: "shared",
    takesEffect: "at once",
    perAgent: true,
    flag: "chat --channel",
  },
} as const satisfies Readonly<Record<string, Setting<string> | Setting<number> | Setting<boolean>>>;

/** The setting that says how many processes of a kind this host runs. */
export function processesKey<K extends string>(kind: K): `processes.${K}` {
  return `processes.${kind}`;
}

const PROCESSES: Readonly<Record<`processes.${string}`, Setting<number>>> = Object.fromEntries(
  KINDS.map(({ kind }) => [
    processesKey(kind),
    {
      ...wholeNumber(0, PARTITIONS),
      about: `processes of the kind \`${kind}\` on this host`,
      default: 1,
      scope: "host",
      takesEffect: ON_RESTART,
      flag: "up --only",
    },
  ]),
);

/** Every setting there is; documentation, completion and checks follow from it. */
export const SETTINGS = {
  ...FIXED,
  ...MODEL_SETTINGS,
  ...BUDGET_SETTINGS,
  ...ROLE_SETTINGS,
  ...JOB_SETTINGS,
  ...EXECUTOR_SETTINGS,
  ...TELEGRAM_SETTINGS,
  ...PROCESSES,
} as const;

/** What each setting's value is. */
export type SettingValues = {
  readonly [Key in keyof typeof FIXED]: ReturnType<(typeof FIXED)[Key]["schema"]["parse"]>;
} & {
  readonly [Key in keyof typeof EXECUTOR_SETTINGS]: ReturnType<(typeof EXECUTOR_SETTINGS)[Key]["schema"]["parse"]>;
} & {
  readonly [Key in keyof typeof TELEGRAM_SETTINGS]: ReturnType<(typeof TELEGRAM_SETTINGS)[Key]["schema"]["parse"]>;
} & { readonly [processes: `processes.${string}`]: number };

/** A setting's key. */
export type SettingKey = keyof SettingValues & string;

function monitorPort(port: number): number {
  return port === 0 || port + MONITOR_OFFSET > MAX_PORT ? 0 : port + MONITOR_OFFSET;
}
