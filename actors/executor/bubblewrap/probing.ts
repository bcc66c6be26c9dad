import { readFile } from "node:fs/promises";
import { command } from "./command.ts";
import { boundBy, unbound } from "./control-groups.ts";
import { isRoot } from "./place.ts";

/** Programs of the host that it takes, and the packages that have them. */
const PROGRAMS: Readonly<Record<string, string>> = {
  ...{
    bwrap: "bubblewrap",
    nsenter: "util-linux",
    unshare: "util-linux",
    setpriv: "util-linux",
    prlimit: "util-linux",
  },
  ...{ setsid: "util-linux", timeout: "coreutils" },
};

/** Told of every environment, whatever the host: nothing here filters what may be asked of the kernel. */
const NO_FILTER = "programs may make any system call that needs no rights (no seccomp filter)";

/** The least that an environment is made of. */
const TRY = [
  ...["--user", "--map-root-user", "bwrap", "--unshare-all", "--unshare-user", "--disable-userns", "--uid", "1000"],
  ...["--gid", "1000", "--cap-drop", "ALL", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true"],
];

/** Whether environments can be made here: why not and what to do, else which bounds are kept less well. */
export async function probe(): Promise<{ readonly problem?: string; readonly notes: readonly string[] }> {
  if (process.platform !== "linux") return { problem: "bubblewrap needs Linux; use Docker here", notes: [] };
  for (const [program, pack] of Object.entries(PROGRAMS)) {
    const lacks = `there is no ${program} on this host; install ${pack}`;
    if (!(await isOnPath(program))) return { problem: lacks, notes: [] };
  }
  try {
    const nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all", "unshare"];
    await (isRoot() ? command("setpriv", ...nobody, ...TRY) : command("unshare", ...TRY));
  } catch (error) {
    const why = error instanceof Error ? error.message : `${error}`;
    return { problem: `bubblewrap does not work here: ${why}; ${await howToAllow()}`, notes: [] };
  }
  return { notes: await notes(await probedGroups()) };
}

/** The control groups that an environment would come under. */
async function probedGroups(): Promise<readonly string[]> {
  const key = `probe-${process.pid}`;
  try {
    return await boundBy(key, { cpus: 1, memoryMb: 64, pids: 16, diskMb: 16 });
  } finally {
    await unbound(key);
  }
}

/** Which bounds are kept less well of an environment that is under these control groups, and why. */
export async function notes(groups: readonly string[]): Promise<readonly string[]> {
  const told = [NO_FILTER];
  if (groups.length === 0)
    told.push(
      "no control group can be made: CPUs are not bounded, and memory only for each process (root, or a delegated group)",
    );
  if (!isRoot()) told.push("a workspace is measured now and then instead of being bounded (root bounds it)");
  if (!(await isOnPath("socat")))
    told.push("there is no socat: nothing outside can be reached from inside; install socat");
  return told;
}

async function isOnPath(program: string): Promise<boolean> {
  return command("sh", "-c", 'command -v "$1"', "look", program).then(
    () => true,
    () => false,
  );
}

async function howToAllow(): Promise<string> {
  const setting = async (name: string) => (await readFile(`/proc/sys/${name}`, "utf8").catch(() => "")).trim();
  if ((await setting("kernel/unprivileged_userns_clone")) === "0") return "set kernel.unprivileged_userns_clone to 1";
  if ((await setting("user/max_user_namespaces")) === "0") return "set user.max_user_namespaces above 0";
  if ((await setting("kernel/apparmor_restrict_unprivileged_userns")) === "1")
    return "AppArmor forbids user namespaces: set kernel.apparmor_restrict_unprivileged_userns to 0, or use Docker";
  return "user namespaces have to be allowed, or use Docker";
}
