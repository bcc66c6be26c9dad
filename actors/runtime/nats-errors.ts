import { JetStreamApiError, JetStreamError } from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";

/** The server's own numbers for answers that mean something to us; everywhere else they go by name. Source: nats-server errors.json. */
const CODES = {
  consumerMissing: 10014,
  messageMissing: 10037,
  messageTooLarge: 10054,
  nameTaken: 10058,
  streamMissing: 10059,
  fenced: 10071,
  filterTaken: 10100,
} as const;

/** The status of an answer without any message. */
const NOTHING_THERE = 404;

/** A meaningful answer of JetStream. */
export type Answer = keyof typeof CODES;

/** What JetStream answered, by name; undefined for everything without a meaning to us. */
export function answerOf(error: unknown): Answer | undefined {
  if (!(error instanceof JetStreamApiError)) return undefined;
  return (Object.keys(CODES) as Answer[]).find((name) => CODES[name] === error.code);
}

/** Whether JetStream said something at all, be it that it cannot just now. */
export function isAnswer(error: unknown): boolean {
  return error instanceof JetStreamApiError;
}

/** Whether a direct get of several said that nothing, or nothing more, fits. */
export function isNothingThere(error: unknown): boolean {
  return error instanceof JetStreamError && "code" in error && error.code === NOTHING_THERE;
}

/** Whether asking again cannot change the answer. Everything else (no leader, no space, no word at all) may pass. */
export function isFinal(error: unknown): boolean {
  return answerOf(error) !== undefined || error instanceof errors.InvalidArgumentError;
}

/** Whether a message is too large for its stream, or for any: that the client itself refuses to send. */
export function isTooLarge(error: unknown): boolean {
  return answerOf(error) === "messageTooLarge" || error instanceof errors.InvalidArgumentError;
}

/** Whether nobody listens there: the process asked is dead, not slow. */
export function isNobodyThere(error: unknown): boolean {
  return error instanceof errors.NoRespondersError || hasCause(error, errors.NoRespondersError);
}

/** Whether the bus turned the key away. */
export function isKeyRefused(error: unknown): boolean {
  return error instanceof errors.AuthorizationError || hasCause(error, errors.AuthorizationError);
}

function hasCause(error: unknown, type: new (...of: never[]) => Error): boolean {
  return error instanceof Error && error.cause instanceof type;
}
