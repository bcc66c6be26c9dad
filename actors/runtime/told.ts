import type { Msg } from "@nats-io/transport-node";
import { HEADERS, logStream, parseAddress, parseSubject } from "#subjects/mod.ts";
import type { LogRecord } from "./bus.ts";
import { readRecord } from "./record.ts";

/** Under these the server tells a stored message again. */
const TOLD = { seq: "Nats-Sequence", subject: "Nats-Subject" } as const;

/** A record as the server tells it on the log plane; undefined for anything that is no honest record of its kind. */
export function readTold({ headers, data }: Msg): LogRecord | undefined {
  const subject = headers?.last(TOLD.subject) ?? "";
  const seq = Number(headers?.last(TOLD.seq));
  if (subject === "" || !(seq > 0)) return undefined;
  try {
    const record = readRecord({ subject, seq, headers, body: data }, 1);
    const told = headers?.last(HEADERS.stream) === logStream(parseAddress(record.address).kind);
    return told && !record.forged ? record : undefined;
  } catch {
    // Whoever may write anything there has said something that is no record.
    return undefined;
  }
}

/** A passing thing from the live plane; undefined where nobody can read it. */
export function readGlimpse(message: Msg): { readonly noun: string; readonly data: unknown } | undefined {
  try {
    return { noun: parseSubject(message.subject).name, data: message.json() };
  } catch {
    return undefined;
  }
}
