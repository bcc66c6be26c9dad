import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { openHome } from "#deploy/home.ts";
import { endProcess, isAlive, processesWith } from "#deploy/os-process.ts";
import { type Ended, Installation } from "./installation.ts";

const PROGRAMS = ["systemctl", "loginctl", "journalctl"] as const;

/** An installation on a host whose systemd is the stand-in; what its service started ends when it is disposed of. */
export class ServiceBed implements AsyncDisposable {
  readonly here: Installation;
  /** Settings of the commands that find the stand-in. */
  readonly env: Readonly<Record<string, string>>;
  readonly #folder: string;

  private constructor(here: Installation) {
    this.here = here;
    this.#folder = join(here.root, "stand-in");
    this.env = {
      PATH: `${this.#folder}:${process.env.PATH}`,
      STAND_IN: this.#folder,
      XDG_CONFIG_HOME: join(here.root, "my config"),
    };
  }

  static async create(): Promise<ServiceBed> {
    const bed = new ServiceBed(await Installation.create());
    mkdirSync(bed.#folder);
    for (const program of PROGRAMS) {
      const path = join(bed.#folder, program);
      const standIn = resolve("test/deploy/service-stand-in.ts");
      writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${standIn}' ${program} "$@"\n`);
      chmodSync(path, 0o755);
    }
    return bed;
  }

  /** Runs `thalassa service …`. */
  service(...args: readonly string[]): Promise<Ended> {
    return this.here.run(["service", ...args], "", this.env);
  }

  /** Installs it on ports of its own. */
  install(port: number = this.here.port, ...more: readonly string[]): Promise<Ended> {
    return this.service("install", ...portsOf(port), ...more);
  }

  /** What the stand-in is told about itself. Shape: `silent`, `no-linger`, `broken`. */
  set(trait: "silent" | "no-linger" | "broken"): void {
    writeFileSync(join(this.#folder, trait), "");
  }

  /** What changes anything, of all that was called so far. */
  get calls(): readonly string[] {
    const calls = existsSync(join(this.#folder, "calls")) ? readFileSync(join(this.#folder, "calls"), "utf8") : "";
    return calls
      .trim()
      .split("\n")
      .filter((call) => call !== "" && !/ show(-user)? /.test(call));
  }

  /** What the service said. */
  get journal(): string {
    return readFileSync(join(this.#folder, "journal"), "utf8");
  }

  /** The process of the service, once it runs. */
  async pid(): Promise<number> {
    return JSON.parse((await this.service("status", "--json")).out).pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const up = join(this.here.root, "up.pid");
    const { logsDir } = openHome({ THALASSA_HOME: this.here.root });
    const buses = processesWith(join(logsDir, "nats-server.log")).map(({ pid }) => pid);
    const left = [...(existsSync(up) ? [Number(readFileSync(up, "utf8"))] : []), ...buses];
    for (const pid of left.filter(isAlive)) await endProcess(pid, 20_000);
    await this.here[Symbol.asyncDispose]();
  }
}

/** Options that keep a service off the ports of others. */
export function portsOf(port: number): readonly string[] {
  return ["--port", `${port}`, "--monitor-port", "0", "--no-http"];
}
