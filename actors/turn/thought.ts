import type { Answer, AnswerPart } from "#models/mod.ts";
import type { Spent } from "#subjects/turn.ts";
import type { Used } from "./failed-call.ts";

/** What a call of a model came to. */
export type Thought = {
  readonly content: readonly AnswerPart[];
  readonly model: string;
  readonly stop: Answer["stop"];
  /** Absent where nobody charges. */
  readonly usage?: Spent;
};

/** No model was called: why not, as the person is told. */
export type Denied = { readonly denied: string };

/** What a step of a turn may bring. */
export type Brought = Thought | Denied | Used;

/** Most of an answer that one event holds; the runtime takes no larger one. Units: bytes of JSON. */
export const MAX_ANSWER_BYTES = 256 * 1024;

/** Whether what an answer comes to could not be kept: it has to fail with what it cost, or nobody would count that. */
export function isTooLarge(data: object): boolean {
  return Buffer.byteLength(JSON.stringify(data)) > MAX_ANSWER_BYTES;
}
