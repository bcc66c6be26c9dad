import type { Address } from "#subjects/mod.ts";

/** An event as it stands in a log. Units: `at` is ms since 1970. */
export type LogRecord = {
  readonly address: Address;
  readonly event: string;
  readonly seq: number;
  /** The event's id for ever; sequences may be issued again, ids never. */
  readonly id: string;
  readonly at: number;
  readonly data: unknown;
  readonly version: number;
  /** Id of the mail it answers; absent on outcomes of steps. */
  readonly cause?: string;
  readonly correlation: string;
  readonly traceId: string;
  /** Own sequence up to which sends were confirmed when it was written. */
  readonly sentSeq: number;
  /** The own sequences before it, ascending, at most `PREV_LENGTH`. */
  readonly prev: readonly number[];
  /** The process that wrote it. */
  readonly process: string;
  /** It was not written by a commit: an answer somebody had sent here. Never folded. */
  readonly forged: boolean;
};

/** An event about to be committed; the log gives it its place. */
export type LogEntry = Omit<LogRecord, "seq" | "forged">;

/** Mail on its way to an actor. `id` makes it one mail however often it is posted. */
export type OutgoingMail = {
  readonly to: Address;
  readonly verb: string;
  readonly data: unknown;
  readonly id: string;
  readonly at: number;
  readonly version: number;
  readonly from?: Address;
  readonly cause?: string;
  readonly correlation: string;
  readonly trace: string;
};

/** A timer: mail to oneself that waits. Units: `dueAt` ms since 1970. `name` is unique to the event that set it. */
export type OutgoingTimer = OutgoingMail & { readonly name: string; readonly dueAt: number };

/** Mail as the bus hands it out, unread. Headers are null when they were absent. */
export type Delivery = {
  readonly address: Address;
  /** Its subject named no legal address; `address` is that one escaped, so that its dead letter has a place. */
  readonly misaddressed?: boolean;
  readonly verb: string;
  readonly body: Uint8Array;
  header(name: string): string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Position in its mail stream: equal for repeats of one mail. */
  readonly seq: number;
  ack(): void;
  working(): void;
  /** Hand it out again after this long. */
  later(delayMs: number): void;
  terminate(reason: string): void;
};

/** A mail that goes to the dead-letter stream. */
export type Burial = {
  readonly address: Address;
  readonly verb: string;
  readonly id: string;
  readonly key: string;
  readonly code: string;
  readonly reason: string;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
};

/**
 * What one activation needs of a message bus. Every promise resolves only when the bus has confirmed, and is retried
 * inside until it has or `signal` aborts, then it rejects with Closed.
 */
export type Bus = {
  /** Appends behind `fence`, the last sequence we know. Throws: Fenced when the log moved; Unhandleable when too large. */
  append(
    entry: LogEntry,
    fence: number,
    signal: AbortSignal,
  ): Promise<{ readonly seq: number; readonly bytes: number }>;
  /** The newest record of an actor, from the leader. */
  last(address: Address, signal: AbortSignal): Promise<LogRecord | undefined>;
  /** One record by sequence; undefined when it was trimmed or is somebody else's. */
  record(address: Address, seq: number, signal: AbortSignal): Promise<LogRecord | undefined>;
  /** The first record of an actor at or after a sequence, from the leader: the slow way, for chains a forgery broke. */
  next(address: Address, fromSeq: number, signal: AbortSignal): Promise<LogRecord | undefined>;
  post(mail: OutgoingMail, signal: AbortSignal): Promise<void>;
  schedule(timer: OutgoingTimer, signal: AbortSignal): Promise<void>;
  /** Puts a view entry unless one made from a later event stands there; it names its `seq`. */
  show(key: string, data: object, seq: number, signal: AbortSignal): Promise<void>;
  bury(burial: Burial, signal: AbortSignal): Promise<void>;
  loadSnapshot(address: Address, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** Best effort: a snapshot may be lost at any time. */
  saveSnapshot(address: Address, bytes: Uint8Array): Promise<void>;
  live(address: Address, noun: string, data: object): void;
};
