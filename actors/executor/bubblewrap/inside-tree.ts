import { lstat, mkdir, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { INSIDE, INSIDE_USER } from "#actors/executor/engine.ts";
import type { Bounds } from "#subjects/order.ts";

/** What of the host's settings programs need: none of it is secret, and nothing else of `/etc` is inside. */
const SETTINGS = [
  ...["alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "timezone", "mime.types"],
  ...["protocols", "services", "ssl/certs", "ssl/openssl.cnf", "ca-certificates", "pki/tls/certs", "terminfo"],
];

const MIB = 1024 * 1024;

const { uid, gid } = INSIDE_USER;

/** Settings that are the environment's own. */
const OWN_SETTINGS: Readonly<Record<string, string>> = {
  passwd: `root:x:0:0:root:/:/bin/sh\nthalassa:x:${uid}:${gid}::${INSIDE.workspace}:/bin/sh\n`,
  group: `root:x:0:\nthalassa:x:${gid}:\n`,
  hosts: "127.0.0.1 localhost thalassa\n::1 localhost\n",
  hostname: "thalassa\n",
  "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
  "resolv.conf": "",
};

/** What a program inside finds in its environment. */
export const VARIABLES = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: INSIDE.workspace,
  LANG: "C.UTF-8",
} as const;

/** Where on this host the parts of an environment's tree are, that are not the host's own. */
export type Parts = { readonly workspace: string; readonly door: string; readonly settings: string };

/** Writes the settings that all environments share. */
export async function writeSettings(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o755 });
  for (const [name, text] of Object.entries(OWN_SETTINGS)) await writeFile(join(dir, name), text, { mode: 0o644 });
}

/**
 * What bubblewrap is told to have inside: the host's programs, read-only, and nothing of its data. Whatever can be written is
 * bounded: memory that files in `/tmp` and the like take counts as the environment's.
 */
export async function treeOf({ workspace, door, settings }: Parts, { memoryMb }: Bounds): Promise<readonly string[]> {
  const inMemory = (part: number, path: string) => [
    ...["--perms", "1777", "--size", `${Math.ceil(memoryMb * part) * MIB}`, "--tmpfs", path],
  ];
  return [
    ...(await hostPrograms()),
    ...["/etc", "/etc/ssl", "/run", "/var"].flatMap((path) => ["--perms", "0755", "--dir", path]),
    ...SETTINGS.flatMap((name) => ["--ro-bind-try", `/etc/${name}`, `/etc/${name}`]),
    ...Object.keys(OWN_SETTINGS).flatMap((name) => ["--ro-bind", join(settings, name), `/etc/${name}`]),
    ...["--symlink", "/proc/self/mounts", "/etc/mtab", "--proc", "/proc", "--dev", "/dev"],
    ...inMemory(0.25, "/dev/shm"),
    ...["--remount-ro", "/dev"],
    ...inMemory(0.5, "/tmp"),
    ...["--symlink", "/tmp", "/var/tmp", "--symlink", "/run", "/var/run"],
    ...inMemory(0.25, INSIDE.journal),
    ...["--ro-bind", door, INSIDE.door, "--bind", workspace, INSIDE.workspace],
    ...["--remount-ro", "/"],
  ];
}

/** The folders of the host's programs, and what leads into them. */
async function hostPrograms(): Promise<readonly string[]> {
  const args = ["--ro-bind", "/usr", "/usr"];
  for (const path of ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"]) {
    const found = await lstat(path).catch(() => undefined);
    if (found?.isSymbolicLink()) args.push("--symlink", await readlink(path), path);
    else if (found?.isDirectory()) args.push("--ro-bind", path, path);
  }
  return args;
}
