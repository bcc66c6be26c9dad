import { hash } from "node:crypto";
import { subjectOf } from "./offline-past.ts";
import type { Wish } from "./offline-wish.ts";
import { type Message, type ModelRequest, type ToolCall, type ToolResult, textOf } from "./provider.ts";

/** A call that was made, and what came of it. */
export type Made = { readonly name: string; readonly input: unknown; readonly text: string; readonly failed: boolean };

/** What is wanted of a request: words, tools, or both. */
export type Wanted = { readonly text: string; readonly wishes: readonly Wish[] };

/** The calls made since the agent last spoke, and those of the answer in which it did. */
export function callsMade(messages: readonly Message[]): {
  readonly since: readonly Made[];
  readonly spoken: readonly Made[];
} {
  const spokenAt = messages.findLastIndex((message) => message.role === "assistant" && textOf(message.content) !== "");
  const made = messages.map((message, at) => (at < spokenAt ? [] : madeIn(message, messages[at + 1])));
  return { since: made.slice(spokenAt + 1).flat(), spoken: spokenAt < 0 ? [] : (made[spokenAt] ?? []) };
}

/** What came of a wish, if it has been called. */
export function madeFor(wish: Wish, made: readonly Made[]): Made | undefined {
  const input = JSON.stringify(inputOf(wish));
  return made.find((each) => each.name === wish.tool && JSON.stringify(each.input) === input);
}

/** The calls for wishes. Their ids are the same for the same request, and new in its transcript. */
export function callsFor(
  wishes: readonly Wish[],
  { messages, unseen }: Pick<ModelRequest, "messages" | "unseen">,
): readonly ToolCall[] {
  const used = new Set(messages.flatMap(callIds));
  const place = `${unseen?.heard} ${unseen?.said} ${used.size}`;
  return wishes.map((wish, index): ToolCall => {
    const input = inputOf(wish);
    let id = "";
    for (let again = 0; id === "" || used.has(id); again++)
      id = idFrom(`${place} ${index} ${again} ${JSON.stringify(input)}`);
    return { type: "tool-call", id, name: wish.tool, input };
  });
}

/** Most finds of a search: much of what is found is the agent's own echo of it. */
const MAX_FINDS = 30;

/** What is searched for are the words that say something: a search takes any of them. */
function inputOf({ tool: _, ...input }: Wish): object {
  return "query" in input ? { query: subjectOf(input.query).join(" "), limit: MAX_FINDS } : input;
}

/** Shape: `call_1f0e9d8c7b6a5f4e`. */
function idFrom(text: string): string {
  return `call_${hash("sha256", text).slice(0, 16)}`;
}

function callIds(message: Message): readonly string[] {
  return message.role === "assistant" ? message.content.flatMap((part) => ("id" in part ? [part.id] : [])) : [];
}

function madeIn(message: Message, next: Message | undefined): readonly Made[] {
  if (message.role !== "assistant" || next?.role !== "tool") return [];
  return message.content.flatMap((part) => {
    const result = part.type === "tool-call" ? next.results.find(({ id }) => id === part.id) : undefined;
    return part.type === "tool-call" && result !== undefined ? [madeOf(part, result)] : [];
  });
}

function madeOf({ name, input }: ToolCall, { content, failed }: ToolResult): Made {
  return { name, input, text: textOf(content), failed: failed === true };
}
