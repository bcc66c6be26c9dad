import { isToken, KINDS, PLANES } from "#subjects/mod.ts";

/** A pattern that names nothing on the bus. */
export class BadPattern extends Error {
  override readonly name = "BadPattern";
  readonly code = "bad-use";

  constructor(pattern: string) {
    const kinds = KINDS.map(({ kind }) => kind).join(", ");
    super(
      `${JSON.stringify(pattern)} is no pattern; use an address (main.channel.terminal-default), a kind (${kinds}), a plane (${Object.keys(PLANES).join(", ")}), or a subject such as 'thalassa.*.*.*.log.said'`,
    );
  }
}

/** The subject that a person's pattern means. Shape: `channel` is `thalassa.*.channel.>`. Throws: BadPattern. */
export function tapSubject(pattern: string): string {
  if (pattern === "thalassa" || pattern === "thalassa.>") return "thalassa.>";
  if (KINDS.some(({ kind }) => kind === pattern)) return `thalassa.*.${pattern}.>`;
  if (Object.hasOwn(PLANES, pattern)) return `thalassa.*.*.*.${pattern}.*`;
  const tokens = pattern.split(".");
  const isSubject = tokens.every(
    (token, at) => isToken(token) || token === "*" || (token === ">" && at === tokens.length - 1),
  );
  if (!isSubject) throw new BadPattern(pattern);
  if (tokens[0] === "thalassa" && tokens.length > 1) return pattern;
  if (tokens.length === 3 && tokens.every(isToken)) return `thalassa.${pattern}.>`;
  throw new BadPattern(pattern);
}
