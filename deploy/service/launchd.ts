import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { reasonOf } from "#deploy/errors.ts";
import type { RunProgram } from "#deploy/program.ts";
import { launchdPlist } from "./launchd-plist.ts";
import { BY_HAND, type ServiceManager, type ServiceState, ServiceTrouble } from "./manager.ts";
import { type ServiceProgram, STOP_SECONDS } from "./program.ts";

/** What launchd is driven with. */
export type LaunchdOptions = {
  readonly name: string;
  readonly uid: number;
  readonly homeDir: string;
  /** Where the service's words go; launchd keeps none. */
  readonly logFile: string;
  /** Written by the service when it begins. */
  readonly pidFile: string;
  readonly run: RunProgram;
};

const LAUNCHCTL_MS = (STOP_SECONDS + 15) * 1_000;

/** A launchd agent of the person who is logged in. */
export class Launchd implements ServiceManager {
  readonly file: string;
  readonly #options: LaunchdOptions;

  constructor(options: LaunchdOptions) {
    this.#options = options;
    this.file = join(options.homeDir, "Library", "LaunchAgents", `${options.name}.plist`);
  }

  define(program: ServiceProgram): string {
    return launchdPlist(this.#options.name, this.#options.logFile, program);
  }

  async require(): Promise<void> {
    try {
      await this.#ask("print", this.#domain);
    } catch (error) {
      throw new ServiceTrouble({
        code: "no-service-manager",
        message: `launchd has no session of yours here: ${reasonOf(error)}`,
        hint: `log in at the screen once and run this there; or ${BY_HAND}`,
        cause: error,
      });
    }
  }

  async enable(): Promise<readonly string[]> {
    await this.#launchctl("enable", this.#target);
    return ["it starts when you log in, and ends when you log out"];
  }

  async start(): Promise<void> {
    if (await this.#print()) await this.#launchctl("kickstart", this.#target);
    else await this.#launchctl("bootstrap", this.#domain, this.file);
  }

  /** launchd reads a changed plist only when the agent is loaded anew. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    if (await this.#print()) await this.#launchctl("bootout", this.#target);
  }

  disable(): Promise<void> {
    return this.stop();
  }

  async forget(): Promise<readonly string[]> {
    return [];
  }

  async state(): Promise<ServiceState> {
    const said = await this.#print();
    const word = (name: string): string | undefined => new RegExp(`^\\s*${name} = (.+)$`, "m").exec(said ?? "")?.[1];
    const pid = word("pid");
    const installed = existsSync(this.file);
    return {
      installed,
      running: pid !== undefined,
      state: said === undefined ? "not loaded" : (word("state") ?? "unknown"),
      ...(pid === undefined ? {} : { pid: Number(pid), ...this.#since() }),
      startsAt: installed ? "login" : "never",
    };
  }

  history(follow: boolean): readonly [string, ...string[]] {
    return ["tail", "-n", "200", ...(follow ? ["-F"] : []), this.#options.logFile];
  }

  get #domain(): string {
    return `gui/${this.#options.uid}`;
  }

  get #target(): string {
    return `${this.#domain}/${this.#options.name}`;
  }

  #since(): { readonly sinceAt?: number } {
    const stat = statSync(this.#options.pidFile, { throwIfNoEntry: false });
    return stat === undefined ? {} : { sinceAt: stat.mtimeMs };
  }

  /** What launchd says of the agent; nothing when it is not loaded. */
  #print(): Promise<string | undefined> {
    return this.#ask("print", this.#target).catch(() => undefined);
  }

  async #launchctl(...args: readonly string[]): Promise<void> {
    try {
      await this.#ask(...args);
    } catch (error) {
      throw new ServiceTrouble({
        code: "service-failed",
        message: `launchctl ${args.join(" ")} failed: ${reasonOf(error)}`,
        hint: "thalassa service logs says what it said; thalassa service install puts the agent right",
        cause: error,
      });
    }
  }

  async #ask(...args: readonly string[]): Promise<string> {
    return (await this.#options.run("launchctl", args, { timeoutMs: LAUNCHCTL_MS })).stdout;
  }
}
