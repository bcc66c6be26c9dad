import type { Word, WordPart } from "unbash";

/** One word of a command, as far as it is known before it runs. */
export type Arg = {
  /** As it is written. */
  readonly text: string;
  /** What is known for sure from its beginning on. */
  readonly stem: string;
  /** Whether the stem is all of it, or the shell puts names of files behind it (`glob`), or anything at all (`computed`). */
  readonly rest: "nothing" | "glob" | "computed";
};

/** Variables whose values are known, as long as a line does not change them. */
export type Known = Readonly<Record<string, string>>;

/** What a brace may hold to be no more than several names: no slash, no dots, no option, nothing nested. */
const PLAIN_BRACE = /^\{[\w][\w.-]*(?:,[\w][\w.-]*)*\}$/;

/** Reads a word. */
export function argOf(word: Word, known: Known): Arg {
  const { text } = word;
  if (word.parts?.length === 1 && word.parts[0]?.type === "ProcessSubstitution") return literal("/dev/fd/63");
  const parts = word.parts === undefined ? [sure(word.value)] : word.parts.map((part) => read(part, known));
  const open = parts.findIndex(({ rest }) => rest !== "nothing");
  const stem = parts
    .slice(0, open === -1 ? parts.length : open + 1)
    .map((part) => part.stem)
    .join("");
  if (open === -1) return homeRead({ text, stem, rest: "nothing" }, known);
  const behind = parts.slice(open);
  const isGlob = behind.every(({ rest }) => rest !== "computed") && !behind.some((part) => part.stem.includes(".."));
  return homeRead({ text, stem, rest: isGlob ? "glob" : "computed" }, known);
}

/** A word that stands for itself. */
export function literal(text: string): Arg {
  return { text, stem: text, rest: "nothing" };
}

/** A word of which nothing is known before it runs. */
export function computed(text: string): Arg {
  return { text, stem: "", rest: "computed" };
}

/** All of a word; undefined where it is not known. */
export function wholeOf({ stem, rest }: Arg): string | undefined {
  return rest === "nothing" ? stem : undefined;
}

/** A word in which other text is put before it is used. */
export function openedUp(arg: Arg): Arg {
  return { ...arg, rest: "computed" };
}

/** What lies below the place that a word names. */
export function belowOf(arg: Arg): Arg {
  if (arg.rest !== "nothing") return arg;
  return { ...arg, stem: arg.stem.endsWith("/") ? arg.stem : `${arg.stem}/`, rest: "glob" };
}

/** A word without so many characters at its beginning. */
export function without(arg: Arg, characters: number): Arg {
  return { ...arg, stem: arg.stem.slice(characters) };
}

type Piece = Pick<Arg, "stem" | "rest">;

function read(part: WordPart, known: Known): Piece {
  switch (part.type) {
    case "Literal":
    case "SingleQuoted":
    case "AnsiCQuoted":
      return sure(part.value);
    case "DoubleQuoted":
      return joined(part.parts.map((each) => read(each, known)));
    case "SimpleExpansion":
      return variable(part.text.slice(1), known);
    case "ParameterExpansion":
      return part.text === `\${${part.parameter}}` ? variable(part.parameter, known) : OPEN;
    case "Glob":
      return { stem: "", rest: "glob" };
    case "BraceExpansion":
      return PLAIN_BRACE.test(part.text) ? { stem: "", rest: "glob" } : OPEN;
    default:
      return OPEN;
  }
}

const OPEN: Piece = { stem: "", rest: "computed" };

function sure(stem: string): Piece {
  return { stem, rest: "nothing" };
}

function joined(pieces: readonly Piece[]): Piece {
  const open = pieces.findIndex(({ rest }) => rest !== "nothing");
  const stem = pieces.slice(0, open === -1 ? pieces.length : open + 1).map((piece) => piece.stem);
  return { stem: stem.join(""), rest: open === -1 ? "nothing" : "computed" };
}

function variable(name: string, known: Known): Piece {
  const value = Object.hasOwn(known, name) ? known[name] : undefined;
  return value === undefined ? OPEN : sure(value);
}

/** `~` at the beginning; that of somebody else is not known. */
function homeRead(arg: Arg, known: Known): Arg {
  if (!arg.text.startsWith("~") || !arg.stem.startsWith("~")) return arg;
  const isOwn = /^~(?:\/|$)/.test(arg.stem) && (arg.stem !== "~" || arg.rest === "nothing");
  if (!isOwn || known.HOME === undefined) return computed(arg.text);
  return { ...arg, stem: known.HOME + arg.stem.slice(1) };
}
