import { createHash } from "node:crypto";
import { z } from "zod";

const callSchema = z.object({
  id: z.string().min(1),
  type: z.literal("function"),
  function: z.object({ name: z.string().min(1), arguments: z.string() }),
});

const messageSchema = z.discriminatedUnion("role", [
  z.object({ role: z.literal("system"), content: z.string() }),
  z.object({ role: z.literal("user"), content: z.string().min(1) }),
  z.object({
    role: z.literal("assistant"),
    content: z.string().nullable(),
    tool_calls: z.array(callSchema).optional(),
  }),
  z.object({ role: z.literal("tool"), tool_call_id: z.string(), content: z.string().min(1) }),
]);

/** The messages of a request. */
export const messagesSchema = z.array(messageSchema).min(1);

/** A request of Chat Completions, as far as it is looked at. */
export const chatSchema = z.object({
  model: z.string(),
  stream: z.literal(true),
  messages: messagesSchema,
  tools: z.array(z.object({ function: z.object({ name: z.string() }) })).default([]),
});

/** What a model is asked. */
export type Chat = z.output<typeof chatSchema>;

type Messages = Chat["messages"];

/** With these words begins what is said after the last message, the time among it. */
const POSTSCRIPT = "\n\n(It is ";

/** The words of a message without what is different at every call. */
export function wordsOf(content: string): string {
  const at = content.lastIndexOf(POSTSCRIPT);
  return at < 0 ? content : content.slice(0, at);
}

/** The same for requests that ask the same, whenever they do. */
export function promptKey(messages: Messages): string {
  const said = messages
    .filter(({ role }) => role !== "system")
    .map((message) => (message.role === "assistant" ? message : { ...message, content: wordsOf(message.content) }));
  return createHash("sha256").update(JSON.stringify(said)).digest("hex").slice(0, 24);
}

/** Why the APIs would refuse a transcript: calls without their results, results without their calls, nobody's turn. */
export function problemsIn(messages: Messages): readonly string[] {
  const said = messages.filter(({ role }) => role !== "system");
  const ids = said.flatMap((message) => callIds(message));
  const problems = said.flatMap((message, at) => {
    const due = callIds(message);
    if (message.role === "tool")
      return isResultDue(said, at) ? [] : [`message ${at} is the result of no call before it`];
    const got = resultsAfter(said, at);
    if (due.length > 0 && due.toSorted().join() !== got.toSorted().join())
      return [`message ${at} calls ${due.join()}, and the results after it are of ${got.join() || "none"}`];
    return message.role === said[at - 1]?.role ? [`messages ${at - 1} and ${at} are both the ${message.role}'s`] : [];
  });
  return [
    ...problems,
    ...(new Set(ids).size < ids.length ? ["an id of a call comes twice"] : []),
    ...(said[0]?.role === "user" ? [] : ["no user's words come first"]),
    ...(said.at(-1)?.role === "assistant" ? ["the assistant's own words come last"] : []),
  ];
}

function callIds(message: Messages[number]): readonly string[] {
  return message.role === "assistant" ? (message.tool_calls ?? []).map(({ id }) => id) : [];
}

function resultsAfter(messages: Messages, at: number): readonly string[] {
  const rest = messages.slice(at + 1);
  const end = rest.findIndex(({ role }) => role !== "tool");
  return rest
    .slice(0, end < 0 ? rest.length : end)
    .flatMap((each) => (each.role === "tool" ? [each.tool_call_id] : []));
}

function isResultDue(messages: Messages, at: number): boolean {
  const from = messages.slice(0, at).findLast(({ role }) => role !== "tool");
  return from !== undefined && callIds(from).length > 0;
}
