/** What stands for a token where nobody counts them. It is an estimate: newer tokenizers make more of the same text. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * Smallest window of a family of models, by the beginning of a name; the newest ones hold a million and more.
 * Units: tokens. What is not listed is trusted to hold what the setting says.
 */
const WINDOWS: readonly (readonly [prefix: string, tokens: number])[] = [
  ["anthropic/", 200_000],
  ["openai/gpt-4", 128_000],
  ["openai/", 200_000],
];

/** About how many tokens a text takes. */
export function estimatedTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

/** How much a request to any of these models may hold: the smallest window, or the setting, whichever is less. */
export function contextTokensOf(models: readonly string[], setting: number): number {
  const windows = models.flatMap((model) => WINDOWS.find(([prefix]) => model.startsWith(prefix))?.[1] ?? []);
  return Math.min(setting, ...windows);
}
