import { scrubberOf, secretValues } from "#subjects/scrub.ts";

/** A text as it may leave this process: without the secrets of its environment and whatever has the shape of one. */
export function withoutSecrets(text: string): string {
  return scrubberOf(secretValues(process.env))(text);
}
