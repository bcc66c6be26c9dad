import { z } from "zod";
import { addressSchema } from "./address.ts";

/** The event by which a new owner says which steps it found begun and goes on with; it counts attempts and fences a zombie. */
export const RESUMED = "resumed";

/** Body of `resumed`. Shape: `{ "keys": ["think-17"] }`. */
export const resumedSchema = z.object({ keys: z.array(z.string()).min(1) });

/** The verb by which an actor that has no past yet is given another's; every kind takes it. */
export const FORK = "fork";

/** The event with which the log of a fork begins: all before it is read where it stands, in the other's log. */
export const FORKED = "forked";

/** Body of `fork` and `forked`: whose past, up to and including which event. Shape: `{ "from": "main.channel.tg-42", "seq": 17 }`. */
export const forkSchema = z.object({ from: addressSchema, seq: z.number().int().positive() });

/** Whose past, and up to which event of it. */
export type Fork = z.output<typeof forkSchema>;

/** The question that every kind answers: how its actor stands, or stood at or before a sequence or a time (ms since 1970). */
export const STATE = "state";

/** Body of the question `state`: nothing means now. Shape: `{ "seq": 17 }`. */
export const stateQuestionSchema = z.union([
  z.strictObject({ seq: z.number().int().nonnegative() }),
  z.strictObject({ time: z.number().nonnegative() }),
  z.strictObject({}),
]);

/** Of when somebody wants to know. */
export type Moment = z.output<typeof stateQuestionSchema>;

/** Answer to `state`; `seq` is that of the newest event in it, 0 where nothing had happened. */
export const stateAnswerSchema = z.object({ seq: z.number().int().nonnegative(), state: z.unknown() });

/**
 * Verbs that the runtime itself sends to an actor whose mail could not be handled (`bounced`) or was refused (`refused`).
 * A kind takes them by naming them in its contract.
 */
export const RETURNS = ["bounced", "refused"] as const;

/** Body of `bounced` and `refused`. Shape: `{ "id": "k3…", "verb": "hear", "code": "unreadable", "reason": "…" }`. */
export const returnedSchema = z.object({ id: z.string(), verb: z.string(), code: z.string(), reason: z.string() });

/** What every actor tells on its live plane when mail is refused or buried, for senders that are no actors. */
export const REFUSAL = "refusal";

/** Body of a dead letter: the mail as it came, and why nobody could handle it. `body` is text, or base64 when it was none. */
export const deadLetterSchema = z.object({
  id: z.string(),
  verb: z.string(),
  code: z.string(),
  reason: z.string(),
  body: z.string(),
  encoding: z.enum(["text", "base64"]),
  headers: z.record(z.string(), z.string()),
});

/** A dead letter read from DEAD. */
export type DeadLetter = z.output<typeof deadLetterSchema>;

/** Subject on which the processes of a kind tell each other that they live and what they own. */
export function beatSubject(kind: string): string {
  return `runtime.${kind}.beat`;
}

/** Subject on which one process answers "are you there"; without a responder it is dead. */
export function probeSubject(kind: string, process: string): string {
  return `runtime.${kind}.probe.${process}`;
}

/** Where the server's word on a broken client connection is imported. */
export const GONE_SUBJECT = "runtime.gone";
