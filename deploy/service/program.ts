import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { carriedNode } from "#deploy/node-carrier.ts";
import { variableOf } from "#deploy/settings/setting.ts";
import { SETTINGS } from "#deploy/settings/table.ts";

/** What the service runs. Every path in it is absolute. */
export type ServiceProgram = {
  /** The node, its options, our main and its arguments. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};

/** Options of `thalassa up` that a service takes over as they were typed. */
export type PassedOptions = {
  readonly only?: string;
  readonly port?: string;
  readonly monitorPort?: string;
  readonly httpPort?: string;
  /** False for `--no-http`. */
  readonly http?: boolean;
};

/** What of the installer's environment the service gets as well: where things are, and settings. No secret is among them. */
const CARRIED = [
  ...["THALASSA_CACHE", "THALASSA_KEYS", "THALASSA_NATS_URL", "THALASSA_NATS_RELEASES"],
  ...Object.keys(SETTINGS).map(variableOf),
];

const SYSTEM_PATH = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"] as const;

/** How long a service may take to stop before it is killed: longer than the kinds and the bus get from `up`. Units: s. */
export const STOP_SECONDS = 30;

/** How long after its death it is started again. Units: s. */
export const AGAIN_SECONDS = 2;

/** `thalassa up` on a home, as it runs without a terminal: on the Node that came with us, saying lines of JSON. */
export function serviceProgram(root: string, passed: PassedOptions, env: NodeJS.ProcessEnv): ServiceProgram {
  const node = carriedNode()?.path ?? process.execPath;
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  const { only, port, monitorPort, httpPort, http } = passed;
  const options = Object.entries({ only, port, "monitor-port": monitorPort, "http-port": httpPort });
  const typed = [
    ...options.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
    ...(http === false ? ["--no-http"] : []),
  ];
  const carried = CARRIED.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  return {
    command: [node, "--disable-warning=ExperimentalWarning", main, "up", "--no-chat", "--json", ...typed],
    environment: { THALASSA_HOME: root, PATH: pathOf(env), ...Object.fromEntries(carried) },
  };
}

/** What the service of a home is called; homes other than `~/.thalassa` have one of their own each. Shape: `thalassa-3f9a1c`. */
export function serviceName(root: string, env: NodeJS.ProcessEnv): string {
  if (root === join(env.HOME || homedir(), ".thalassa")) return "thalassa";
  return `thalassa-${createHash("sha256").update(root).digest("hex").slice(0, 6)}`;
}

/** The same on every install, whatever shell it comes from; where people put programs of their own comes first. */
function pathOf(env: NodeJS.ProcessEnv): string {
  const brew = process.platform === "darwin" ? ["/opt/homebrew/bin"] : [];
  return [join(env.HOME || homedir(), ".local", "bin"), ...brew, ...SYSTEM_PATH].join(":");
}
