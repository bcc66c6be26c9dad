import type { DeedClass } from "#subjects/policy.ts";
import type { Act } from "./deed.ts";
import type { Ground } from "./ground.ts";
import { hostAct, isRemote } from "./host.ts";
import type { Program } from "./program.ts";
import { unread } from "./run.ts";
import { type Arg, wholeOf, without } from "./word.ts";

/** An option as it was given, with the word that belongs to it. */
type Option = { readonly name: string; readonly value?: Arg };

/** What a program that is known would do with these words. */
export function actsOf(program: Program, args: readonly Arg[], ground: Ground): readonly Act[] {
  const { operands, options } = sorted(program, args);
  if (program.subs === undefined) return actsWith(program, { operands, options }, ground);
  const [first] = operands;
  const name = first && wholeOf(first);
  const sub = name === undefined || !Object.hasOwn(program.subs, name) ? undefined : program.subs[name];
  const own = actsOfOptions(program, options, ground);
  if (first === undefined) {
    const isQuestion = args.length === 1 && /^--?(?:v|V|h|version|help)$/.test(args[0]?.stem ?? "");
    const alone = program.alone === undefined || isQuestion ? [acting("read")] : actsOf(program.alone, args, ground);
    return [...alone, ...own];
  }
  if (sub === undefined) return [{ class: "unknown", because: `what ${first.text} does is not known` }, ...own];
  return [...own, ...actsOf(sub, args.slice(args.indexOf(first) + 1), ground)];
}

type Given = { readonly operands: readonly Arg[]; readonly options: readonly Option[] };

function actsWith(program: Program, { operands, options }: Given, ground: Ground): readonly Act[] {
  const { does, also = [], here, last, raises = {}, treeIf = [], writes } = program;
  const raised = operands.flatMap((arg) => worse(raises, wholeOf(arg) ?? ""));
  const isWorst = [...raised, ...options.flatMap(({ name }) => worse(raises, name))].includes("destructive");
  const worst = isWorst ? "destructive" : does;
  const isTree = program.tree === true || options.some(({ name }) => treeIf.some((each) => isOption(each, name)));
  const touched = operands.slice(program.skip ?? 0).flatMap((arg, at, all) => {
    const isLast = last !== undefined && at === all.length - 1 && all.length > 1;
    return actsAt(arg, { program, does: isLast ? last : worst, isTree, ground });
  });
  const implied = here && touched.length === 0 ? ground.here(worst, isTree) : [];
  const isOpen = [...(writes ?? []), ...Object.keys(raises)].length > 0 && operands.some(mayBeOption);
  const bare = touched.length + implied.length === 0 ? [acting(does)] : [];
  return [
    ...bare,
    ...touched,
    ...implied,
    ...also.flatMap((each) => (each === "write" ? ground.here(each, true) : [acting(each)])),
    ...raised.map(acting),
    ...(isOpen ? [unread("what shows only at run time may be an option")] : []),
    ...actsOfOptions(program, options, ground),
  ];
}

function mayBeOption({ stem, rest }: Arg): boolean {
  return rest === "computed" && stem === "";
}

type Around = {
  readonly program: Program;
  readonly does: DeedClass;
  readonly isTree: boolean;
  readonly ground: Ground;
};

/** What is done to one operand. */
function actsAt(arg: Arg, { program, does, isTree, ground }: Around): readonly Act[] {
  const { operands = "places", assigns = {} } = program;
  const key = /^(\w+)=/.exec(arg.stem)?.[1] ?? "";
  const assigned = Object.hasOwn(assigns, key) ? assigns[key] : undefined;
  if (assigned !== undefined) return ground.placed(without(arg, key.length + 1), assigned, true);
  if (operands === "nothing") return [];
  if (operands === "hosts" && /^file:/i.test(arg.stem))
    return ground.placed(without(arg, "file://".length), "read", true);
  if (operands === "places") return ground.placed(arg, does, isTree);
  if (operands !== "hosts" && /^[^/]*::/.test(arg.stem)) return [unread(`${arg.text} names a program that fetches`)];
  if (operands === "hosts" && /^[/.~]/.test(arg.stem)) return ground.placed(arg, "unknown", true);
  if (operands === "repositories")
    return [isRemote(arg) ? hostAct("network", arg, "path") : acting("network"), ...forced(arg)];
  if (operands === "remotes" && !isRemote(arg)) return ground.placed(arg, does === "network" ? "write" : does, isTree);
  return [hostAct(program.does === "unknown" ? "unknown" : "network", arg, operands === "hosts" ? "web" : "path")];
}

/** A deed of which no more is known; whoever speaks to the network speaks to some host. */
function acting(does: DeedClass): Act {
  return does === "network" ? { class: does, host: { name: undefined } } : { class: does };
}

