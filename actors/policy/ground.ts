import type { DeedClass } from "#subjects/policy.ts";
import type { Act, Place, World } from "./deed.ts";
import { normalised } from "./place.ts";
import { unread } from "./run.ts";
import type { Arg } from "./word.ts";

/** Places that are no files: writing there changes nothing. */
const NOWHERE = /^\/dev\/(?:null|zero|stdin|stdout|stderr|tty|full|u?random|fd\/\d+)$/;

/** Most folders that a line may stand in before nobody can say where it is. */
const MAX_FOLDERS = 8;

/** Longest path that a system takes. Units: UTF-16 units. */
const MAX_PATH = 4_096;

/** The ground a line stands on: what its relative paths may mean. */
export type Ground = {
  /** What is done at a place that a word names; nothing where the place is none. */
  readonly placed: (arg: Arg, does: DeedClass, isTree: boolean) => readonly Act[];
  /** What is done where a command stands. */
  readonly here: (does: DeedClass, isTree: boolean) => readonly Act[];
};

/** The ground of a line that goes to these folders, in whatever order and however often. */
export function groundOf(world: World, goesTo: readonly Arg[]): Ground {
  const folders = foldersOf(world, goesTo);
  const placed = (arg: Arg, does: DeedClass, isTree: boolean): readonly Act[] =>
    placesOf(arg, isTree, folders)
      .filter(({ at }) => at === undefined || !NOWHERE.test(at))
      .flatMap((place) => [{ class: does, place }, ...steered(does, place)]);
  return { placed, here: (does, isTree) => placed({ text: ".", stem: ".", rest: "nothing" }, does, isTree) };
}

/** What is written there decides what git runs later. */
function steered(does: DeedClass, { at = "" }: Place): readonly Act[] {
  return does !== "read" && /\/\.git(?:\/|$)/.test(at) ? [unread("git runs what is written there")] : [];
}

function placesOf({ stem, rest }: Arg, isTree: boolean, folders: readonly string[] | undefined): readonly Place[] {
  if (rest === "computed" || stem.includes("\0") || stem.length > MAX_PATH) return [{ at: undefined, reach: "tree" }];
  // Names that the shell puts in stand below the last folder that is known.
  const known = rest === "glob" ? stem.slice(0, stem.lastIndexOf("/") + 1) : stem;
  const reach = rest === "glob" ? "below" : isTree ? "tree" : "itself";
  if (known.startsWith("/")) return [{ at: normalised(known, "/"), reach }];
  if (folders === undefined) return [{ at: undefined, reach: "tree" }];
  return [...new Set(folders.map((folder) => normalised(known, folder)))].map((at) => ({ at, reach }));
}

/** Every folder a line may stand in; undefined where nobody can say. */
function foldersOf({ workspace, cwd = "." }: World, goesTo: readonly Arg[]): readonly string[] | undefined {
  const folders = new Set([normalised(cwd, normalised(workspace, "/"))]);
  for (const { stem, rest } of goesTo) {
    if (rest !== "nothing" || stem === "-" || stem.split("/").includes("..")) return undefined;
    for (const folder of [...folders]) folders.add(normalised(stem, folder));
    if (folders.size > MAX_FOLDERS) return undefined;
  }
  return [...folders];
}
