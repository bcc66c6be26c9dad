import { z } from "zod";
import type { TappedRequest } from "./model-tap.ts";

/** One thing in a transcript, as far as the rules of the APIs go. */
type Item =
  | { readonly type: "words"; readonly by: string; readonly isEmpty: boolean }
  | { readonly type: "call" | "result"; readonly id: string };

/** One message: what stands in it, in its order. */
type Said = { readonly role: string; readonly items: readonly Item[] };

/**
 * What an API would refuse in a request: a call without its result right behind it, a result without its call, an id
 * used twice, an empty message, a beginning that is not a user's. Nothing for a good one.
 */
export function faultsIn({ path, body }: TappedRequest): readonly string[] {
  const messages = READERS[path.replace(/\?.*$/, "").replace("/v1/", "")]?.(body);
  if (messages === undefined) return [`nobody knows the API at ${path}`];
  const spoken = messages.filter(({ role }) => role !== "system" && role !== "developer");
  const ids = spoken.flatMap(({ items }) => items.flatMap((item) => (item.type === "call" ? [item.id] : [])));
  return [
    ...(spoken[0]?.role === "user" ? [] : [`it begins with ${spoken[0]?.role}`]),
    ...(new Set(ids).size === ids.length ? [] : [`an id is used twice among ${ids}`]),
    ...spoken.flatMap(({ items }, at) => (items.length === 0 || items.some(isEmpty) ? [`message ${at} is empty`] : [])),
    ...spoken.flatMap(({ items }, at) => unmatched(callsOf(items, "call"), callsOf(spoken[at + 1]?.items, "result"))),
    ...spoken.flatMap(({ items }, at) => unmatched(callsOf(items, "result"), callsOf(spoken[at - 1]?.items, "call"))),
    ...spoken.flatMap(({ items }, at) => (resultsFirst(items) ? [] : [`words stand before a result in message ${at}`])),
  ];
}

const text = z.object({ type: z.string(), text: z.string().optional(), id: z.string().optional() });
const words = z.union([z.string(), z.array(text)]).nullish();

const anthropicBody = z.object({
  messages: z.array(
    z.object({ role: z.string(), content: z.array(text.extend({ tool_use_id: z.string().optional() })) }),
  ),
});
const chatBody = z.object({
  messages: z.array(
    z.object({
      role: z.string(),
      content: words,
      tool_call_id: z.string().optional(),
      tool_calls: z.array(z.object({ id: z.string() })).optional(),
    }),
  ),
});
const responsesBody = z.object({
  input: z.array(
    z.object({
      role: z.string().optional(),
      type: z.string().optional(),
      content: words,
      call_id: z.string().optional(),
    }),
  ),
});

const READERS: Readonly<Record<string, (body: unknown) => readonly Said[]>> = {
  messages: (body) =>
    anthropicBody.parse(body).messages.map(({ role, content }) => ({
      role,
      items: content.map((block): Item => {
        if (block.type === "tool_use") return { type: "call", id: `${block.id}` };
        if (block.type === "tool_result") return { type: "result", id: `${block.tool_use_id}` };
        return wordsOf(role, [block]);
      }),
    })),
  "chat/completions": (body) =>
    together(
      chatBody.parse(body).messages.map(({ role, content, tool_call_id, tool_calls = [] }): Said => {
        if (tool_call_id !== undefined) return { role, items: [{ type: "result", id: tool_call_id }] };
        const calls = tool_calls.map(({ id }): Item => ({ type: "call", id }));
        return { role, items: calls.length > 0 && content === null ? calls : [wordsOf(role, content), ...calls] };
      }),
    ),
  responses: (body) =>
    together(
      responsesBody.parse(body).input.map(({ role = "", type, content, call_id = "" }): Said => {
        if (type === "function_call") return { role: "assistant", items: [{ type: "call", id: call_id }] };
        if (type === "function_call_output") return { role: "tool", items: [{ type: "result", id: call_id }] };
        return { role, items: [wordsOf(role, content)] };
      }),
    ),
};

/** Messages of one role in a row are one: these APIs have a message for each call and each result. */
function together(messages: readonly Said[]): readonly Said[] {
  const joined: Said[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (last?.role !== message.role) joined.push(message);
    else joined[joined.length - 1] = { role: last.role, items: [...last.items, ...message.items] };
  }
  return joined;
}

function wordsOf(by: string, content: z.output<typeof words>): Item {
  const said = typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? part.type).join("");
  return { type: "words", by, isEmpty: said.trim() === "" };
}

function isEmpty(item: Item): boolean {
  return item.type === "words" && item.isEmpty;
}

function callsOf(items: readonly Item[] = [], type: "call" | "result"): readonly string[] {
  return items.flatMap((item) => (item.type === type ? [item.id] : []));
}

function unmatched(ids: readonly string[], others: readonly string[]): readonly string[] {
  return ids.filter((id) => !others.includes(id)).map((id) => `${id} stands alone`);
}

function resultsFirst(items: readonly Item[]): boolean {
  const last = items.findLastIndex(({ type }) => type === "result");
  return items.slice(0, last + 1).every(({ type }) => type === "result");
}
