import type { ModelName } from "./chain.ts";

/**
 * Names of models that take pictures. Source: what their vendors' pages say of each family, as far as it was known when this
 * was written; of models that people run themselves, the families that are named for it. None was asked here.
 */
const SEEING: readonly RegExp[] = [
  // All since the third generation.
  /(?:^|\/)claude-(?!2|instant)/,
  // Of the fourth generation not the first ones; of those that reason not the small and early ones.
  /(?:^|\/)(?:gpt-(?:4o|4\.[15]|4-turbo|[5-9])|chatgpt-4o|o1(?!-mini|-preview)|o3(?!-mini)|o4)/,
  /(?:^|\/)gemini-/,
  /(?:^|[^a-z])(?:bakllava|llava|pixtral|moondream|internvl|minicpm-[ov]|gemma-?3(?!n?:1b|-1b)|llama-?4)/,
  /vision|(?:^|[^a-z])vl(?:[^a-z]|$)/,
];

/** Whether a model takes pictures, by its name alone; of one that nobody knows it is not believed. */
export function sees({ model }: ModelName): boolean {
  const name = model.toLowerCase();
  return SEEING.some((seeing) => seeing.test(name));
}
