import type { Address } from "#subjects/mod.ts";
import type { AnyKind, Step, StepInput, Tools } from "./actor.ts";
import type { Artifacts } from "./artifact.ts";
import type { Bus } from "./bus.ts";
import { Closed } from "./errors.ts";
import { recordsBack } from "./lineage.ts";
import type { ResolvedOptions } from "./options.ts";
import { awaitState, type Reader } from "./recovery.ts";

/** After so many deaths of its process a step is not run again. */
export const MAX_ATTEMPTS = 3;

/** Where a step's own commits belong: the story of the event that made it wanted. */
export type Story = { readonly correlation: string; readonly traceId: string };

/** One running step. `release` gives back its turn among suspects. */
export type Run = {
  readonly key: string;
  readonly attempt: number;
  readonly story: Story;
  readonly controller: AbortController;
  readonly endless: boolean;
  readonly release?: (() => void) | undefined;
};

/** Hands an input of a run to its actor; resolves when it was judged. Throws: Closed when it never will be here. */
export type StepSink = (run: Run, input: StepInput<unknown>) => Promise<void>;

/** What a runner stands on. */
export type StepsPort = {
  readonly kind: AnyKind;
  readonly address: Address;
  readonly bus: Pick<Bus, "live"> & Reader;
  readonly artifacts: (signal: AbortSignal) => Artifacts;
  readonly clock: () => number;
  readonly options: Pick<ResolvedOptions, "scrub">;
};

/** The steps of one activation: what runs, and what has ended without changing the state that wants it. */
export class StepRunner {
  readonly #port: StepsPort;
  readonly #sink: StepSink;
  readonly #runs = new Map<string, Run>();
  readonly #parked = new Set<string>();
  #closed = false;

  constructor(port: StepsPort, sink: StepSink) {
    this.#port = port;
    this.#sink = sink;
  }

  /** How many run just now. */
  get size(): number {
    return this.#runs.size;
  }

  /** How many of them come to an end by themselves. */
  get ending(): number {
    return this.#runs.values().reduce((sum, run) => sum + (run.endless ? 0 : 1), 0);
  }

  /** Whether an input of this run still counts. */
  isCurrent(run: Run): boolean {
    return this.#runs.get(run.key) === run;
  }

  /** Whether a wanted key neither runs nor has ended for nothing. */
  isIdle(key: string): boolean {
    return !this.#runs.has(key) && !this.#parked.has(key);
  }

  /** Aborts what is no longer wanted, and forgets what had ended and is no longer wanted. */
  prune(wanted: Readonly<Record<string, Step>>): void {
    for (const run of this.#runs.values()) if (!Object.hasOwn(wanted, run.key)) this.#abort(run);
    for (const key of this.#parked) if (!Object.hasOwn(wanted, key)) this.#parked.delete(key);
  }

  /** Begins a step. Its outcome or error comes back through the sink, unless it is aborted first. */
  start(key: string, step: Step, attempt: number, story: Story, release?: () => void): void {
    if (this.#closed) {
      release?.();
      return;
    }
    const endless = step.endless === true;
    const run: Run = { key, attempt, story, controller: new AbortController(), endless, release };
    this.#runs.set(key, run);
    const performed = Promise.resolve().then(() => this.#port.kind.perform(step, this.#tools(run)));
    performed.then(
      (data) => void this.#report(run, { type: "outcome", data }),
      (error: unknown) => void this.#report(run, { type: "failure", code: "threw", reason: this.#reasonOf(error) }),
    );
  }

  /** Gives a step up without running it: its process died under it too often. */
  abandon(key: string, story: Story): void {
    const run: Run = { key, attempt: MAX_ATTEMPTS, story, controller: new AbortController(), endless: false };
    this.#runs.set(key, run);
    const reason = `its process died ${MAX_ATTEMPTS} times while this ran`;
    void this.#report(run, { type: "failure", code: "abandoned", reason });
  }

  /** Takes a run off the list once its end was judged; `parked` when the state may go on wanting it in vain. */
  end(run: Run, parked: boolean): void {
    this.#runs.delete(run.key);
    if (parked) this.#parked.add(run.key);
    run.release?.();
  }

  /** Aborts everything; nothing is begun any more. */
  close(): void {
    this.#closed = true;
    for (const run of this.#runs.values()) this.#abort(run);
  }

  #abort(run: Run): void {
    this.#runs.delete(run.key);
    run.controller.abort();
    run.release?.();
  }

  #tools(run: Run): Tools<unknown> {
    const { address, artifacts, bus } = this.#port;
    const { signal } = run.controller;
    return {
      address,
      key: run.key,
      attempt: run.attempt,
      signal,
      emit: (data) => this.#report(run, { type: "emission", data }),
      live: (noun, data) => {
        if (!signal.aborted) bus.live(address, noun, data);
      },
      read: (past, kind) => awaitState(bus, kind, past, signal),
      back: (past) => recordsBack(bus, past, signal),
      artifacts: artifacts(signal),
    };
  }

  /** It goes into the log, and to people: others' errors repeat what they were sent, keys among it. */
  #reasonOf(error: unknown): string {
    return this.#port.options.scrub(error instanceof Error ? error.message : String(error));
  }

  #report(run: Run, what: DistributedOmit<StepInput<unknown>, "id" | "at" | "key">): Promise<void> {
    const id = `${run.key}:${run.attempt}`;
    const judged = run.controller.signal.aborted
      ? Promise.reject(new Closed())
      : this.#sink(run, { ...what, id, at: this.#port.clock(), key: run.key });
    // Whoever does not wait for the judgement is not to be brought down by its absence.
    judged.catch(() => {});
    return judged;
  }
}

/**
 * Lets suspects (steps under which a process died twice) run one at a time, so that the one that kills its process is
 * the only one to be blamed for it.
 */
export class SuspectLane {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when it is the caller's turn, with what ends the turn. */
  enter(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const turn = this.#last.then(() => resolve);
    this.#last = promise;
    return turn;
  }
}

type DistributedOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
