const CLUSTERS = { granularity: "grapheme" } as const;

/** A word is kept whole when it ends within this part of the length; a longer one is cut inside. */
const NEAR_END = 0.6;

/**
 * Shortens text to one line for people: white space and control characters become single spaces, what is too long ends
 * in `…`, at a word's end where one is near and never inside a grapheme. Units: `maxLength` in UTF-16 units, `…` included.
 */
export function excerpt(text: string, maxLength: number): string {
  const flat = text.replace(/[\s\p{Cc}]+/gu, " ").trim();
  if (flat.length <= maxLength) return flat;
  const head = wholeGraphemes(flat, maxLength - 1);
  const space = flat[head.length] === " " ? -1 : head.lastIndexOf(" ");
  return `${(space > maxLength * NEAR_END ? head.slice(0, space) : head).trimEnd()}…`;
}

function wholeGraphemes(text: string, maxLength: number): string {
  let end = 0;
  // Made only when text is really cut: the first one of a process costs 15 ms.
  for (const { index, segment } of new Intl.Segmenter("en", CLUSTERS).segment(text.slice(0, maxLength + 64))) {
    if (index + segment.length > maxLength) break;
    end = index + segment.length;
  }
  // One grapheme longer than all that is allowed is cut between its code points.
  return end > 0 ? text.slice(0, end) : text.slice(0, maxLength).replace(/\u200D?[\uD800-\uDBFF]?$/, "");
}
