import type { DeedClass, Effect, Rule, Standing } from "#subjects/policy.ts";

/**
 * Where a deed is done. `inside` is what belongs to the job: its workspace, or, where it speaks to a host, that it is its own
 * machine. A deed that names neither place nor host counts as inside.
 */
export type Where = "inside" | "outside";

/** What holds where no rule fits. */
export type Defaults = Readonly<Record<Standing, Readonly<Record<DeedClass, Readonly<Record<Where, Effect>>>>>>;

const NOTHING: Defaults["guest"] = {
  read: { inside: "deny", outside: "deny" },
  write: { inside: "deny", outside: "deny" },
  network: { inside: "deny", outside: "deny" },
  install: { inside: "deny", outside: "deny" },
  destructive: { inside: "deny", outside: "deny" },
  unknown: { inside: "deny", outside: "deny" },
};

/** On a machine that others use as well. */
export const ON_A_MACHINE: Defaults = {
  owner: {
    read: { inside: "allow", outside: "ask" },
    write: { inside: "allow", outside: "ask" },
    network: { inside: "allow", outside: "allow" },
    install: { inside: "ask", outside: "ask" },
    destructive: { inside: "ask", outside: "ask" },
    unknown: { inside: "ask", outside: "ask" },
  },
  user: {
    read: { inside: "allow", outside: "ask" },
    write: { inside: "allow", outside: "deny" },
    network: { inside: "ask", outside: "ask" },
    install: { inside: "ask", outside: "deny" },
    destructive: { inside: "ask", outside: "deny" },
    unknown: { inside: "ask", outside: "deny" },
  },
  guest: NOTHING,
};

const OF_A_JOB: Defaults["owner"] = {
  read: { inside: "allow", outside: "allow" },
  write: { inside: "allow", outside: "allow" },
  network: { inside: "allow", outside: "ask" },
  install: { inside: "ask", outside: "ask" },
  destructive: { inside: "allow", outside: "ask" },
  unknown: { inside: "allow", outside: "ask" },
};

/** In an environment of a job: what nobody can read beforehand may run there, for there is nothing that it could reach. */
export const IN_AN_ENVIRONMENT: Defaults = {
  owner: OF_A_JOB,
  user: OF_A_JOB,
  guest: NOTHING,
};

/** Folders of an environment that are as much the job's as its workspace. */
export const SCRATCH = ["/tmp/**", "/var/tmp/**"] as const;

/** The names of the machine that a deed is done on. */
export const OWN_HOST = /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|0\.0\.0\.0|::1?)$/i;

/** What no machine, and nobody at it, can do without. */
const ROOTS = "bin boot dev etc home lib lib64 opt proc root sbin srv sys usr var Users System"
  .split(" ")
  .map((name) => `/${name}`);

/** The rules of all agents as long as nobody has stored others. */
export const BUILT_IN: readonly Rule[] = [
  {
    effect: "deny",
    classes: ["destructive"],
    paths: ["/", "~", ...ROOTS],
    why: "it would take the machine, or a whole home, with it",
  },
  { effect: "deny", classes: ["write", "destructive"], paths: ["/dev/**"], why: "devices are written to by nobody" },
  {
    effect: "deny",
    where: "machine",
    classes: ["read", "write"],
    paths: ["~/.ssh/**", "~/.gnupg/**", "~/.aws/**", "~/.thalassa/**", "/etc/shadow", "/etc/sudoers"],
    why: "keys and passwords are not for agents",
  },
  {
    effect: "deny",
    tools: ["environment", "admit"],
    hosts: [
      ...["localhost", "*.localhost", "127.*", "0.*", "::", "::1", "::ffff:*", "169.254.*", "fe80:*"],
      ...["metadata", "metadata.*", "instance-data", "instance-data.*"],
    ],
    why: "programs would reach what is on this machine itself, or what a cloud tells it of its keys",
  },
  {
    effect: "ask",
    who: { roles: ["user"] },
    tools: ["preview"],
    why: "others would reach what a job runs",
  },
];
