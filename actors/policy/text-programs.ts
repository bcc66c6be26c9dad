import type { Act } from "./deed.ts";
import type { Ground } from "./ground.ts";
import { actsOf } from "./operands.ts";
import type { Program } from "./program.ts";
import { unread } from "./run.ts";
import { type Arg, belowOf, literal, wholeOf } from "./word.ts";

/** Scripts of sed that only print and replace: everything else may write, or run what it likes. */
const PLAIN_SED =
  /^(?:(?:\d+|\$)(?:,(?:\d+|\$))?[pdq=]|(?:\/[^/]*\/)?[pdq]|(?:\d+(?:,(?:\d+|\$))?)?s([/|#,])(?:(?!\1)[^\\]|\\[\s\S])*\1(?:(?!\1)[^\\]|\\[\s\S])*\1[gipI0-9]*|;|\s)*$/;

/** What lets awk write files or run programs. */
const BUSY_AWK = /system|getline|[|>]|printf?\s*>|ARGV|ARGC|ENVIRON|@/;

type Special = (args: readonly Arg[], ground: Ground) => readonly Act[];

/** Programs with a language of their own, and `find`, of which the expressions are read. */
export const TEXT_PROGRAMS: Readonly<Record<string, Special>> = {
  sed: sedActs,
  gsed: sedActs,
  awk: awkActs,
  gawk: awkActs,
  mawk: awkActs,
  find: findActs,
};

function sedActs(args: readonly Arg[], ground: Ground): readonly Act[] {
  const isInPlace = args.some(({ stem }) => /^-[nErsuz]*i|^--in-/.test(stem));
  const given = args.flatMap((arg, at) => (/^-[nErsuz]*e$|^--expression$/.test(arg.stem) ? [args[at + 1]] : []));
  const scripts = given.length > 0 ? given : args.filter(({ stem }) => !stem.startsWith("-")).slice(0, 1);
  const isPlain =
    scripts.every((script) => PLAIN_SED.test((script && wholeOf(script)) ?? "e")) &&
    args.every(
      ({ stem }) =>
        !stem.startsWith("-") ||
        /^-(?:[nErsuz]*(?:e|i[\w.]*)?|-in-place.*|-expression|-regexp-extended|-quiet|-silent)$/.test(stem),
    );
  const program: Program = {
    does: isInPlace ? "write" : "read",
    skip: given.length > 0 ? 0 : 1,
    valued: ["-e", "--expression"],
    reads: ["-f", "--file"],
  };
  return [...actsOf(program, args, ground), ...(isPlain ? [] : [unread("its script may write or run something")])];
}

function awkActs(args: readonly Arg[], ground: Ground): readonly Act[] {
  const program: Program = { does: "read", skip: 1, valued: ["-F", "-v"], reads: ["-f", "--file"] };
  const isBusy = args.some(
    (arg) => arg.rest === "computed" || BUSY_AWK.test(arg.stem) || /^(?:-[felDipo]|--)/.test(arg.stem),
  );
  return [...actsOf(program, args, ground), ...(isBusy ? [unread("its script may write or run something")] : [])];
}

function findActs(args: readonly Arg[], ground: Ground): readonly Act[] {
  const first = args.findIndex(({ stem }) => /^[-(!]/.test(stem) && !/^-[HLPOD]/.test(stem));
  const roots = (first === -1 ? args : args.slice(0, first)).filter(({ stem }) => !/^-[HLPOD]/.test(stem));
  const all = roots.length === 0 ? [literal(".")] : roots;
  const written = args.flatMap((arg, index) =>
    /^-(?:fprint0?|fprintf|fls)$/.test(args[index - 1]?.stem ?? "") ? [arg] : [],
  );
  const isOpen = args.some(
    ({ rest, stem }, index) =>
      (rest === "computed" && (stem === "" || index >= roots.length)) || stem.startsWith("-files0"),
  );
  return [
    ...all.flatMap((root) => ground.placed(root, "read", true)),
    ...(args.some(({ stem }) => stem === "-delete")
      ? all.flatMap((root) => ground.placed(belowOf(root), "destructive", true))
      : []),
    ...written.flatMap((arg) => ground.placed(arg, "write", false)),
    ...(isOpen ? [unread("its words show only at run time")] : []),
  ];
}
