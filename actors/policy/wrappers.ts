import type { Act } from "./deed.ts";
import { type Arg, wholeOf } from "./word.ts";

/** A program that runs another one, which stands in its words. */
type Wrapper = {
  /** Options without a value, letters and long ones. */
  readonly plain?: readonly string[];
  /** Options whose value is the next word. */
  readonly valued?: readonly string[];
  /** How many words stand before the command besides. */
  readonly skip?: number;
  /** Whether `NAME=value` may stand before the command. */
  readonly assigns?: true;
  /** What running it so means in itself. */
  readonly means?: Act;
};

const AS_ANOTHER: Act = { class: "unknown", because: "as another user" };
const ELSEWHERE: Act = { class: "unknown", because: "in other surroundings" };

const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  sudo: {
    assigns: true,
    plain: ["-E", "-H", "-n", "-k", "-b", "-S", "-A"],
    valued: ["-u", "-g", "-p", "-C", "-h", "-r", "-t", "-D", "-R", "-T", "--user", "--group"],
    means: AS_ANOTHER,
  },
  doas: { plain: ["-n"], valued: ["-u", "-C"], means: AS_ANOTHER },
  runuser: { valued: ["-u", "-g"], means: AS_ANOTHER },
  setpriv: { means: AS_ANOTHER },
  env: { assigns: true, plain: ["-i", "-", "-0", "-v", "--ignore-environment"], valued: ["-u", "--unset"] },
  nohup: {},
  time: { plain: ["-p", "-v"], valued: ["-f"] },
  timeout: {
    skip: 1,
    plain: ["-v", "--foreground", "--preserve-status"],
    valued: ["-k", "-s", "--signal", "--kill-after"],
  },
  nice: { valued: ["-n", "--adjustment"] },
  ionice: { plain: ["-t"], valued: ["-c", "-n"] },
  chrt: { skip: 1, plain: ["-f", "-r", "-o", "-b", "-i"] },
  taskset: { skip: 1, plain: ["-a", "-c"] },
  stdbuf: { valued: ["-i", "-o", "-e"] },
  setsid: { plain: ["-f", "-w", "-c"] },
  command: { plain: ["-p", "-v", "-V"] },
  builtin: {},
  exec: { plain: ["-c", "-l"], valued: ["-a"] },
  busybox: {},
  toybox: {},
  unbuffer: { plain: ["-p"] },
  caffeinate: { plain: ["-d", "-i", "-m", "-s", "-u"] },
  chronic: {},
  coproc: {},
  flock: { skip: 1, plain: ["-n", "-x", "-s", "-e", "-u", "-o"], valued: ["-w", "-E"] },
  chroot: { skip: 1, valued: ["--userspec"], means: ELSEWHERE },
  unshare: { plain: ["-m", "-n", "-p", "-r", "-U", "-f"], means: ELSEWHERE },
  nsenter: { plain: ["-m", "-n", "-p", "-a"], valued: ["-t"], means: ELSEWHERE },
  strace: { plain: ["-f"], valued: ["-e", "-o", "-s"], means: ELSEWHERE },
  ltrace: { plain: ["-f"], valued: ["-e", "-o"], means: ELSEWHERE },
  "systemd-run": { means: ELSEWHERE },
  watch: { plain: ["-d", "-t", "-e", "-x"], valued: ["-n"] },
  xargs: {
    plain: ["-0", "-r", "-t", "-p", "-x", "--null", "--no-run-if-empty"],
    valued: ["-n", "-P", "-I", "-L", "-d", "-s", "-a", "-E", "--max-args", "--max-procs", "--delimiter"],
  },
};

/** The command in a wrapper's words, and what the wrapper means besides. */
export type Unwrapped = {
  readonly inner: readonly Arg[];
  readonly assigned: readonly Arg[];
  readonly acts: readonly Act[];
  /** Whether it gets more words from what it reads (`behind`), or other words in place of some (`within`). */
  readonly fed: "nothing" | "behind" | "within";
};

/** Takes a wrapper off; undefined where the name is none. An option that is not known here makes it unknown as well. */
export function unwrapped(name: string, args: readonly Arg[]): Unwrapped | undefined {
  const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
  if (wrapper === undefined) return undefined;
  const { plain = [], valued = [], assigns, means } = wrapper;
  const acts: Act[] = means === undefined ? [] : [means];
  const assigned: Arg[] = [];
  let { skip = 0 } = wrapper;
  let index = 0;
  for (; index < args.length; index++) {
    const arg = args[index] as Arg;
    if (wholeOf(arg) === "--") continue;
    if (arg.stem.startsWith("-")) {
      const known = optionKind(wholeOf(arg), plain, valued);
      if (known === "next") index++;
      else if (known === "unknown") acts.push({ class: "unknown", because: `${name} ${arg.text}` });
    } else if (assigns && /^\w+=/.test(arg.stem)) assigned.push(arg);
    else if (skip > 0) skip--;
    else break;
  }
  const isWithin = args.slice(0, index).some(({ stem }) => /^-[\w]*[iI]|^--replace/.test(stem));
  const fed = name !== "xargs" ? "nothing" : isWithin ? "within" : "behind";
  return { inner: args.slice(index), assigned, acts, fed };
}

function optionKind(option: string | undefined, plain: readonly string[], valued: readonly string[]): string {
  if (option === undefined) return "unknown";
  if (plain.includes(option)) return "alone";
  if (valued.includes(option)) return "next";
  if (/^--[\w-]+=/.test(option) && valued.includes(option.slice(0, option.indexOf("=")))) return "alone";
  const letters = [...option.slice(1)];
  const taking = letters.findIndex((letter) => valued.includes(`-${letter}`));
  const before = taking === -1 ? letters : letters.slice(0, taking);
  if (option.startsWith("--") || !before.every((letter) => plain.includes(`-${letter}`))) return "unknown";
  return taking === letters.length - 1 ? "next" : "alone";
}
