/** One call of a program in a shell line, without what stands before and after it. */
export type Call = { readonly words: readonly string[]; readonly line: string };

/** Signs at which one call ends and another may begin. */
const ENDS = /^(?:\|\|?|&&?|;|\(|\)|\$\(|`)/;

/** The calls of programs in shell text: enough of a shell for documentation, which has no functions. */
export function callsIn(shell: string): readonly Call[] {
  const lines = shell.replaceAll("\\\n", " ").split("\n");
  return lines.flatMap((line) =>
    callsOf(line)
      .map((words) => ({ words: withoutSettings(words), line: line.trim() }))
      .filter(({ words }) => words.length > 0),
  );
}

function callsOf(line: string): readonly (readonly string[])[] {
  const calls: string[][] = [[]];
  const inside: (readonly string[])[] = [];
  let rest = line.trim();
  while (rest !== "" && !rest.startsWith("#")) {
    const end = ENDS.exec(rest)?.[0];
    const word = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|\$\([^)]*\)|[^\s|&;()`"'\\])+/.exec(rest)?.[0];
    if (end !== undefined) calls.push([]);
    else if (word !== undefined) calls.at(-1)?.push(word.replaceAll(/^["']|["']$/g, ""));
    const inner = word === undefined ? undefined : /\$\(([^)]*)\)/.exec(word)?.[1];
    if (inner !== undefined) inside.push(...callsOf(inner));
    rest = rest.slice((end ?? word ?? " ").length).trimStart();
  }
  return [...inside, ...calls];
}

/** Variables set for one call, redirections, and words of the shell itself. */
function withoutSettings(words: readonly string[]): readonly string[] {
  const kept = words.filter((word, at) => !/^\d?[<>]/.test(word) && !/^\d?>>?$/.test(words[at - 1] ?? ""));
  const first = kept.findIndex(
    (word) => !/^\w+=/.test(word) && !["do", "then", "else", "until", "while", "time", "export"].includes(word),
  );
  return first < 0 ? [] : kept.slice(first);
}
