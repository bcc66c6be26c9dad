import type { Address, EventOf, Fork, KindContract, MailOf } from "#subjects/mod.ts";
import type { Artifacts } from "./artifact.ts";
import type { LogRecord } from "./bus.ts";

/** Mail as `decide` sees it. Units: `at` is milliseconds since 1970, of the event the mail came from. */
export type MailInput<Mail> = Mail & {
  readonly type: "mail";
  readonly id: string;
  readonly at: number;
  readonly from?: Address;
};

/**
 * What a step brings: `outcome` ends it well, `failure` ends it badly, `emission` comes while it goes on.
 * A failure's code is `threw`, or `abandoned` when the process died under the step three times.
 */
export type StepInput<Outcome> = { readonly id: string; readonly at: number; readonly key: string } & (
  | { readonly type: "outcome"; readonly data: Outcome }
  | { readonly type: "emission"; readonly data: Outcome }
  | { readonly type: "failure"; readonly code: "threw" | "abandoned"; readonly reason: string }
);

/** One thing at a time that an actor judges. */
export type Input<Mail, Outcome> = MailInput<Mail> | StepInput<Outcome>;

/** An answer, not an error: the mail was understood and is not wanted. The sender is told. */
export type Refusal = { readonly type: "refusal"; readonly code: string; readonly reason: string };

/**
 * Where an event stands: in whose log, which for what a fork inherits is the other's. `at` is the committer's time, so that
 * folding never asks a clock.
 */
export type Placed = { readonly address: Address; readonly seq: number; readonly id: string; readonly at: number };

/**
 * What leaves with a commit: mail to somebody, a timer to oneself, an entry of a read model, which is the actor's own
 * where no `id` is named, or a dead letter: mail to oneself that could not be carried out, and may be sent again. Units:
 * `dueAt` ms since 1970.
 */
export type Send =
  | { readonly type: "mail"; readonly to: Address; readonly verb: string; readonly data: unknown }
  | { readonly type: "timer"; readonly dueAt: number; readonly verb: string; readonly data: unknown }
  | { readonly type: "view"; readonly view: string; readonly id?: string; readonly data: object }
  | {
      readonly type: "dead";
      readonly verb: string;
      readonly data: object;
      readonly code: string;
      readonly reason: string;
    };

/** Work the state wants running now. An `endless` step (a poller, a connection) is never given up. */
export type Step = { readonly type: string; readonly endless?: true };

/** What `perform` may use. `attempt` above 1 means that the outside may already have happened. */
export type Tools<Outcome> = {
  readonly address: Address;
  readonly key: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
  /** Hands an input to the actor before the step ends; resolves when it was judged. Throws: Closed when it never will be here. */
  emit(data: Outcome): Promise<void>;
  /** Tells something passing on the live plane; nobody may count on it. */
  live(noun: string, data: object): void;
  /**
   * How an actor stood as of and with an event of its log, as its own kind or another one that reads its state folds it.
   * What of the log was trimmed and no snapshot from before that knows is missing. Writes nothing, and waits for the bus.
   * Throws: NewerSchema; NotAllowed where the contract does not name its kind in `pasts`; Closed.
   */
  read<State>(past: Fork, kind: Foldable<State>): Promise<State>;
  /**
   * What led there, a fork's inherited past included, some honest records at a time and the newest first; as stored, so
   * read them with `readEvent`. Throws: NotAllowed; Closed.
   */
  back(past: Fork): AsyncGenerator<readonly LogRecord[]>;
  /** Files and long output, which only their names go into events of; as far as the contract says `artifacts`. */
  readonly artifacts: Artifacts;
};

/**
 * A kind of actor: five pure functions and one that acts.
 * `decide` answers one input with at most one event, a refusal, or nothing. `evolve` folds events and never throws on one
 * that was committed. `sends` follow from the event alone. `steps` say what should be running. `perform` is the only I/O.
 * After a crash: state is rebuilt from the log, sends not confirmed are sent again under the same names, and steps still
 * wanted run again with a higher `attempt`.
 */
export type Kind<C extends KindContract, State, S extends Step, Outcome> = {
  readonly contract: C;
  /** Version of `State`: a snapshot of any other version is ignored. */
  readonly stateVersion: number;
  initial(address: Address): State;
  decide(state: State, input: Input<MailOf<C>, Outcome>): EventOf<C> | Refusal | undefined;
  evolve(state: State, event: EventOf<C>, placed: Placed): State;
  sends(event: EventOf<C>, of: Omit<Placed, "seq">): Readonly<Record<string, Send>>;
  steps(state: State): Readonly<Record<string, S>>;
  perform(step: S, tools: Tools<Outcome>): Promise<Outcome>;
  /** Answers to the read-only questions of the contract; one that has to look something up is a promise. */
  readonly answers?: Readonly<Record<string, Answer<State>>>;
};

/** Written as a method so that a kind of a particular state is still any kind. */
type Answer<State> = { answer(state: State, address: Address): unknown }["answer"];

/** What of a kind it takes to fold its logs and to read its snapshots. */
export type Foldable<State> = Pick<
  Kind<KindContract, State, Step, unknown>,
  "contract" | "stateVersion" | "initial" | "evolve"
>;

/** Any kind, as the runtime handles it. */
export type AnyKind = Kind<KindContract, unknown, Step, unknown>;

/** Any event, as the runtime handles it. */
export type AnyEvent = { readonly type: string; readonly data: unknown };
