import {
  type Address,
  FORKED,
  type KindContract,
  PREV_LENGTH,
  RESUMED,
  resumedSchema,
  upgraded,
} from "#subjects/mod.ts";
import type { AnyEvent, AnyKind, Foldable, Step } from "./actor.ts";
import type { LogRecord } from "./bus.ts";
import { NewerSchema } from "./errors.ts";
import { SeenMail } from "./seen.ts";

/** What a fold starts from: nothing, or what a snapshot kept. */
export type FoldStart = {
  readonly state: unknown;
  readonly seq: number;
  readonly id: string;
  readonly sentSeq: number;
  readonly seen: SeenMail;
  readonly resumptions: ReadonlyMap<string, number>;
};

/** An actor's log, folded: its state and all that the runtime itself remembers of it. No I/O, no clock. */
export class Fold {
  readonly #kind: AnyKind;
  readonly #resumptions: Map<string, number>;
  #wanted: { readonly by: unknown; readonly steps: Readonly<Record<string, Step>> } | undefined;
  /** Which mail was handled by this actor; what another handled before a fork is not the fork's. */
  seen: SeenMail;
  state: unknown;
  /** Sequence and id of the newest event folded. */
  seq: number;
  id: string;
  /** The newest sequence on the actor's subjects, forged records included: what the next append must state. */
  fence: number;
  /** The newest own sequences, ascending: what the next commit names. */
  tail: readonly number[] = [];
  /** Own sequence up to which every send is confirmed. */
  sentSeq: number;
  /** The newest record folded since the start. */
  last: LogRecord | undefined;
  /** How many events, and bytes of them, came since the snapshot this fold began with or `snapshotTaken`. */
  sinceSnapshot = 0;

  constructor(kind: AnyKind, address: Address, start?: FoldStart) {
    this.#kind = kind;
    this.state = start === undefined ? kind.initial(address) : start.state;
    this.seq = start?.seq ?? 0;
    this.id = start?.id ?? "";
    this.fence = this.seq;
    this.sentSeq = start?.sentSeq ?? 0;
    this.seen = start?.seen ?? new SeenMail();
    this.#resumptions = new Map(start?.resumptions);
  }

  /** Folds one record. Throws: NewerSchema when it was written by a newer version of the kind. */
  apply(record: LogRecord): void {
    this.state = stateAfter(this.#kind, this.state, record);
    if (record.event === RESUMED) {
      for (const key of resumedSchema.parse(record.data).keys) this.#resumptions.set(key, this.resumptions(key) + 1);
    } else if (record.event === FORKED) {
      // What the other began and lost is not held against the fork, no sequence of its chain is one of ours, and mail
      // under an id that the other has heard is new here.
      this.#resumptions.clear();
      this.tail = [];
      this.seen = new SeenMail();
    } else this.#forgetResumptions();
    if (record.cause !== undefined) this.seen.add(record.cause, record.at);
    this.seq = record.seq;
    this.id = record.id;
    this.fence = Math.max(this.fence, record.seq);
    this.tail = [...this.tail, record.seq].slice(-PREV_LENGTH);
    this.sentSeq = Math.max(this.sentSeq, record.sentSeq);
    this.sinceSnapshot++;
    this.last = record;
  }

  /** The steps the state wants now; asked several times an event, so what one state wants is kept. */
  wanted(): Readonly<Record<string, Step>> {
    const known = this.#wanted;
    if (known !== undefined && known.by === this.state) return known.steps;
    const steps = this.#kind.steps(this.state);
    this.#wanted = { by: this.state, steps };
    return steps;
  }

  /** How often a new owner had to go on with a step that an old one had begun. */
  resumptions(key: string): number {
    return this.#resumptions.get(key) ?? 0;
  }

  /** What a snapshot keeps of the resumptions. */
  savedResumptions(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#resumptions);
  }

  #forgetResumptions(): void {
    if (this.#resumptions.size === 0) return;
    const wanted = this.wanted();
    for (const key of this.#resumptions.keys()) if (!Object.hasOwn(wanted, key)) this.#resumptions.delete(key);
  }
}

/** A state with one record more. Throws: NewerSchema when it was written by a newer version of the kind. */
export function stateAfter<State>(kind: Foldable<State>, state: State, record: LogRecord): State {
  const { contract } = kind;
  const { event, address, version } = record;
  if (version > contract.version) throw new NewerSchema(`${event} of ${address}`, version, contract.version);
  return isOurs(event) ? state : kind.evolve(state, eventOf(contract, record), record);
}

/** Whether an event is the runtime's own, of which a kind hears nothing. */
export function isOurs(event: string): boolean {
  return event === RESUMED || event === FORKED;
}

/** The event inside a record, as the present version of its contract has it. */
export function eventOf({ upgrades, version }: KindContract, record: LogRecord): AnyEvent {
  const { name, data } = upgraded(upgrades?.events, { name: record.event, data: record.data }, record.version, version);
  return { type: name, data };
}
