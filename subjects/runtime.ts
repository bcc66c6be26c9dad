import { z } from "zod";

/** The event by which a new owner says which steps it found begun and goes on with; it counts attempts and fences a zombie. */
export const RESUMED = "resumed";

/** Body of `resumed`. Shape: `{ "keys": ["think-17"] }`. */
export const resumedSchema = z.object({ keys: z.array(z.string()).min(1) });

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
