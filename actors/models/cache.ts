import { hash } from "node:crypto";
import { z } from "zod";
import { contentSchema } from "#subjects/turn.ts";
import { type ModelName, OFFLINE, writtenName } from "./chain.ts";
import type { Entries } from "./cooldowns.ts";
import { jsonOf } from "./json.ts";
import { type Answer, type FilePart, type Message, textOf } from "./provider.ts";
import type { Call } from "./router.ts";

/** Has the answer to a request that is the same in every word, or asks for one and keeps it. Throws: what asking throws. */
export type AnswerCache = (call: Call, chain: readonly ModelName[], ask: () => Promise<Answer>) => Promise<Answer>;

/** A larger answer is not kept. Units: bytes. */
const MAX_ENTRY_BYTES = 256 * 1024;

/** Nobody is charged for it a second time. */
const FREE = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 } as const;

const keptSchema = z.object({ content: contentSchema, stop: z.enum(["end", "tools"]), model: z.string() });

/** A cache in entries that every process sees. Where they cannot be had, there is none. Units: `ttlMs` how long it keeps. */
export function answerCache(entries: Entries, ttlMs: number): AnswerCache {
  return async (call, chain, ask) => {
    // The offline model is as quick as the cache.
    if (chain[0]?.provider === OFFLINE) return await ask();
    call.signal.throwIfAborted();
    const key = keyOf(call, chain);
    const kept = keptIn(await entries.read(key).catch(() => undefined));
    if (kept !== undefined && !isCalledAlready(kept, call)) {
      call.signal.throwIfAborted();
      const text = textOf(kept.content);
      if (text !== "") call.onText(text, 1);
      return { ...kept, usage: FREE };
    }
    const answer = await ask();
    const text = isGood(answer) ? entryOf(answer) : "";
    if (text !== "" && Buffer.byteLength(text) <= MAX_ENTRY_BYTES) void entries.write(key, text, ttlMs).catch(() => {});
    return answer;
  };
}

/** Shape: `answer.9f86d081…`, of all that an answer may depend on; files stand there by their names, which come once. */
function keyOf(call: Call, chain: readonly ModelName[]): string {
  const { system, tools, unseen, postscript, maxOutputTokens, task } = call;
  const messages = call.messages.map(named);
  const request = { chain: chain.map(writtenName), system, tools, unseen, messages, postscript, maxOutputTokens, task };
  return `answer.${hash("sha256", JSON.stringify(request))}`;
}

function named(message: Message): object {
  if (message.role !== "user") return message;
  return { ...message, content: message.content.map((part) => (part.type === "file" ? namedFile(part) : part)) };
}

/** Without its bytes, which take long to sum up. */
function namedFile({ picture, ...part }: FilePart): object {
  return { ...part, isSeen: picture !== undefined };
}

function entryOf({ content, stop, model }: Answer): string {
  return JSON.stringify({ content, stop, model });
}

function keptIn(text: string | undefined): z.output<typeof keptSchema> | undefined {
  return text === undefined ? undefined : keptSchema.safeParse(jsonOf(text)).data;
}

/** Whole, and with something in it that can be used again. */
function isGood({ content, stop, model }: Answer): boolean {
  const isWhole = stop === "end" || stop === "tools";
  const says = textOf(content).trim() !== "" || content.some(({ type }) => type === "tool-call");
  return isWhole && says && model !== OFFLINE && content.every(({ type }) => type !== "malformed-call");
}

/** Ids of calls come once in a transcript; one that counts anew with every answer may have been used by then. */
function isCalledAlready({ content }: Pick<Answer, "content">, { messages }: Call): boolean {
  const ids = new Set(content.flatMap((part) => (part.type === "tool-call" ? [part.id] : [])));
  return messages.some(
    (message) =>
      message.role === "assistant" && message.content.some((part) => part.type === "tool-call" && ids.has(part.id)),
  );
}
