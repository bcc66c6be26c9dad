import { hash } from "node:crypto";
import type { AnswerPart, Message } from "./provider.ts";

/** An id of a tool call that every API takes; Anthropic is the strictest about its letters, OpenAI about its length. */
const TAKEN_BY_ALL = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * A transcript whose tool calls have ids that every API takes and that come once. Models of other providers may have made
 * them, some in letters of their own, some counting anew with every answer. The same beginning always brings the same ids.
 */
export function withValidIds(messages: readonly Message[]): readonly Message[] {
  const used = new Set<string>();
  let open = new Map<string, string[]>();
  return messages.map((message): Message => {
    if (message.role === "assistant") {
      open = new Map();
      return { ...message, content: message.content.map((part) => withValidId(part, used, open)) };
    }
    if (message.role !== "tool") return message;
    return {
      ...message,
      results: message.results.map((each) => ({ ...each, id: open.get(each.id)?.shift() ?? each.id })),
    };
  });
}

/** An answer's parts, whose calls have ids that come once in it: results are told apart by them. */
export function withDistinctIds(content: readonly AnswerPart[]): readonly AnswerPart[] {
  const used = new Set<string>();
  return content.map((part) => {
    if (part.type !== "tool-call" && part.type !== "malformed-call") return part;
    const id = unusedId(part.id, used, () => true);
    used.add(id);
    return { ...part, id };
  });
}

function withValidId(part: AnswerPart, used: Set<string>, open: Map<string, string[]>): AnswerPart {
  if (part.type !== "tool-call" && part.type !== "malformed-call") return part;
  const id = unusedId(part.id, used, (made) => TAKEN_BY_ALL.test(made));
  used.add(id);
  open.set(part.id, [...(open.get(part.id) ?? []), id]);
  return { ...part, id };
}

/** The id itself, where it may stay; else one that is made of it. */
function unusedId(told: string, used: ReadonlySet<string>, isLegal: (id: string) => boolean): string {
  let id = told;
  for (let again = 0; !isLegal(id) || used.has(id); again++) id = madeId(told, again);
  return id;
}

/** Shape: `call_5f0c0e5e1a2b3c4d5e6f7a8b`. */
function madeId(id: string, again: number): string {
  return `call_${hash("sha256", `${id} ${again}`).slice(0, 24)}`;
}
