import type { LogRecord } from "#runtime/mod.ts";
import { channelContract } from "#subjects/channel.ts";

/** How a message was answered. `seq` is that of the event which ended its turn. */
export type Outcome =
  | { readonly type: "said"; readonly text: string; readonly model: string; readonly seq: number }
  | { readonly type: "failed"; readonly reason: string; readonly seq: number }
  | { readonly type: "refused"; readonly reason: string; readonly code: string };

/** Messages that wait for their answer: ids of mail, with the seq under which each was heard, once it was. */
export type Open = ReadonlyMap<string, number | undefined>;

/** What one record of the log changes about what is open. */
export type Reading = {
  readonly open: Open;
  readonly closed: readonly { readonly id: string; readonly outcome: Outcome }[];
};

/**
 * Reads one record for what it says about open messages: `heard` with our mail as its cause gives the seq, the event
 * whose `answers` names that seq answers it. Anything else leaves all as it is.
 */
export function readTurn(open: Open, record: LogRecord): Reading {
  if (record.event === "heard") {
    if (record.cause === undefined || !open.has(record.cause)) return { open, closed: [] };
    return { open: new Map(open).set(record.cause, record.seq), closed: [] };
  }
  const end = endOf(record);
  if (end === undefined) return { open, closed: [] };
  const closed = [...open].filter(([, seq]) => seq !== undefined && end.answers.includes(seq)).map(([id]) => id);
  const left = [...open].filter(([id]) => !closed.includes(id));
  return { open: new Map(left), closed: closed.map((id) => ({ id, outcome: end.outcome })) };
}

/** The end of a turn, if the record is one: how it came out and which heard messages it answers. */
export function endOf(
  record: LogRecord,
): { readonly outcome: Exclude<Outcome, { type: "refused" }>; readonly answers: readonly number[] } | undefined {
  const { seq } = record;
  if (record.event === "said") {
    const { success, data } = channelContract.events.said.safeParse(record.data);
    if (!success) return undefined;
    return { outcome: { type: "said", text: data.text, model: data.model, seq }, answers: data.answers };
  }
  if (record.event === "failed") {
    const { success, data } = channelContract.events.failed.safeParse(record.data);
    if (!success) return undefined;
    return { outcome: { type: "failed", reason: data.reason, seq }, answers: data.answers };
  }
  return undefined;
}
