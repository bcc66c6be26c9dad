import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { openHome } from "#deploy/home.ts";
import { eventually } from "#support/eventually.ts";
import type { Ended } from "./installation.ts";

const SYSTEMD = ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"].find(existsSync);

/** The programs that run another one in namespaces of its own, and in those of a process. */
const ALONE = "unshare";
const BESIDE = "nsenter";

/** Mounts, processes and control groups of their own: what begins here ends with it, and touches nothing outside. */
const APART = ["--mount", "--pid", "--fork", "--cgroup", "--mount-proc", "--propagation", "private", "--kill-child"];

/** Where the control groups are that a manager divides further. */
const CGROUPS = "/sys/fs/cgroup";

/** Has the host look booted with systemd, of which the user's manager makes sure. */
const PREPARE = `set -e
umount -R ${CGROUPS} 2>/dev/null || umount -l ${CGROUPS}
mount -t cgroup2 none ${CGROUPS}
mount -t tmpfs none /run
mkdir -p /run/systemd/system "$XDG_RUNTIME_DIR" "${CGROUPS}/$GROUP"
chmod 700 "$XDG_RUNTIME_DIR"
echo $$ > "${CGROUPS}/$GROUP/cgroup.procs"`;

/** Whether a systemd of a user can be run on this machine: takes root, systemd, and the right to make namespaces. */
export function canRunManager(): boolean {
  if (SYSTEMD === undefined || process.getuid?.() !== 0) return false;
  const group = `thalassa-probe-${randomBytes(4).toString("hex")}`;
  const env = { PATH: process.env.PATH, XDG_RUNTIME_DIR: "/run/user/0", GROUP: group };
  const { status } = spawnSync(ALONE, [...APART, "sh", "-c", PREPARE], { env, stdio: "ignore" });
  removeGroup(group);
  return status === 0;
}

/** A real `systemd --user` in namespaces of its own, which can be killed with all that it runs, and booted again. */
export class UserManager implements AsyncDisposable {
  readonly #home: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #group = `thalassa-test-${randomBytes(4).toString("hex")}`;
  #child: ChildProcess | undefined;

  constructor(home: string) {
    this.#home = home;
    this.#env = {
      PATH: process.env.PATH ?? "",
      HOME: home,
      XDG_RUNTIME_DIR: "/run/user/0",
      THALASSA_HOME: join(home, ".thalassa"),
      THALASSA_CACHE: openHome().cacheDir,
      THALASSA_OFFLINE_PACE_MS: "0",
    };
  }

  /** Starts the manager, and with it what is enabled. */
  async boot(): Promise<void> {
    mkdirSync(this.#home, { recursive: true });
    const script = `${PREPARE}\n${SYSTEMD} --user --log-target=null &\nwait`;
    const env = { ...this.#env, GROUP: this.#group };
    this.#child = spawn(ALONE, [...APART, "sh", "-c", script], { env, stdio: "ignore" });
    await eventually(
      () => this.run("systemctl", "--user", "show", "--property=Version"),
      ({ code }) => code === 0,
      20_000,
    );
  }

  /** Runs a program beside the manager. */
  async run(program: string, ...args: readonly string[]): Promise<Ended> {
    const inside = ["--target", `${this.#init()}`, "--mount", "--pid", "--cgroup", program, ...args];
    const child = spawn(BESIDE, inside, { env: this.#env, stdio: ["ignore", "pipe", "pipe"] });
    const { promise: ended, resolve: end } = Promise.withResolvers<number | null>();
    child.once("close", end);
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, out, err };
  }

  /** Runs `thalassa …` beside the manager. */
  thalassa(...args: readonly string[]): Promise<Ended> {
    return this.run(process.execPath, resolve("deploy/main.ts"), ...args);
  }

  /** As a power cut would: everything that runs is gone at once. */
  async cut(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const { promise: gone, resolve: end } = Promise.withResolvers<void>();
    child.once("exit", () => end());
    const init = this.#init();
    if (init === undefined) child.kill("SIGKILL");
    else process.kill(init, "SIGKILL");
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cut();
    await eventually(() => removeGroup(this.#group));
  }

  /** The first process inside; all others end with it. */
  #init(): number | undefined {
    const pid = this.#child?.pid;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return children === "" ? undefined : Number(children.split(" ")[0]);
  }
}

/** Removes a control group and those in it; false while something in it still ends. */
function removeGroup(name: string): boolean {
  const root = [join(CGROUPS, "unified"), CGROUPS].find((folder) => existsSync(join(folder, name)));
  if (root === undefined) return true;
  try {
    const below = readdirSync(join(root, name), { recursive: true, withFileTypes: true });
    const folders = below
      .filter((entry) => entry.isDirectory())
      .map(({ parentPath, name: own }) => join(parentPath, own));
    for (const folder of [...folders.toSorted((one, other) => other.length - one.length), join(root, name)])
      rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
