import type { Place, World } from "./deed.ts";
import { fitsGlob } from "./glob.ts";

/** An absolute path without `.`, `..` and doubled slashes. Symbolic links are not followed: nothing here looks at a disk. */
export function normalised(path: string, base: string): string {
  const names: string[] = [];
  for (const name of (path.startsWith("/") ? path : `${base}/${path}`).split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

/** The glob of a rule as an absolute one: from the workspace, from `~`, or as it is. */
export function absoluteGlob(glob: string, { workspace, home }: World): string {
  return normalised(glob.replace(/^~(?=\/|$)/, home), workspace);
}

/** Whether all that a place means surely lies in what a glob means. */
export function covers(glob: string, { at, reach }: Place): boolean {
  if (at === undefined) return false;
  const [pattern, path] = [namesOf(glob), namesOf(at)];
  const isBelowCovered = pattern.at(-1) === "**" && matches(pattern, [...path, ""]);
  return (reach === "below" || matches(pattern, path)) && (reach === "itself" || isBelowCovered);
}

/** Whether anything that a place means lies in what a glob means. */
export function touches(glob: string, { at, reach }: Place): boolean {
  if (at === undefined) return false;
  const [pattern, path] = [namesOf(glob), namesOf(at)];
  return (reach !== "below" && matches(pattern, path)) || (reach !== "itself" && matchesBelow(pattern, path));
}

function namesOf(path: string): readonly string[] {
  return path.split("/").filter((name) => name !== "");
}

/** Goes through a pattern name by name, keeping every place in it where it may stand: `**` costs no going back. */
function matches(pattern: readonly string[], path: readonly string[]): boolean {
  return standing(pattern, path).has(pattern.length);
}

/** Whether a path with at least one more name may match. */
function matchesBelow(pattern: readonly string[], path: readonly string[]): boolean {
  return [...standing(pattern, path)].some((at) => at < pattern.length);
}

function standing(pattern: readonly string[], path: readonly string[]): ReadonlySet<number> {
  let at = pastStars(pattern, [0]);
  for (const name of path) {
    const next = [...at].flatMap((index) => {
      const part = pattern[index];
      if (part === "**") return [index];
      return part !== undefined && fitsGlob(part, name) ? [index + 1] : [];
    });
    at = pastStars(pattern, next);
  }
  return at;
}

/** `**` may stand for nothing. */
function pastStars(pattern: readonly string[], from: readonly number[]): ReadonlySet<number> {
  const all = new Set<number>();
  for (let index of from) {
    all.add(index);
    while (pattern[index] === "**") all.add(++index);
  }
  return all;
}
