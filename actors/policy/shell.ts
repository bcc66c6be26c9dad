import type { Act, Deed, World } from "./deed.ts";
import { FILE_PROGRAMS } from "./file-programs.ts";
import { type Ground, groundOf } from "./ground.ts";
import { hostAct } from "./host.ts";
import { pathsAmong } from "./inner.ts";
import { NET_PROGRAMS } from "./net-programs.ts";
import { actsOf } from "./operands.ts";
import { PACKAGE_PROGRAMS } from "./package-programs.ts";
import { Reading } from "./reading.ts";
import { type Run, unread, unreadable } from "./run.ts";
import { TEXT_PROGRAMS } from "./text-programs.ts";
import { type Arg, literal, wholeOf } from "./word.ts";

/** Longest line that is taken apart. Units: UTF-16 units. */
const MAX_LINE = 65_536;

/** Most deeds of one line that are told apart. */
const MAX_DEEDS = 20_000;

/** Longest part of a command that is shown. */
const MAX_PART = 100;

/** Signs that a person does not see, or that turn round what they see. */
const HIDDEN = /[^\P{C}\n\t]/u;

const PROGRAMS = { ...FILE_PROGRAMS, ...NET_PROGRAMS, ...PACKAGE_PROGRAMS };

/**
 * All that a line of shell would do, its substitutions, inner scripts and wrapped commands included. Never throws: what cannot
 * be read is a deed of class `unknown`.
 */
export function deedsOf(line: string, world: World): readonly Deed[] {
  if (line.length > MAX_LINE) return [{ ...unreadable("it is too long to be read"), part: shown(line) }];
  const still = new Reading(line, world, true);
  const { found } = still.found.goesTo.length === 0 ? still : new Reading(line, world, false);
  const ground = groundOf(world, found.goesTo);
  const hidden = HIDDEN.test(line) ? [{ ...unread("it holds signs that nobody sees"), part: shown(line) }] : [];
  const deeds = found.runs.flatMap((run) =>
    actsOfRun(run, ground, found.functions).map((act): Deed => ({ ...act, part: shown(run.part) })),
  );
  const all = [...hidden, ...deeds];
  if (all.length > MAX_DEEDS) return [{ ...unreadable("it is too long to be read"), part: shown(line) }];
  return [...new Map(all.map((deed) => [JSON.stringify(deed), deed])).values()];
}

function actsOfRun(run: Run, ground: Ground, functions: ReadonlySet<string>): readonly Act[] {
  const { name, args, acts, redirects } = run;
  const redirected = redirects.flatMap(({ to, does }) => redirectActs(to, does, ground));
  return [...acts, ...redirected, ...(name === undefined ? [] : programActs(name, args, { ground, functions }))];
}

type Around = { readonly ground: Ground; readonly functions: ReadonlySet<string> };

function programActs(name: Arg, args: readonly Arg[], { ground, functions }: Around): readonly Act[] {
  const known = wholeOf(name);
  if (known === undefined) return unknownActs("what runs shows only at run time", args, ground);
  if (functions.has(known)) return unknownActs("it is a function of this line", args, ground);
  const special = Object.hasOwn(TEXT_PROGRAMS, known) ? TEXT_PROGRAMS[known] : undefined;
  if (special !== undefined) return special(args, ground);
  const program = Object.hasOwn(PROGRAMS, known) ? PROGRAMS[known] : undefined;
  if (program !== undefined) return actsOf(program, args, ground);
  const isShell = /^(?:ba|da|z|k)?sh$|^script$/.test(known);
  return unknownActs(isShell ? "it runs what nobody has read" : "nobody knows this program", [name, ...args], ground);
}

/** A program that is not known may do anything to what it is given. */
function unknownActs(because: string, args: readonly Arg[], ground: Ground): readonly Act[] {
  const places = pathsAmong(args).flatMap((arg) => ground.placed(arg, "unknown", true));
  return [unread(because), ...places];
}

function redirectActs(to: Arg, does: "read" | "write", ground: Ground): readonly Act[] {
  const socket = /^\/dev\/(?:tcp|udp)\/([^/]*)\//.exec(to.stem)?.[1];
  return socket === undefined ? ground.placed(to, does, false) : [hostAct("network", literal(socket), "web")];
}

/** A part as people see it: short, in one line, with its hidden signs told. */
export function shown(part: string): string {
  const line = part.replace(/\s+/g, " ").trim();
  const short = line.length <= MAX_PART ? line : `${line.slice(0, MAX_PART - 1)}…`;
  return short.replace(/[^\P{C}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
}
