import type { JetStreamManager } from "@nats-io/jetstream";
import { type MsgHdrs, headers as newHeaders } from "@nats-io/transport-node";
import type { Client } from "#runtime/mod.ts";
import { answerOf } from "#runtime/nats-errors.ts";
import { DEAD, type DeadLetter, deadLetterSchema, HEADERS, parseSubject, subjectOf } from "#subjects/mod.ts";
import { ThalassaError } from "./errors.ts";

/** A dead letter where it lies. Units: `at` ms since 1970. */
export type Buried = {
  readonly seq: number;
  readonly at: number;
  readonly subject: string;
  readonly letter: DeadLetter;
};

/** No such letter, or one that nobody can send again. */
export class DeadLetterUnusable extends ThalassaError<"dead-letter-missing" | "dead-letter-garbled"> {}

/** Every dead letter, oldest first. Needs the operator's connection. */
export async function deadLetters(client: Client): Promise<readonly Buried[]> {
  const letters: Buried[] = [];
  for (let next = 1; ; ) {
    const found = await getMessage(client.wire.jsm, { seq: next, next_by_subj: ">" });
    if (found === undefined) return letters;
    letters.push(buriedOf(found));
    next = found.seq + 1;
  }
}

/** One dead letter. Throws: DeadLetterUnusable. */
export async function deadLetter(client: Client, seq: number): Promise<Buried> {
  const found = await getMessage(client.wire.jsm, { seq });
  if (found !== undefined) return buriedOf(found);
  throw new DeadLetterUnusable({
    code: "dead-letter-missing",
    message: `there is no dead letter ${seq}`,
    hint: "thalassa dead lists those there are",
  });
}

/**
 * Sends a letter's mail again as fresh mail under its own id, then removes the letter; gives the id.
 * After a crash in between: the letter is still there, and retrying it is the same mail.
 */
export async function retryLetter(client: Client, buried: Buried): Promise<string> {
  const { address, name } = partsOf(buried);
  const { letter } = buried;
  const id = letter.headers[HEADERS.id] ?? (letter.id || `dead-${buried.seq}-${buried.at.toString(36)}`);
  const body = letter.encoding === "base64" ? Buffer.from(letter.body, "base64") : letter.body;
  // No message id of the server's: its dedupe window may still remember the mail that died.
  await client.wire.js.publish(subjectOf(address, "in", letter.verb || name), body, {
    headers: freshHeaders(letter, id),
  });
  await dropLetter(client, buried.seq);
  return id;
}

/** Removes a letter for good. */
export async function dropLetter(client: Client, seq: number): Promise<void> {
  await client.wire.jsm.streams.deleteMessage(DEAD, seq);
}

/**
 * Our own headers are kept, the time among them, by which the actor knows how far back it may have heard this mail. The
 * server's are left out: they belong to the mail that died.
 */
function freshHeaders(letter: DeadLetter, id: string): MsgHdrs {
  const headers = newHeaders();
  for (const [name, value] of Object.entries(letter.headers)) {
    if (/^thalassa-/i.test(name) || name === HEADERS.trace) headers.set(name, value);
  }
  headers.set(HEADERS.id, id);
  if (!headers.has(HEADERS.time)) headers.set(HEADERS.time, `${Date.now()}`);
  if (!headers.has(HEADERS.version)) headers.set(HEADERS.version, "1");
  if (!headers.has(HEADERS.correlation)) headers.set(HEADERS.correlation, id);
  return headers;
}

function partsOf({ seq, subject }: Buried): ReturnType<typeof parseSubject> {
  try {
    return parseSubject(subject);
  } catch (cause) {
    throw new DeadLetterUnusable({
      code: "dead-letter-garbled",
      message: `dead letter ${seq} lies on ${subject}, which is no actor's`,
      hint: `drop it: thalassa dead drop ${seq}`,
      cause,
    });
  }
}

type Stored = { readonly seq: number; readonly subject: string; readonly time: Date; readonly data: Uint8Array };

async function getMessage(
  jsm: JetStreamManager,
  query: { readonly seq: number; readonly next_by_subj?: string },
): Promise<Stored | undefined> {
  try {
    return (await jsm.streams.getMessage(DEAD, query)) ?? undefined;
  } catch (error) {
    if (answerOf(error) === "messageMissing") return undefined;
    throw error;
  }
}

function buriedOf({ seq, subject, time, data }: Stored): Buried {
  const text = new TextDecoder().decode(data);
  return { seq, at: time.getTime(), subject, letter: letterOf(text) };
}

/** A letter that is none is shown as one all the same, so that it can be dropped. */
function letterOf(text: string): DeadLetter {
  try {
    return deadLetterSchema.parse(JSON.parse(text));
  } catch {
    const reason = "this letter itself cannot be read";
    return { id: "", verb: "", code: "garbled", reason, body: text, encoding: "text", headers: {} };
  }
}
