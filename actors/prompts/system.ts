import { IDENTITY_TEXTS } from "#subjects/prompts.ts";
import type { Prompts, PromptText } from "./prompts.ts";

/**
 * What every prompt of an agent begins with: who it is, then what a kind asks of it. The same for every call until
 * somebody edits a text, so that a provider's cache holds it.
 */
export function systemOf(prompts: Prompts, agent: string, kind: string): Promise<readonly PromptText[]> {
  return Promise.all([...IDENTITY_TEXTS, kind].map((name) => prompts.text(agent, name)));
}
