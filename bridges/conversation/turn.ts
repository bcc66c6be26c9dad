import type { LogRecord } from "#runtime/mod.ts";
import { channelContract } from "#subjects/channel.ts";
import { readEvent, type Who } from "#subjects/mod.ts";

/** How a turn came out. */
export type End =
  | { readonly type: "said"; readonly model: string }
  | { readonly type: "failed"; readonly reason: string }
  | { readonly type: "stopped"; readonly who: Who };

/**
 * What became of a message. `text` is all that was said to it, in paragraphs; empty where a turn ended without a word.
 * `seq` is that of the event which ended its turn.
 */
export type Outcome =
  | (End & { readonly text: string; readonly seq: number })
  | { readonly type: "refused"; readonly reason: string; readonly code: string };

/** What one record of a channel's log means to those who wait: words to them, the end of their turn, or both. */
export type Remark = {
  readonly seq: number;
  /** The seqs under which the messages that it is about were heard. */
  readonly to: readonly number[];
  /** Empty where nothing was said. */
  readonly text: string;
  readonly end?: End;
};

/** A message that was heard and waits: under which seq, and what was said to it so far. */
type Waiting = { readonly seq: number; readonly remarks: readonly Remark[] };

/** Messages that wait for their answer, by the id of their mail; undefined where one was not heard yet. */
export type Open = ReadonlyMap<string, Waiting | undefined>;

/** What one record of the log changes about what is open. */
export type Reading = {
  readonly open: Open;
  readonly closed: readonly { readonly id: string; readonly outcome: Outcome }[];
};

/**
 * Reads one record for what it says about open messages: `heard` with our mail as its cause gives the seq, what is said
 * to that seq while the turn goes on is kept, the event whose `answers` name it ends it. Anything else leaves all as it is.
 */
export function readTurn(open: Open, record: LogRecord): Reading {
  if (record.event === "heard") {
    if (record.cause === undefined || !open.has(record.cause)) return { open, closed: [] };
    return { open: new Map(open).set(record.cause, { seq: record.seq, remarks: [] }), closed: [] };
  }
  const remark = remarkOf(record);
  if (remark === undefined) return { open, closed: [] };
  const left = new Map(open);
  const closed: { readonly id: string; readonly outcome: Outcome }[] = [];
  for (const [id, waiting] of open) {
    if (waiting === undefined || !remark.to.includes(waiting.seq)) continue;
    const remarks = [...waiting.remarks, remark];
    const outcome = outcomeOf(remarks);
    if (outcome === undefined) left.set(id, { ...waiting, remarks });
    else if (left.delete(id)) closed.push({ id, outcome });
  }
  return { open: left, closed };
}

/** What a record says to messages that were heard, if it does. */
export function remarkOf(record: LogRecord): Remark | undefined {
  const { seq } = record;
  const event = readEvent(channelContract, record);
  switch (event?.type) {
    case "said": {
      const { text, model, answers, to = [] } = event.data;
      return answers === undefined ? { seq, to, text } : { seq, to: answers, text, end: { type: "said", model } };
    }
    case "thought": {
      const { model, answers } = event.data;
      return answers && { seq, to: answers, text: "", end: { type: "said", model } };
    }
    case "failed":
      return { seq, to: event.data.answers, text: "", end: { type: "failed", reason: event.data.reason } };
    case "stopped":
      return { seq, to: event.data.answers, text: "", end: { type: "stopped", who: event.data.who } };
    default:
      return undefined;
  }
}

/** What became of a message, from all that was said to it in order; undefined while its turn goes on. */
export function outcomeOf(remarks: readonly Remark[]): Outcome | undefined {
  const last = remarks.at(-1);
  if (last?.end === undefined) return undefined;
  const text = remarks.map((remark) => remark.text).filter((words) => words.trim() !== "");
  return { ...last.end, text: text.join("\n\n"), seq: last.seq };
}

/** Why there is no answer, for people; undefined where there is one. */
export function whyNot(outcome: Outcome): string | undefined {
  switch (outcome.type) {
    case "said":
      return undefined;
    case "stopped":
      return `${outcome.who.name ?? outcome.who.id} stopped this.`;
    default:
      return outcome.reason;
  }
}
