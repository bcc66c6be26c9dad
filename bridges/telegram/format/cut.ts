/** Where text may end, best first: after a paragraph, a line, a sentence, a word. */
const PLACES = [/\n{2,}/g, /\n/g, /[.!?…。！？]["'”’)\]]*\s+|[。！？]/g, /\s+/g] as const;

/** A place is good when at least this part of the room is used. */
const GOOD = 0.4;

let segmenter: Intl.Segmenter | undefined;

/**
 * Where text that is longer than `max` is best cut: 1 to `max`, never within a grapheme (unless one fills it all), and
 * not where `isInside` says so while there is any other place. Units: UTF-16 units.
 */
export function cutAt(text: string, max: number, isInside: (at: number) => boolean = () => false): number {
  const segments = segmentsOf(text.slice(0, max + 64));
  const isWhole = (at: number) => at === text.length || segments.containing(at)?.index === at;
  const head = text.slice(0, max);
  for (const isRefused of [isInside, () => false]) {
    for (const place of PLACES) {
      const ends = [...head.matchAll(place)].map(({ index, 0: found }) => index + found.length);
      const at = ends.findLast((end) => end >= max * GOOD && !isRefused(end) && isWhole(end));
      if (at !== undefined) return at;
    }
  }
  const end = segments.containing(max)?.index ?? 0;
  // A blank with a mark on it would lose the blank at the beginning of the next message.
  const at = end > 1 && /\s/.test(text.charAt(end)) ? segments.containing(end - 1)?.index : end;
  return at || codePointEnd(text, max);
}

/** Where the end of a text that is longer than `max` begins: at a line where one is near, never within a grapheme. */
export function tailAt(text: string, max: number): number {
  const from = text.length - max;
  const line = text.indexOf("\n", from - 1);
  if (line >= 0 && line - from < max / 2) return line + 1;
  const start = Math.max(from - 64, 0);
  const within = segmentsOf(text.slice(start, from + 4_096)).containing(from - start);
  const at =
    within === undefined || start + within.index === from ? from : start + within.index + within.segment.length;
  return /[\uDC00-\uDFFF]/.test(text.charAt(at)) ? at + 1 : at;
}

function segmentsOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

function codePointEnd(text: string, max: number): number {
  return max > 1 && /[\uD800-\uDBFF]/.test(text.charAt(max - 1)) ? max - 1 : max;
}
