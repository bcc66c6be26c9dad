import type { Token, Tokens } from "marked";

/** What stands within a token, one level down: items of a list, words of a table's cells. */
export function innerOf(token: Token): readonly Token[] {
  if (token.type === "list") return (token as Tokens.List).items;
  if (token.type === "table") {
    const { header, rows } = token as Tokens.Table;
    return [header, ...rows].flatMap((row) => row.flatMap(({ tokens }) => tokens));
  }
  return "tokens" in token ? (token.tokens ?? []) : [];
}

/** All tokens at every level. In place of marked's walk, whose time grows with the square of their number. */
export function* everyToken(tokens: readonly Token[]): Generator<Token> {
  for (const token of tokens) {
    yield token;
    yield* everyToken(innerOf(token));
  }
}
