import type { KV } from "@nats-io/kv";
import { type PromptText, promptsFrom, TEXT_NAMES } from "#actors/prompts/mod.ts";
import { ThalassaError } from "#deploy/errors.ts";
import { BadUse } from "#deploy/failure.ts";
import { MAX_PROMPT, SHARED, textKey } from "#subjects/prompts.ts";
import { type Entry, readEntry, replaceEntry } from "./bucket.ts";

/** Somebody else has changed a text that was being edited. */
export class TextMoved extends ThalassaError<"text-moved"> {}

/** The text that a person means: `SOUL`, `soul`, `SOUL.md` and `prompts/channel.md` all do. Throws: BadUse. */
export function textNamed(typed: string): string {
  const bare = typed.replace(/^prompts\//, "").replace(/\.md$/i, "");
  const name = TEXT_NAMES.find((each) => each.toLowerCase() === bare.toLowerCase());
  if (name !== undefined) return name;
  throw new BadUse(`there is no text ${JSON.stringify(typed)}`, `the texts are: ${TEXT_NAMES.join(", ")}`);
}

/** A text as it is in use for an agent, or for all agents (`shared`) that have none of their own. */
export async function textInUse(prompts: KV, owner: string, name: string): Promise<PromptText> {
  const found = await promptsFrom(async (key) => (await readEntry(prompts, key)).text).text(owner, name);
  return owner === SHARED && found.level === "own" ? { ...found, level: "shared" } : found;
}

/** What an owner has stored of a text, as of which revision. */
export function ownText(prompts: KV, owner: string, name: string): Promise<Entry> {
  return readEntry(prompts, textKey(owner, name));
}

/** A text as it is kept: without blank space around it. Throws: BadUse when nothing is left, or too much. */
export function checkedText(text: string): string {
  const kept = text.replaceAll("\r\n", "\n").trim();
  if (kept === "") throw new BadUse("the text is empty; nothing was changed", "thalassa identity reset takes one away");
  if (kept.length <= MAX_PROMPT) return kept;
  throw new BadUse(`the text has ${kept.length} characters, and one may have ${MAX_PROMPT}`, "shorten it");
}

/** Stores a text where it still is as of that revision. Throws: TextMoved. */
export async function storeText(
  prompts: KV,
  { owner, name, text, revision }: { owner: string; name: string; text: string; revision: number },
): Promise<void> {
  if (await replaceEntry(prompts, textKey(owner, name), text, revision)) return;
  throw new TextMoved({
    code: "text-moved",
    message: `${name} of ${titleOf(owner)} was changed by somebody else meanwhile; theirs stands`,
    hint: `look at it with thalassa identity show ${name}, and try again`,
  });
}

/** Whose texts they are, for people. */
export function titleOf(owner: string): string {
  return owner === SHARED ? "all agents" : `agent ${owner}`;
}
