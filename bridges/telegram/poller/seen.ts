/** Numbers that were met, as ranges with both ends in them; the one that began first stands first. */
export type Ranges = readonly (readonly [from: number, to: number])[];

/** Most ranges that are kept. Numbers run up by one, and begin elsewhere only after a week without any. */
export const MAX_RANGES = 4_096;

/** Whether a number was met. */
export function hasSeen(ranges: Ranges, number: number): boolean {
  return ranges.some(([from, to]) => number >= from && number <= to);
}

/** The same with these numbers. Of too many ranges the two old ones that are nearest become one, with what is between them. */
export function withSeen(ranges: Ranges, numbers: readonly number[]): Ranges {
  const grown = numbers.reduce(withNumber, ranges);
  return grown.length <= MAX_RANGES ? grown : withSeen(joined(grown), []);
}

function withNumber(ranges: Ranges, number: number): Ranges {
  if (hasSeen(ranges, number)) return ranges;
  const before = ranges.findIndex(([, to]) => to === number - 1);
  const after = ranges.findIndex(([from]) => from === number + 1);
  const [at, other] = before === -1 ? [after, -1] : [before, after];
  const grown = ranges[at];
  if (grown === undefined) return [...ranges, [number, number]];
  const to = ranges[other]?.[1] ?? Math.max(grown[1], number);
  const range = [Math.min(grown[0], number), to] as const;
  return ranges.flatMap((each, place) => (place === at ? [range] : place === other ? [] : [each]));
}

/** The older half is searched: a number between two of those will not come any more. */
function joined(ranges: Ranges): Ranges {
  const old = ranges.slice(0, Math.ceil(ranges.length / 2)).toSorted(([one], [other]) => one - other);
  const gaps = old.slice(1).map((range, at) => range[0] - (old[at]?.[1] ?? 0));
  const narrowest = gaps.reduce((best, gap, at) => (gap < (gaps[best] ?? Infinity) ? at : best), 0);
  const [one, other] = [old[narrowest], old[narrowest + 1]];
  if (one === undefined || other === undefined) return ranges.slice(1);
  const older = ranges.indexOf(one) < ranges.indexOf(other) ? one : other;
  const both = [one[0], other[1]] as const;
  return ranges.flatMap((each) => (each === older ? [both] : each === one || each === other ? [] : [each]));
}
