/** The names of every header the contract uses; bodies carry no envelope. */
export const HEADERS = {
  /** Server-side dedupe id; on a commit it is the event's id for ever. */
  messageId: "Nats-Msg-Id",
  /** Identity of a mail: survives firing, sourcing and repeats. */
  id: "Thalassa-Id",
  /** Address of the actor that sent a mail. */
  from: "Thalassa-From",
  /** Id of what led here: the mail of a commit, the event of a mail. */
  cause: "Thalassa-Cause",
  /** Id of the first cause of the whole story. */
  correlation: "Thalassa-Correlation",
  /** Milliseconds since 1970 of the event it came from; a repeat carries the same. */
  time: "Thalassa-Time",
  /** Schema version of the body. */
  version: "Thalassa-Version",
  /** On a commit: own sequence up to which all sends are confirmed. */
  sent: "Thalassa-Sent",
  /** On a commit: the last own sequences, delta-coded. */
  prev: "Thalassa-Prev",
  /** On a commit: the process that wrote it. */
  process: "Thalassa-Process",
  /** On a view entry: the sequence of the event it was made from. */
  seq: "Thalassa-Seq",
  /** W3C trace context. */
  trace: "traceparent",
  /** Set by the server on what it read back out of a stream; on fresh mail it betrays a forgery by reply subject. */
  stream: "Nats-Stream",
  /** Set by the server on a fired timer: the subject it waited on. */
  scheduler: "Nats-Scheduler",
} as const;

/** How many own sequences a commit names. */
export const PREV_LENGTH = 32;

/**
 * Delta-codes ascending sequences, newest first. Shape: `[1033, 1040, 1042]` is `1042,2,7`.
 */
export function encodePrev(seqs: readonly number[]): string {
  return seqs
    .toReversed()
    .map((seq, index, newestFirst) => (index === 0 ? seq : (newestFirst[index - 1] ?? seq) - seq))
    .join(",");
}

/** Reads what `encodePrev` wrote, ascending. Anything else reads as no sequences. */
export function decodePrev(text: string): readonly number[] {
  if (!/^\d+(,\d+)*$/.test(text)) return [];
  let seq = 0;
  const newestFirst = text.split(",").map((part, index) => {
    seq = index === 0 ? Number(part) : seq - Number(part);
    return seq;
  });
  return newestFirst.toReversed();
}
