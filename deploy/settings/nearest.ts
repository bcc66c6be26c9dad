/** The word most like a mistyped one, where any is like it. */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  // Who remembers one part of a key rarely remembers its table.
  const leaf = (word: string): string => word.slice(word.lastIndexOf(".") + 1);
  const named = words.find((word) => leaf(word) === leaf(typed));
  if (named !== undefined) return named;
  const ranked = words.map((word) => ({ word, away: distance(typed, word) })).sort((a, b) => a.away - b.away);
  const [best] = ranked;
  if (best !== undefined && best.away <= Math.max(2, Math.ceil(best.word.length / 3))) return best.word;
  return words.find((word) => leaf(word).startsWith(leaf(typed)) || leaf(word).endsWith(`_${leaf(typed)}`));
}

/** Letters to add, drop or change to make one of the other (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= other.length; j++) {
      const changed = (row[j - 1] ?? 0) + (other[j - 1] === letter ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, changed));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
