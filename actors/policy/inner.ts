import { type Taker, unread } from "./run.ts";
import { type Arg, belowOf, computed, literal, openedUp, wholeOf, without } from "./word.ts";
import { type Unwrapped, unwrapped } from "./wrappers.ts";

/** Most places whose names stand for what `find` finds there. */
const MAX_ROOTS = 16;

const SHELLS = new Set(["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "rbash", "fish"]);

/** Variables that decide what other programs run, or where: by name, by beginning, by end. */
const STEERING = new RegExp(
  [
    "^(?:IFS|ENV|SHELL|SHELLOPTS|BASHOPTS|PWD|OLDPWD|PS[0-4]|BROWSER|VISUAL|CC|CXX|LD|AR|TMPDIR|GLOBIGNORE|FPATH)$",
    "^(?:LD|DYLD|BASH|GIT|PYTHON|NPM|npm|PERL5|RUBY|LESS|XDG|SSH|DOCKER|COMPOSE|KUBE|MAKE|CARGO|RUST)_?[A-Za-z]",
    "(?:PATH|HOME|OPTIONS|OPTS?|FLAGS|PAGER|EDITOR|COMMAND|CMD|_SHELL|_RSH|ASKPASS|PRELOAD|CONFIG|CONFIG_FILE|_RC|CURLRC|WGETRC|INPUTRC)$",
    "proxy$",
  ].join("|"),
  "i",
);

const ASSIGNING = new Set([
  "export",
  "declare",
  "typeset",
  "local",
  "readonly",
  "read",
  "unset",
  "printf",
  "getopts",
  "mapfile",
  "readarray",
  "let",
]);

/** What `let` does to a variable, without counting with another one. */
const PLAIN_SUM = /^\w+(?:\+\+|--|[-+*]?=\d+)$/;

/** Builtins that run what stands in an index: `let 'a[$(…)]'`. */
const COUNTING = new Set([...ASSIGNING, "test", "[", "wait"]);

/** Takes the commands out of a command that runs others, of which `rest` are the words after its name. */
export function takeInner(name: string, rest: readonly Arg[], taker: Taker): void {
  const key = SHELLS.has(name) ? "sh" : name;
  const own = Object.hasOwn(INNER, key) ? INNER[key] : undefined;
  const opened = unwrapped(name, rest);
  if (own !== undefined) own(rest, taker, name);
  else if (opened !== undefined) takeOpened(opened, taker);
  else {
    if (ASSIGNING.has(name)) {
      for (const arg of rest) {
        takeAssigned(arg.stem, taker);
        taker.assigned(wholeOf(arg) ?? arg.stem.replace(/=.*$/s, ""));
      }
    }
    const isSum = name === "let" && !rest.every((arg) => PLAIN_SUM.test(wholeOf(arg) ?? ""));
    if (isSum) taker.act(unread("it counts with what may be code"));
    const isCounting = COUNTING.has(name) && rest.some((arg, at) => isIndexed(name, arg, rest[at - 1]));
    if (isCounting) taker.act(unread("runs what is in an index"));
    taker.plain();
  }
}

/** Whether a builtin takes a word for a name whose index may run something. */
function isIndexed(name: string, { stem, rest }: Arg, before: Arg | undefined): boolean {
  if (/\$\(|`/.test(stem)) return true;
  const isName = /^(?:printf|test|\[)$/.test(name) ? before?.stem === "-v" : name !== "wait";
  return isName && rest === "computed" && !stem.includes("=");
}

function takeOpened({ inner, assigned, acts, fed }: Unwrapped, taker: Taker): void {
  taker.act(...acts);
  for (const arg of assigned) takeAssigned(arg.stem, taker);
  const line = inner[0] && wholeOf(inner[0]);
  if (line !== undefined && /\s/.test(line)) taker.script(line);
  const words = fed === "within" ? inner.map((word, at) => (at === 0 ? word : openedUp(word))) : inner;
  if (words.length > 0) taker.command(words);
  else taker.act({ class: "read" });
  if (fed === "behind" && words.length > 0) taker.command([...words, computed("what xargs reads")]);
}

/** A variable that decides what runs is as good as code. Shape of the text: `PATH=/x`, `PATH`. */
export function takeAssigned(text: string, { act }: Pick<Taker, "act">): void {
  const name = /^\w+/.exec(text)?.[0] ?? "";
  if (STEERING.test(name)) act(unread(`${name} decides what runs`));
}

type Inner = (rest: readonly Arg[], taker: Taker, name: string) => void;

const INNER: Readonly<Record<string, Inner>> = {
  sh: takeShell,
  su: (rest, taker) => {
    taker.act(unread("as another user"));
    takeShell(rest, { ...taker, fed: taker.fed ?? { text: "" } }, "su");
  },
  script: (rest, taker) => takeShell(rest, { ...taker, fed: taker.fed ?? { text: undefined } }, "script"),
  eval: (rest, taker) => {
    const texts = rest.map(wholeOf);
    if (texts.includes(undefined)) taker.act(unread("its words show only at run time"));
    taker.script(rest.map(({ stem }) => stem).join(" "));
  },
  trap: (rest, taker) => {
    const [first, ...signals] = rest.filter((arg) => wholeOf(arg) !== "--");
    if (first === undefined || signals.length === 0 || first.stem === "-" || first.stem === "-l") {
      taker.plain();
      return;
    }
    if (wholeOf(first) === undefined) taker.act(unread("its words show only at run time"));
    taker.script(first.stem);
  },
  alias: (rest, taker) => {
    if (rest.length === 0) {
      taker.act({ class: "read" });
      return;
    }
    taker.act(unread("words get another meaning"));
    for (const { stem } of rest) if (stem.includes("=")) taker.script(stem.slice(stem.indexOf("=") + 1));
  },
  env: (rest, taker) => {
    const at = rest.findIndex(({ stem }) => /^(?:-[iv0]*S|--split-string)/.test(stem));
    const split = rest[at];
    if (split === undefined) {
      takeWrapped("env", rest, taker);
      return;
    }
    const attached = split.stem.replace(/^(?:-[iv0]*S|--split-string=?)/, "");
    const words = [...(attached === "" ? [] : [literal(attached)]), ...rest.slice(at + 1)];
    taker.act(unread("env splits words by rules of its own"));
    taker.script(words.map(({ stem }) => stem).join(" "));
  },
  command: (rest, taker) => {
    if (/^-\w*[vV]$/.test(rest[0]?.stem ?? "")) taker.act({ class: "read" });
    else takeWrapped("command", rest, taker);
  },
  find: takeFind,
  python: takePython,
  python3: takePython,
};

function takeWrapped(name: string, rest: readonly Arg[], taker: Taker): void {
  const opened = unwrapped(name, rest);
  if (opened !== undefined) takeOpened(opened, taker);
}

/** `bash -c TEXT`, `bash FILE`, `bash` that reads what it is fed. */
function takeShell(rest: readonly Arg[], taker: Taker, name: string): void {
  const at = rest.findIndex(({ stem }) => /^-\w*c\w*$|^--command$/.test(stem));
  const operands = rest.slice(at + 1).filter(({ stem, rest: open }) => !/^[-+]./.test(stem) || open !== "nothing");
  const [first] = operands;
  if (rest.length === 1 && /^--?(?:version|help)$/.test(rest[0]?.stem ?? "")) {
    taker.act({ class: "read" });
    return;
  }
  taker.act({ class: "read" });
  if (rest.some(({ stem }) => /^--(?:rcfile|init-file)|^-\w*i/.test(stem)))
    taker.act(unread("reads its own start file"));
  if (/^(?:zsh|m?ksh|fish)$/.test(name)) taker.act(unread("is another language than this one"));
  if (at !== -1) {
    // Shells differ in what they let stand between -c and its text: every word may be it.
    for (const arg of operands) taker.script(arg.stem);
    if (operands.length === 0 || wholeOf(operands[0] as Arg) === undefined) {
      taker.act(unread("its script shows only at run time"));
    }
    return;
  }
  if (first !== undefined && name !== "su") {
    takeFile(first, taker);
    return;
  }
  if (taker.fed?.text === undefined) taker.act(unread("runs what it reads"));
  else taker.script(taker.fed.text);
}

function takeFile(file: Arg, taker: Taker): void {
  taker.act(unread(`what is in ${file.text} was not read`));
  taker.plain();
}

/** What `find` runs has the places where it looks for its operands. */
function takeFind(rest: readonly Arg[], taker: Taker): void {
  taker.plain();
  const firstTest = rest.findIndex(({ stem }) => /^[-(!]/.test(stem) && !/^-[HLPOD]/.test(stem));
  const roots = (firstTest === -1 ? rest : rest.slice(0, firstTest)).filter(({ stem }) => !/^-[HLPOD]/.test(stem));
  const all = roots.length === 0 ? [literal(".")] : roots;
  const isNamed = all.length <= MAX_ROOTS && all.every(({ stem }) => !stem.includes("{}"));
  const found = isNamed ? all.flatMap((root) => [root, belowOf(root)]) : [computed("what find finds")];
  for (let at = 0; at < rest.length; at++) {
    if (!/^-(?:exec|execdir|ok|okdir)$/.test(rest[at]?.stem ?? "")) continue;
    const behind = rest.slice(at + 1);
    const end = behind.findIndex(
      ({ stem }, index) => stem === ";" || (stem === "+" && behind[index - 1]?.stem === "{}"),
    );
    const words = end === -1 ? behind : behind.slice(0, end);
    // It runs in a shell's -c or in a name too: there nothing is known of it.
    if (words.length > 0) {
      taker.command(
        words.flatMap((word) => (word.stem === "{}" ? found : word.stem.includes("{}") ? [openedUp(word)] : [word])),
      );
    }
    at += words.length;
  }
}

/** `python -m pip …` is pip; all else is code that nobody has read. */
function takePython(rest: readonly Arg[], taker: Taker): void {
  if (rest[0]?.stem === "-m" && rest[1]?.stem === "pip") {
    taker.command([literal("pip"), ...rest.slice(2)]);
    return;
  }
  if (rest.length === 1 && /^(?:-V|--version|--help)$/.test(rest[0]?.stem ?? "")) {
    taker.act({ class: "read" });
    return;
  }
  taker.plain();
}

/** The words of a program that are paths, as far as one can see: they hold a slash or begin with a dot or `~`. */
export function pathsAmong(args: readonly Arg[]): readonly Arg[] {
  return args.flatMap((arg) => {
    const value = /^-[^=]*=/.exec(arg.stem)?.[0];
    const bare = value === undefined ? arg : without(arg, value.length);
    return /\/|^\.|^~/.test(bare.stem) && !/^\w+:\/\//.test(bare.stem) ? [bare] : [];
  });
}
