import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { openHome } from "#deploy/home.ts";
import { endProcess, isAlive } from "#deploy/os-process.ts";
import { eventually } from "#support/eventually.ts";

/** How a command ended, and what it said. */
export type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

/** A line of `up --json`. */
export type UpLine = Readonly<Record<string, unknown>> & { readonly event?: string; readonly name?: string };

const MAIN = resolve("deploy/main.ts");

/** A home of its own and the command line on it; everything that was started on it ends when it is disposed of. */
export class Installation implements AsyncDisposable {
  readonly root: string;
  readonly port: number;
  readonly #supervisors: Up[] = [];

  private constructor(root: string, port: number) {
    this.root = root;
    this.port = port;
  }

  static async create(): Promise<Installation> {
    return new Installation(await mkdtemp(join(tmpdir(), "thalassa-home-")), await freePort());
  }

  /** Starts a command. */
  spawn(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn(process.execPath, [MAIN, ...args], {
      env: {
        PATH: process.env.PATH,
        HOME: this.root,
        THALASSA_HOME: this.root,
        THALASSA_CACHE: openHome().cacheDir,
        THALASSA_OFFLINE_PACE_MS: "0",
        THALASSA_HTTP_PORT: "0",
        ...env,
      },
      stdio: ["pipe", "pipe", "pipe"],
    });
  }

  /** Runs a command to its end. */
  async run(args: readonly string[], input = "", env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const child = this.spawn(args, env);
    const { stdin, stdout, stderr } = child;
    if (stdin === null || stdout === null || stderr === null) throw new Error("the command's streams are not piped");
    stdin.on("error", () => {}).end(input);
    const [out, err, [code]] = await Promise.all([text(stdout), text(stderr), once(child, "close")]);
    return { code, out, err };
  }

  /** Starts everything on this installation's port; resolves when it is up. */
  async up(...more: readonly string[]): Promise<Up> {
    const child = this.spawn(["up", "--no-chat", "--json", "--port", `${this.port}`, "--monitor-port", "0", ...more]);
    const up = new Up(child);
    this.#supervisors.push(up);
    await up.saw((line) => line.event === "up");
    return up;
  }

  /** The process of the bus, as the home names it. */
  async busPid(): Promise<number> {
    return Number(JSON.parse(await readFile(join(this.root, "nats.json"), "utf8")).pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const up of this.#supervisors) await up.end();
    const started = this.#supervisors.flatMap((up) => up.pids);
    await Promise.all(started.filter(isAlive).map((pid) => endProcess(pid, 0)));
    await rm(this.root, { recursive: true, force: true });
  }
}

/** One running `thalassa up`. */
export class Up {
  readonly child: ChildProcess;
  readonly lines: UpLine[] = [];
  #said = "";

  constructor(child: ChildProcess) {
    this.child = child;
    if (child.stdout === null || child.stderr === null) throw new Error("its streams are not piped");
    createInterface({ input: child.stdout }).on("line", (line) => this.lines.push(JSON.parse(line)));
    child.stderr.setEncoding("utf8").on("data", (said: string) => {
      this.#said += said;
    });
  }

  /** Every process it has started. */
  get pids(): readonly number[] {
    return this.lines.filter(({ event }) => event === "started").map(({ pid }) => Number(pid));
  }

  /** The process of that name which was started last. */
  pidOf(name: string): number {
    return Number(this.lines.findLast((line) => line.event === "started" && line.name === name)?.pid);
  }

  /** Waits until it has said so many lines like that. */
  async saw(like: (line: UpLine) => boolean, times = 1): Promise<void> {
    const seen = (): number => this.lines.filter(like).length;
    await eventually(
      () => ({ seen: seen(), ended: this.child.exitCode, said: this.#said, lines: this.lines }),
      ({ seen: count, ended }) => count >= times || ended !== null,
      20_000,
    );
    if (seen() < times) throw new Error(`it ended with ${this.child.exitCode}: ${this.#said}`);
  }

  /** Ends it as Ctrl-C would, and gives its exit code. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const exited = once(this.child, "exit");
    this.child.kill(signal);
    await exited;
    return this.child.exitCode;
  }
}

/** A port nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}
