import { z } from "zod";
import type { Who } from "#subjects/mod.ts";
import type { SentFile } from "#subjects/turn.ts";
import { jsonOf } from "./json.ts";

/** Words. */
export type TextPart = { readonly type: "text"; readonly text: string };

/** A picture. Shape: `{ "type": "image", "mediaType": "image/png", "base64": "iVBOR…" }`. */
export type ImagePart = {
  readonly type: "image";
  readonly mediaType: "image/png" | "image/jpeg" | "image/gif" | "image/webp";
  readonly base64: string;
};

/** A file that came with a message: a line says what it is, and a model that sees is shown the picture, where one is there. */
export type FilePart = { readonly type: "file"; readonly file: SentFile; readonly picture?: ImagePart };

/** The model wants a tool used. `id` comes back in the result. */
export type ToolCall = {
  readonly type: "tool-call";
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
};

/** A tool call whose input is no JSON object: answered like any call, with a result that tells the model so. */
export type MalformedCall = {
  readonly type: "malformed-call";
  readonly id: string;
  readonly name: string;
  readonly raw: string;
};

/** What a model wants back with its next call, unread by us: reasoning, mostly. Left out for all but the `model` asked then. */
export type KeptPart = { readonly type: "kept"; readonly model: string; readonly data: unknown };

/** A part of an answer. */
export type AnswerPart = TextPart | ToolCall | MalformedCall | KeptPart;

/** What came of a tool call. Each call of an assistant message has exactly one result in the message after it. */
export type ToolResult = {
  readonly id: string;
  readonly content: readonly (TextPart | ImagePart)[];
  readonly failed?: true;
};

/** One message of a transcript. `who` tells several speakers apart. */
export type Message =
  | { readonly role: "user"; readonly content: readonly (TextPart | ImagePart | FilePart)[]; readonly who?: Who }
  | { readonly role: "assistant"; readonly content: readonly AnswerPart[] }
  | { readonly role: "tool"; readonly results: readonly ToolResult[] };

/** A tool as a model is told of it. */
export type Tool = { readonly name: string; readonly description: string; readonly inputSchema: object };

/** What of a conversation is not among the messages, so that nothing is left out in silence. */
export type Unseen = {
  /** Lines that came before the messages. */
  readonly lines: number;
  /** The very first message, when it is one of those. */
  readonly first?: { readonly text: string; readonly who?: Who };
  /** All messages heard, those shown included. */
  readonly heard: number;
  /** All answers given, those shown included. */
  readonly said: number;
};

/**
 * One call of a model, in the order in which it is sent, so that what stays the same from call to call comes first and
 * caches: system, tools, what is unseen, messages, postscript.
 */
export type ModelRequest = {
  /** Without its provider. Shape: `claude-sonnet-5-5`. */
  readonly model: string;
  readonly system: readonly string[];
  readonly tools: readonly Tool[];
  readonly unseen?: Unseen;
  readonly messages: readonly Message[];
  /** What is different at every call, such as the time; said after everything else, where an API has a place for that. */
  readonly postscript?: string;
  /** Reasoning counts among them. Default: what the model allows, where its API can be left to it. */
  readonly maxOutputTokens?: number;
  readonly signal: AbortSignal;
  /** Takes the words as they come; together they are the beginning of the answer's text. */
  onText(text: string): void;
};

/**
 * Tokens that a call cost, and their price in millionths of a US dollar, absent where nobody charges. `input` is without
 * what was read from or written to a cache.
 */
export type Usage = {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly microUsd?: number;
};

/** What a call came to. `model` is the one that really answered, with its provider. */
export type Answer = {
  readonly content: readonly AnswerPart[];
  readonly stop: "end" | "tools" | "length" | "refused" | "other";
  readonly usage: Usage;
  readonly model: string;
};

/** Whoever can answer. */
export type Provider = {
  /** Throws: ModelFailed; the signal's reason once it is aborted. */
  think(request: ModelRequest): Promise<Answer>;
  /** Loads its library; without it that happens with the first call. */
  load?(): Promise<unknown>;
};

/** A tool whose input is what a schema takes. */
export function toolOf(name: string, description: string, input: z.ZodType): Tool {
  return { name, description, inputSchema: z.toJSONSchema(input, { io: "input" }) };
}

/** All words of an answer. */
export function textOf(content: readonly { readonly type: string; readonly text?: string }[]): string {
  return content.map((part) => (part.type === "text" ? (part.text ?? "") : "")).join("");
}

/** A tool call out of the text a model gave for its input; none at all means no input. */
export function callOf(id: string, name: string, raw: string): ToolCall | MalformedCall {
  const input = inputSchema.safeParse(raw.trim() === "" ? {} : jsonOf(raw));
  return input.success ? { type: "tool-call", id, name, input: input.data } : { type: "malformed-call", id, name, raw };
}

/** Nothing but an object is taken back by all APIs as the input of a call. */
const inputSchema = z.record(z.string(), z.unknown());
