import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { DEFAULTS } from "#runtime/options.ts";
import { isSecretVariable } from "#subjects/scrub.ts";
import { kindRoom } from "./kind-room.ts";
import { variableOf } from "./settings/setting.ts";
import { type Program, type ProgramEvent, Supervised } from "./supervised.ts";

/** How long programs have to end in good order before they are made to. Units: ms. */
export type Grace = {
  /** For what says nothing itself: bridges let their requests go. */
  readonly kindMs: number;
  /** The bus writes out what it holds. */
  readonly busMs: number;
};

const GRACE: Grace = { kindMs: 7_000, busMs: 10_000 };

/** Everything one `thalassa up` has started: the bus, unless it runs elsewhere, and the processes of the kinds. */
export class Supervisor implements AsyncDisposable {
  readonly #tell: (event: ProgramEvent) => void;
  readonly #grace: Grace;
  readonly #kinds: Supervised[] = [];
  #bus: Supervised | undefined;
  #stopping: Promise<void> | undefined;

  constructor(tell: (event: ProgramEvent) => void, grace: Grace = GRACE) {
    this.#tell = tell;
    this.#grace = grace;
  }

  /** Starts the bus; resolves when it can be used. */
  startBus(program: Program): Promise<void> {
    this.#bus = new Supervised(program, this.#tell);
    return this.#bus.start();
  }

  /** Has the bus end and start anew; clients come back by themselves. */
  restartBus(): void {
    this.#bus?.restart();
  }

  /** Starts a process; resolves when it can be used. */
  startKind(program: Program): Promise<void> {
    const kind = new Supervised(program, this.#tell);
    this.#kinds.push(kind);
    return kind.start();
  }

  /** Stops all, in good order: the kinds first, for they hand over through the bus. Later calls wait for the first. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** Ends all at once. */
  kill(): void {
    for (const each of [...this.#kinds, this.#bus]) each?.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stopAll(): Promise<void> {
    await Promise.all(this.#kinds.map((kind) => kind.stop(this.#grace.kindMs)));
    await this.#bus?.stop(this.#grace.busMs);
  }
}

/** The process of a kind. Its standard input stays open as long as we live, and it stops when that ends. */
export function kindProgram(kind: string, name: string, env: Readonly<Record<string, string>>): Program {
  const graceMs = Number(env[GRACE_VARIABLE] ?? process.env[GRACE_VARIABLE] ?? HAND_OVER.graceMs);
  const program = nodeProgram(new URL(`../${kindRoom(kind)}/main.ts`, import.meta.url), name, env);
  return { ...program, stopMs: graceMs + HAND_OVER.freeMs };
}

/** By which a kind's process knows how long its steps may take to end. */
const GRACE_VARIABLE = variableOf("grace_ms");

/** A kind gives its steps their time, and lets its claims go. Units: ms. */
const HAND_OVER = { graceMs: DEFAULTS.graceMs, freeMs: 2_000 } as const;

/** The process of a bridge that is no actor's; it lives under the same rules. */
export function bridgeProgram(bridge: string, env: Readonly<Record<string, string>>): Program {
  return nodeProgram(new URL(`../bridges/${bridge}/main.ts`, import.meta.url), bridge, env);
}

function nodeProgram(url: URL, name: string, env: Readonly<Record<string, string>>): Program {
  const main = fileURLToPath(url);
  const launch = () =>
    spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main], {
      // A group of its own: Ctrl-C in the terminal reaches us alone, and we end it in good order.
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...withoutKeys(process.env), ...env },
    });
  return { name, launch };
}

/** A process gets the secrets that it needs by its own `env`, and no other: not all that we were started with. */
function withoutKeys(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isSecretVariable(name)));
}
