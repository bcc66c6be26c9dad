import { spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { EngineError, type EnvironmentSpec, INSIDE_USER } from "#actors/executor/engine.ts";
import { PATH } from "./command.ts";
import { boundBy } from "./control-groups.ts";
import { adopted, beginHolder, endHolder, type Holder, markOf } from "./holder.ts";
import { type Parts, treeOf, VARIABLES, writeSettings } from "./inside-tree.ts";
import { isRoot, type Place } from "./place.ts";
import { makeWorkspace } from "./workspace.ts";

/** How long an environment may take to be there. Units: ms. */
const BEGINNING = { mostMs: 20_000, everyMs: 20 } as const;

/** Comes under the bounds, says its number, and becomes what holds the environment. */
const BY_ANYBODY = `
for each in $GROUPS_OF_ENV; do echo 0 > "$each" || exit 1; done
echo $$ >&3
exec unshare --user --map-root-user "$@"`;

/**
 * The same by root, who becomes nobody in particular first. The parts of the tree are put where that one may look, and the
 * workspace's file system is mounted, in a mount namespace of their own: they go when the last process of it goes.
 */
const BY_ROOT = `
for each in $GROUPS_OF_ENV; do echo 0 > "$each"; done
echo $$ >&3
exec unshare --mount --propagation private sh -ec '
  mount -t tmpfs -o size=1m,mode=755 thalassa /mnt
  mkdir /mnt/workspace /mnt/door
  cp -r "$SETTINGS" /mnt/settings
  mount -o loop,nosuid,nodev,noatime "$IMAGE" /mnt/workspace
  rmdir /mnt/workspace/lost+found 2>/dev/null || true
  mount --bind "$DOOR" /mnt/door
  cd /
  exec setpriv --reuid "$HOLD_UID" --regid "$HOLD_UID" --clear-groups --inh-caps=-all \\
    unshare --user --map-root-user "$@"' hold "$@"`;

/** What root's holder puts the parts under. */
const STAGED: Parts = { workspace: "/mnt/workspace", door: "/mnt/door", settings: "/mnt/settings" };

/**
 * Begins what holds an environment: it outlives this process. The outer user namespace is there to come back in by; the inner
 * ones, which bubblewrap makes, are all that programs know, and no other can be made in them.
 */
export async function hold(
  place: Place,
  spec: EnvironmentSpec,
  settings: string,
  signal: AbortSignal,
): Promise<Holder> {
  await writeSettings(settings);
  await makeWorkspace(place, spec.bounds.diskMb);
  const groups = await boundBy(place.key, spec.bounds);
  await beginHolder(place, { bounds: spec.bounds, groups: [...groups], since: Date.now() });
  const parts = isRoot() ? STAGED : { workspace: place.folder, door: spec.doorDir, settings };
  const argv = [...isolated(place), ...(await treeOf(parts, spec.bounds)), "--", "sleep", "infinity"];
  const env = {
    ...{ PATH, LC_ALL: "C", GROUPS_OF_ENV: groups.join(" ") },
    ...{ SETTINGS: settings, IMAGE: place.image, DOOR: spec.doorDir, HOLD_UID: `${place.uid}` },
  };
  const ended = await beginDetached(place, argv, env);
  return await held(place, ended, signal);
}

function isolated(place: Place): readonly string[] {
  const { uid, gid } = INSIDE_USER;
  const variables = { ...VARIABLES, THALASSA_HOLDER: markOf(place) };
  return [
    ...["bwrap", "--unshare-all", "--unshare-user", "--disable-userns", "--uid", `${uid}`, "--gid", `${gid}`],
    ...["--cap-drop", "ALL", "--new-session", "--hostname", "thalassa", "--info-fd", "3", "--clearenv"],
    ...Object.entries(variables).flatMap(([name, value]) => ["--setenv", name, value]),
  ];
}

async function beginDetached(place: Place, argv: readonly string[], env: NodeJS.ProcessEnv): Promise<() => boolean> {
  const [info, log] = await Promise.all([open(place.info, "w", 0o600), open(place.log, "w", 0o600)]);
  try {
    const script = isRoot() ? BY_ROOT : BY_ANYBODY;
    const child = spawn("/bin/sh", ["-ec", script, "hold", ...argv], {
      ...{ env, cwd: "/", detached: true },
      stdio: ["ignore", log.fd, log.fd, info.fd],
    });
    let over = false;
    child.once("exit", () => {
      over = true;
    });
    child.once("error", () => {
      over = true;
    });
    child.unref();
    return () => over;
  } finally {
    await Promise.all([info.close(), log.close()]);
  }
}

/** Waits until it holds: bubblewrap has then told its first process, and that one has become what it was told to be. */
async function held(place: Place, isOver: () => boolean, signal: AbortSignal): Promise<Holder> {
  const until = Date.now() + BEGINNING.mostMs;
  while (!signal.aborted && !isOver() && Date.now() < until) {
    const holder = await adopted(place);
    if (holder !== undefined && (await isReady(holder))) return holder;
    await delay(BEGINNING.everyMs);
  }
  const said = (await readFile(place.log, "utf8").catch(() => "")).trim().split("\n").slice(-3).join("; ");
  await endHolder(place);
  signal.throwIfAborted();
  throw new EngineError("engine", `bubblewrap did not begin ${place.env}: ${said || "it said nothing"}`);
}

/** The command runs as the only child of the first process when all mounts are done. */
async function isReady({ init }: Holder): Promise<boolean> {
  const children = await readFile(join("/proc", `${init.pid}`, "task", `${init.pid}`, "children"), "latin1").catch(
    () => "",
  );
  const [child] = children.trim().split(" ");
  return (await readFile(`/proc/${child}/comm`, "utf8").catch(() => "")) === "sleep\n";
}