/** What options do by themselves: make it worse, write or read what they name, or hold a path that nobody has told us of. */
function actsOfOptions(program: Program, options: readonly Option[], ground: Ground): readonly Act[] {
  const { writes = [], reads = [], uploads = [], raises = {}, does } = program;
  return options.flatMap(({ name, value }) => {
    const made = worse(raises, name).map((each): Act => ({ ...acting(each), because: name }));
    if (isStrange(program, name)) made.push(unread(`nobody knows what ${name} does`));
    if (value === undefined) return made;
    const isIn = (names: readonly string[]): boolean => names.some((each) => isOption(each, name));
    const named = /[@<]/.test(value.stem) ? value.stem.split(/[@<,;"=]/).filter((name) => name !== "") : [];
    if (isIn(writes)) made.push(...ground.placed(value, "write", true));
    else if (isIn(reads)) made.push(...ground.placed(value, "read", true));
    else if (isIn(uploads)) {
      made.push(...named.flatMap((name) => ground.placed({ ...value, stem: name }, "read", false)));
      if (value.rest !== "nothing") made.push(...ground.placed(value, "read", false));
    } else if (/^~?\/|\/|^\.\.?$/.test(value.stem) && !isIn(program.valued ?? [])) {
      made.push(...ground.placed(value, does, true));
    }
    return made;
  });
}

/** Whether a program whose options are all known is given another one; letters in one word are looked at one by one. */
function isStrange(
  { plain, valued = [], writes = [], reads = [], uploads = [], raises = {} }: Program,
  name: string,
): boolean {
  if (plain === undefined || /^-[^-]./.test(name)) return false;
  return ![...plain, ...valued, ...writes, ...reads, ...uploads, ...Object.keys(raises)].some((each) =>
    isOption(each, name),
  );
}

/** Parts words into options and operands. */
function sorted(program: Program, args: readonly Arg[]): Given {
  const takesNext = [program.valued, program.writes, program.reads, program.uploads].flatMap((each) => each ?? []);
  const operands: Arg[] = [];
  const options: Option[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] as Arg;
    if (wholeOf(arg) === "--") {
      operands.push(...args.slice(index + 1));
      break;
    }
    // The first operand of a program with subcommands ends what is the program's own.
    if (program.subs !== undefined && operands.length > 0) break;
    if (!arg.stem.startsWith("-") || arg.stem === "-") {
      operands.push(arg);
      continue;
    }
    const [found, usesNext] = optionsIn(arg, takesNext);
    const value = usesNext ? args[++index] : undefined;
    options.push(...found.map((each) => (each.value === undefined && value !== undefined ? { ...each, value } : each)));
  }
  return { operands, options };
}

/** The options in one word (`-rf`, `--output=x`, `-ox`), and whether the next word belongs to them. */
function optionsIn(arg: Arg, takesNext: readonly string[]): readonly [readonly Option[], boolean] {
  const equals = arg.stem.indexOf("=");
  if (equals > 0 && arg.stem.startsWith("--")) {
    return [[{ name: arg.stem.slice(0, equals), value: without(arg, equals + 1) }], false];
  }
  const takes = (name: string): boolean => takesNext.some((each) => isOption(each, name));
  if (arg.stem.startsWith("--")) return [[{ name: arg.stem }], takes(arg.stem)];
  const letters = [...arg.stem.slice(1)];
  const taking = letters.findIndex((letter) => takes(`-${letter}`));
  const upTo = taking === -1 ? letters : letters.slice(0, taking + 1);
  const rest = taking === -1 ? pathIn(arg) : without(arg, taking + 2);
  const hasRest = taking !== -1 && (taking + 1 < letters.length || arg.rest !== "nothing");
  const named = upTo.map((letter, at): Option => {
    const isLast = at === upTo.length - 1;
    return isLast && rest !== undefined && (taking === -1 || hasRest)
      ? { name: `-${letter}`, value: rest }
      : { name: `-${letter}` };
  });
  return [[{ name: arg.stem }, ...named], (taking !== -1 && !hasRest) || (letters.length > 1 && takes(arg.stem))];
}

/** A path that hangs on an option: `-f/etc/passwd`. */
function pathIn(arg: Arg): Arg | undefined {
  const at = arg.stem.search(/[/~]|\.\./);
  if (at !== -1) return without(arg, at);
  return arg.rest === "computed" ? without(arg, arg.stem.length) : undefined;
}

/** Whether a typed option is this one; long ones may be shortened, as many programs let one. */
function isOption(option: string, typed: string): boolean {
  return option === typed || (typed.startsWith("--") && typed.length > 3 && option.startsWith(typed));
}

function worse(raises: Readonly<Record<string, DeedClass>>, typed: string): DeedClass[] {
  return Object.entries(raises).flatMap(([option, does]) => (isOption(option, typed) ? [does] : []));
}

/** `git push origin +main`, `:main`. */
function forced(arg: Arg): readonly Act[] {
  return /^[+:]/.test(arg.stem) ? [{ class: "destructive", because: "replaces what is there" }] : [];
}
