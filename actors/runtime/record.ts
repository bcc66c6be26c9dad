import { type MsgHdrs, headers as newHeaders } from "@nats-io/transport-node";
import {
  decodePrev,
  encodePrev,
  formatTraceparent,
  HEADERS,
  parseCommit,
  parseTraceparent,
  spanOf,
} from "#subjects/mod.ts";
import type { LogEntry, LogRecord } from "./bus.ts";

/** A message as some read of a log stream gives it: stored, got directly, or told again by the server. */
export type StoredMessage = {
  readonly subject: string;
  readonly seq: number;
  readonly headers: MsgHdrs | undefined;
  readonly body: Uint8Array;
};

/** The headers of a commit; the body is the event's data and nothing else. */
export function recordHeaders(entry: LogEntry): MsgHdrs {
  const headers = newHeaders();
  headers.set(HEADERS.time, `${entry.at}`);
  headers.set(HEADERS.version, `${entry.version}`);
  headers.set(HEADERS.process, entry.process);
  headers.set(HEADERS.correlation, entry.correlation);
  headers.set(HEADERS.trace, formatTraceparent({ traceId: entry.traceId, spanId: spanOf(entry.id) }));
  if (entry.cause !== undefined) headers.set(HEADERS.cause, entry.cause);
  if (entry.sentSeq > 0) headers.set(HEADERS.sent, `${entry.sentSeq}`);
  if (entry.prev.length > 0) headers.set(HEADERS.prev, encodePrev(entry.prev));
  return headers;
}

/**
 * Reads a stored commit back. `streamHeaders` is how many `Nats-Stream` headers an honest one has on this path: none as
 * stored, one when got directly or told again. More, or none of ours, betrays an answer that somebody had sent there.
 * Throws: BadToken when the subject is no commit.
 */
export function readRecord(message: StoredMessage, streamHeaders: 0 | 1): LogRecord {
  const { address, event } = parseCommit(message.subject);
  const { headers } = message;
  const header = (name: string): string | undefined => headers?.get(name) || undefined;
  const cause = header(HEADERS.cause);
  const data = readJson(message.body);
  const id = header(HEADERS.messageId);
  const process = header(HEADERS.process);
  const honest = (headers?.values(HEADERS.stream).length ?? 0) <= streamHeaders;
  return {
    address,
    event,
    seq: message.seq,
    id: id ?? "",
    at: Number(header(HEADERS.time) ?? 0),
    data,
    version: Number(header(HEADERS.version) ?? 1),
    ...(cause === undefined ? {} : { cause }),
    correlation: header(HEADERS.correlation) ?? id ?? "",
    traceId: parseTraceparent(header(HEADERS.trace))?.traceId ?? "",
    sentSeq: Number(header(HEADERS.sent) ?? 0),
    prev: decodePrev(header(HEADERS.prev) ?? ""),
    process: process ?? "",
    forged: !honest || id === undefined || process === undefined || data === undefined,
  };
}

function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
