import type { JetStreamManager } from "@nats-io/jetstream";
import { duration } from "#deploy/table.ts";
import type { Client } from "#runtime/mod.ts";
import { answerOf } from "#runtime/nats-errors.ts";
import { KINDS, mailStream } from "#subjects/mod.ts";
import { timerStream } from "#subjects/streams.ts";
import { bad, type Finding, good } from "./finding.ts";
import { infoOf } from "./streams.ts";

/** A timer is late after this long; the server looks at them every few seconds. Units: ms. */
const LATE_MS = 15_000;

/** So many of the oldest timers are looked at. */
const LOOKED_AT = 200;

/** Header in which the server keeps when a message is due. Shape: `@at 2026-11-21T08:00:00Z`. */
const SCHEDULE = "Nats-Schedule";

/** Timers become mail when they are due. */
export async function checkTimers(client: Client, now: number = Date.now()): Promise<readonly Finding[]> {
  const findings = await Promise.all(KINDS.map(({ kind }) => checkTimersOf(client.wire.jsm, kind, now)));
  return findings.flat();
}

async function checkTimersOf(jsm: JetStreamManager, kind: string, now: number): Promise<readonly Finding[]> {
  const stream = timerStream(kind);
  const count = (await infoOf(jsm, stream))?.state.messages;
  if (count === undefined) return [];
  if (count === 0) return [good("timers", `${kind}: none waits`)];
  const late: number[] = [];
  for (let next = 1, looked = 0; looked < LOOKED_AT; looked++) {
    const found = await nextMessage(jsm, stream, next);
    if (found === undefined) break;
    const dueAt = Date.parse(found.schedule?.replace(/^@at /, "") ?? "") || found.at;
    if (now - dueAt > LATE_MS) late.push(now - dueAt);
    next = found.seq + 1;
  }
  if (late.length === 0) return [good("timers", `${kind}: ${count} wait, none is late`)];
  const told = `${kind}: ${late.length} of ${count} are late, one by ${duration(Math.max(...late))}`;
  return [bad("timers", told, `restart the bus: ${mailStream(kind)} takes them over from ${stream} when it starts`)];
}

type Waiting = { readonly seq: number; readonly at: number; readonly schedule: string | undefined };

async function nextMessage(jsm: JetStreamManager, stream: string, from: number): Promise<Waiting | undefined> {
  const query: { readonly seq: number; readonly next_by_subj: string } = { seq: from, next_by_subj: ">" };
  try {
    const found = await jsm.streams.getMessage(stream, query);
    return found === null
      ? undefined
      : { seq: found.seq, at: found.time.getTime(), schedule: found.header?.get(SCHEDULE) };
  } catch (error) {
    if (answerOf(error) === "messageMissing") return undefined;
    throw error;
  }
}
