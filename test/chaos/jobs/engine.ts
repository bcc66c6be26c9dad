import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { WORKSPACE_IMAGE } from "#actors/executor/docker/mod.ts";
import { eventually } from "#support/eventually.ts";

const execute = promisify(execFile);

/** How long an engine may take to answer after its start. Units: ms. */
const START_MS = 60_000;

/** Sockets have short names. */
const SOCKET = "docker.sock";

/** A Docker engine of one run alone, with files of its own, that may be killed. Takes root. */
export class OwnEngine implements AsyncDisposable {
  readonly #dir: string;
  #child: ChildProcess | undefined;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  /** Starts one in a folder and gives it the image that the machine's own engine has. */
  static async start(dir: string): Promise<OwnEngine> {
    const engine = new OwnEngine(dir);
    await mkdir(dir, { recursive: true });
    await engine.begin(false);
    const copying = `docker save ${WORKSPACE_IMAGE} | docker --host ${engine.host} load`;
    await execute("sh", ["-c", copying], { timeout: 120_000 });
    return engine;
  }

  /** Shape: `unix:///tmp/thalassa-jobs-1/engine/docker.sock`. */
  get host(): string {
    return `unix://${this.socket}`;
  }

  get socket(): string {
    return join(this.#dir, SOCKET);
  }

  /**
   * Starts it, as often as it takes: one that comes too soon after another one was killed gives up by itself. With `keepsRunning`
   * what still runs goes on, else it is ended. Resolves when it answers.
   */
  async begin(keepsRunning: boolean): Promise<void> {
    const words: string[] = [];
    let child = await this.#spawn(keepsRunning, words);
    const look = async (): Promise<boolean> => {
      if (!isAlive(child)) child = await this.#spawn(keepsRunning, words);
      return await this.#answers();
    };
    await eventually(look, Boolean, START_MS).catch((error: unknown) => {
      throw new Error(`the engine does not answer; it said last:\n${words.slice(-20).join("\n")}`, { cause: error });
    });
  }

  /** SIGKILL, as a crash would; its containerd dies with it, what runs in containers does not. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || !isAlive(child)) return;
    const ended = once(child, "exit");
    const containerd = await readFile(join(this.#dir, "exec", "containerd", "containerd.pid"), "utf8").catch(() => "");
    child.kill("SIGKILL");
    await ended;
    // One that starts while the old one is still dying waits for that one, in vain.
    if (containerd !== "") await eventually(() => !existsSync(`/proc/${containerd.trim()}`));
  }

  /** Ends it with all that still runs in it, and removes its files. */
  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    if (child !== undefined && isAlive(child)) {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await Promise.race([ended, delay(20_000, undefined, { ref: false })]);
    }
    await this.kill();
    await this.#endShims();
    await this.#unmount();
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #spawn(keepsRunning: boolean, words: string[]): Promise<ChildProcess> {
    const [data, exec, pidFile] = ["data", "exec", "docker.pid"].map((name) => join(this.#dir, name));
    await rm(pidFile ?? "", { force: true });
    const folders = ["--data-root", `${data}`, "--exec-root", `${exec}`, "--pidfile", `${pidFile}`];
    const network = ["--bridge", "none", "--iptables=false", "-H", this.host];
    const args = [...folders, ...network, ...(keepsRunning ? ["--live-restore"] : [])];
    const child = spawn("dockerd", args, { stdio: ["ignore", "ignore", "pipe"] });
    createInterface({ input: child.stderr }).on("line", (line) => words.push(line));
    this.#child = child;
    return child;
  }

  async #answers(): Promise<boolean> {
    if (!existsSync(this.socket)) return false;
    return await execute("docker", ["--host", this.host, "version", "--format", "{{.Server.Version}}"]).then(
      () => true,
      () => false,
    );
  }

  /** What holds containers, and what is in them, outlives an engine that was killed; the former names our folder. */
  async #endShims(): Promise<void> {
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
      const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      if (!/containerd/.test(line) || !line.includes(`${this.#dir}/`)) continue;
      const held = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
      for (const each of [...held.trim().split(" "), pid]) end(Number(each));
    }
  }

  async #unmount(): Promise<void> {
    const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n").map((line) => line.split(" ")[1] ?? "");
    for (const mount of mounts.filter((path) => path.startsWith(`${this.#dir}/`)).toReversed()) {
      await execute("umount", ["--lazy", mount]).catch(() => {});
    }
  }
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

function end(pid: number): void {
  try {
    if (pid > 1) process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
