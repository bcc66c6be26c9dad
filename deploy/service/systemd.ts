import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { reasonOf } from "#deploy/errors.ts";
import { programsOnPath, type RunProgram } from "#deploy/program.ts";
import { BY_HAND, type ServiceManager, type ServiceState, ServiceTrouble } from "./manager.ts";
import { type ServiceProgram, STOP_SECONDS } from "./program.ts";
import { systemdUnit, type UnitScope } from "./systemd-unit.ts";

/** What systemd is driven with. */
export type SystemdOptions = {
  readonly name: string;
  readonly scope: UnitScope;
  /** The person who installs. */
  readonly user: { readonly uid: number; readonly username: string };
  readonly homeDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly run: RunProgram;
};

/** How long systemctl may take: to stop is the slowest. Units: ms. */
const SYSTEMCTL_MS = (STOP_SECONDS + 15) * 1_000;

/** How long a person's manager has to appear once it is allowed to linger. Units: ms. */
const MANAGER_MS = 5_000;

const PROPERTIES = ["ActiveState", "SubState", "MainPID", "NRestarts", "UnitFileState", "ActiveEnterTimestamp"];

/** A systemd unit: the user's own, or one of the whole system. */
export class Systemd implements ServiceManager {
  readonly file: string;
  readonly #unit: string;
  readonly #options: SystemdOptions;
  #turnedOn = false;

  constructor(options: SystemdOptions) {
    const { env, homeDir, scope, name } = options;
    const own = join(env.XDG_CONFIG_HOME || join(homeDir, ".config"), "systemd", "user");
    this.#options = options;
    this.#unit = `${name}.service`;
    this.file = join(scope.type === "system" ? "/etc/systemd/system" : own, this.#unit);
  }

  define(program: ServiceProgram): string {
    return systemdUnit(program, this.#options.scope);
  }

  async require(): Promise<void> {
    const { scope, env } = this.#options;
    if (programsOnPath("systemctl", env).length === 0) throw noManager("this system has no systemd");
    const why = await this.#silence();
    if (why === undefined) return;
    if (scope.type === "system") throw noManager(`systemd does not run here: ${why}`);
    // Somebody who came by su or sudo has no manager until it may outlive its logins.
    if (await this.#linger())
      for (const until = performance.now() + MANAGER_MS; performance.now() < until; ) {
        if ((await this.#silence()) === undefined) return;
        await delay(100);
      }
    throw noManager(`no systemd answers to ${this.#options.user.username} here: ${why}`);
  }

  async enable(): Promise<readonly string[]> {
    await this.#systemctl("daemon-reload");
    await this.#systemctl("enable", this.#unit);
    if (this.#options.scope.type === "system") return [];
    const { username } = this.#options.user;
    if (!this.#turnedOn && (await this.#lingers()))
      return ["it starts at boot and outlives your logins (lingering is on for you)"];
    if (this.#turnedOn || (await this.#linger())) {
      return [
        `lingering was turned on for ${username} (loginctl enable-linger): it starts at boot and outlives logins`,
      ];
    }
    return [
      `it ends when you log out and starts when you log in; once, have root run: loginctl enable-linger ${username}`,
    ];
  }

  start(): Promise<void> {
    return this.#systemctl("start", this.#unit);
  }

  restart(): Promise<void> {
    return this.#systemctl("restart", this.#unit);
  }

  stop(): Promise<void> {
    return this.#systemctl("stop", this.#unit);
  }

  disable(): Promise<void> {
    return this.#systemctl("disable", "--now", this.#unit);
  }

  async forget(): Promise<readonly string[]> {
    await this.#systemctl("daemon-reload");
    if (this.#options.scope.type === "system" || !(await this.#lingers())) return [];
    return ["lingering stays on for you; loginctl disable-linger turns it off"];
  }

  async state(): Promise<ServiceState> {
    const installed = existsSync(this.file);
    const properties = await this.#show(installed);
    const { ActiveState: active = "unknown", SubState: sub = "unknown", MainPID: pid } = properties;
    const sinceAt = Date.parse(`${properties.ActiveEnterTimestamp?.replace(/^\w+ /, "")}`.replace(/ UTC$/, "Z"));
    return {
      installed,
      running: active === "active",
      state: `${active} (${sub})`,
      ...(pid && pid !== "0" ? { pid: Number(pid) } : {}),
      ...(active === "active" && Number.isFinite(sinceAt) ? { sinceAt } : {}),
      ...(properties.NRestarts ? { restarts: Number(properties.NRestarts) } : {}),
      startsAt: await this.#startsAt(properties.UnitFileState),
    };
  }

  history(follow: boolean): readonly [string, ...string[]] {
    const filter = this.#options.scope.type === "system" ? "--unit" : "--user-unit";
    return [
      "journalctl",
      filter,
      this.#unit,
      "--output=cat",
      "--no-pager",
      "--lines=200",
      ...(follow ? ["--follow"] : []),
    ];
  }

  async #startsAt(fileState: string | undefined): Promise<ServiceState["startsAt"]> {
    if (fileState !== "enabled") return "never";
    return this.#options.scope.type === "system" || (await this.#lingers()) ? "boot" : "login";
  }

  async #show(installed: boolean): Promise<Readonly<Record<string, string>>> {
    try {
      const said = await this.#ask("systemctl", "show", this.#unit, `--property=${PROPERTIES.join(",")}`);
      return Object.fromEntries(said.split("\n").map((line) => line.split(/=(.*)/s, 2)));
    } catch (error) {
      if (installed) throw noManager(`no systemd answers here: ${reasonOf(error)}`);
      return {};
    }
  }

  /** Why nobody answers; nothing when somebody does. */
  async #silence(): Promise<string | undefined> {
    try {
      await this.#ask("systemctl", "show", "--property=Version");
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  }

  async #lingers(): Promise<boolean> {
    try {
      const said = await this.#ask("loginctl", "show-user", this.#options.user.username, "--property=Linger");
      return said.trim() === "Linger=yes";
    } catch {
      return false;
    }
  }

  async #linger(): Promise<boolean> {
    try {
      await this.#ask("loginctl", "enable-linger", this.#options.user.username);
      this.#turnedOn = true;
      return true;
    } catch {
      return false;
    }
  }

  async #systemctl(...args: readonly string[]): Promise<void> {
    try {
      await this.#ask("systemctl", ...args);
    } catch (error) {
      throw new ServiceTrouble({
        code: "service-failed",
        message: `systemctl ${args.join(" ")} failed: ${reasonOf(error)}`,
        hint: "thalassa service logs says what it said; thalassa service install puts the unit right",
        cause: error,
      });
    }
  }

  async #ask(program: "systemctl" | "loginctl", ...args: readonly string[]): Promise<string> {
    const { run, scope, env, user } = this.#options;
    // Nobody is there to be asked for a password.
    const whose = program === "loginctl" ? ["--no-ask-password"] : scope.type === "user" ? ["--user"] : [];
    const runtimeDir = env.XDG_RUNTIME_DIR || `/run/user/${user.uid}`;
    // Times are read back, so they are asked for in one zone and language.
    const more = { XDG_RUNTIME_DIR: runtimeDir, TZ: "UTC", LC_ALL: "C" };
    return (await run(program, [...whose, ...args], { timeoutMs: SYSTEMCTL_MS, env: more })).stdout;
  }
}

function noManager(message: string): ServiceTrouble {
  return new ServiceTrouble({ code: "no-service-manager", message, hint: BY_HAND });
}
