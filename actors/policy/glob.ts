/**
 * Whether a text fits a glob: `*` for any characters, `?` for one. Takes time of glob times text at most, whatever they hold,
 * for a regular expression of many asterisks does not.
 */
export function fitsGlob(glob: string, text: string): boolean {
  let [at, from, star, held] = [0, 0, -1, 0];
  while (at < text.length) {
    if (glob[from] === "*") [star, held, from] = [from, at, from + 1];
    else if (glob[from] === text[at] || glob[from] === "?") [at, from] = [at + 1, from + 1];
    else if (star !== -1) [from, held, at] = [star + 1, held + 1, held + 1];
    else return false;
  }
  return /^\**$/.test(glob.slice(from));
}

/** Whether some text fits both of two globs. */
export function meets(one: string, other: string): boolean {
  let reached = pastStars(other, new Set([0]));
  for (const sign of one) {
    const next = new Set<number>();
    for (const at of reached) {
      const there = other[at];
      if (sign === "*") for (let after = at; after <= other.length; after++) next.add(after);
      else if (there === "*") next.add(at);
      else if (there !== undefined && (sign === there || sign === "?" || there === "?")) next.add(at + 1);
    }
    reached = pastStars(other, next);
  }
  return reached.has(other.length);
}

function pastStars(glob: string, from: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(from);
  for (const at of from) for (let after = at; glob[after] === "*"; after++) all.add(after + 1);
  return all;
}
