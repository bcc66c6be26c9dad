import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ThalassaError } from "./errors.ts";
import type { Home } from "./home.ts";
import { endProcess, processesWith } from "./os-process.ts";
import { LOOPBACK } from "./ports.ts";
import type { Program } from "./supervised.ts";

/** How our own nats-server is started. */
export type BusLaunch = {
  readonly home: Home;
  readonly binary: string;
  readonly port: number;
  /** What `nats.conf` reads: settings and the users' public keys. */
  readonly variables: Readonly<Record<string, string>>;
  /** Called with the process id of each start. */
  readonly onStart: (pid: number) => void;
};

/** The bus did not come up; its own last words say why. */
export class BusNotReady extends ThalassaError<"bus-not-ready"> {
  constructor(home: Home, why: string) {
    const said = lastLines(logFile(home), 5);
    super({
      code: "bus-not-ready",
      message: [`nats-server ${why}`, ...said].join("\n  "),
      hint: `read ${logFile(home)}; thalassa doctor checks the rest`,
    });
  }
}

/** The generated configuration of the bus. */
const CONFIG_FILE = fileURLToPath(new URL("../nats.conf", import.meta.url));

/** Nothing in its log is worth more than this; nats.conf says how many older files are kept. Units: bytes. */
const MAX_LOG_BYTES = 10 * 1024 * 1024;

/** A bus that ended so often before it was ever ready will not become so by itself. */
const HOPELESS_DEATHS = 4;

/** How long a bus that was left behind has to end. Units: ms. */
const LEFT_BEHIND_MS = 10_000;

/** Where our nats-server writes what it has to say. The path in its arguments is also how we know it for ours. */
function logFile(home: Home): string {
  return join(home.logsDir, "nats-server.log");
}

/** Our nats-server. It outlives us when we are killed, and says nothing to our terminal. */
export function busProgram({ home, binary, port, variables, onStart }: BusLaunch): Program {
  const args = ["-c", CONFIG_FILE, "-l", logFile(home), "--log_size_limit", `${MAX_LOG_BYTES}`];
  const launch = () => {
    const child = spawn(binary, args, {
      detached: true,
      stdio: "ignore",
      env: { ...withPath(), ...variables },
    });
    if (child.pid !== undefined) onStart(child.pid);
    return child;
  };
  return { name: "bus", launch, probe: (signal) => untilListening(port, signal), hopelessAfter: HOPELESS_DEATHS };
}

/**
 * Ends every nats-server that an earlier supervisor of this home, killed, has left behind: two on one store would ruin it.
 * Gives the ids of those it ended.
 */
export async function endLeftBehind(home: Home): Promise<readonly number[]> {
  const left = processesWith(logFile(home)).filter(({ args }) => args.includes("--log_size_limit"));
  await Promise.all(left.map(({ pid }) => endProcess(pid, LEFT_BEHIND_MS)));
  return left.map(({ pid }) => pid);
}

/** JetStream has read its store back before the server listens. */
async function untilListening(port: number, signal: AbortSignal): Promise<void> {
  while (!(await answers(port))) await delay(20, undefined, { signal });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("data", () => end(true));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
  });
}

function withPath(): Readonly<Record<string, string>> {
  return process.env.PATH === undefined ? {} : { PATH: process.env.PATH };
}

function lastLines(path: string, count: number): readonly string[] {
  try {
    return readFileSync(path, "utf8").trimEnd().split("\n").slice(-count);
  } catch {
    return [];
  }
}
