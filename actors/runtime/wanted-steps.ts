import { type Address, RESUMED } from "#subjects/mod.ts";
import type { Step } from "./actor.ts";
import { Closed } from "./errors.ts";
import type { Fold } from "./fold.ts";
import type { Journal } from "./journal.ts";
import type { Mailbox, Work } from "./mailbox.ts";
import { planResumption } from "./resumption.ts";
import { type Run, StepRunner } from "./steps.ts";
import type { ActorSystem, Tenure } from "./system.ts";

const NONE = { resumed: [], abandoned: [] };

/** Makes what runs agree with what the state wants; what an earlier process had begun is resumed with due care. */
export class WantedSteps {
  readonly #system: ActorSystem;
  readonly #tenure: Tenure;
  readonly #mailbox: Mailbox;
  readonly #runner: StepRunner;
  readonly #suspects = new Set<string>();

  constructor(system: ActorSystem, tenure: Tenure, address: Address, mailbox: Mailbox) {
    this.#system = system;
    this.#tenure = tenure;
    this.#mailbox = mailbox;
    this.#runner = new StepRunner({ ...system, address }, (run, input) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      this.#mailbox.add({ type: "step", run, input, judged: resolve, forgone: () => reject(new Closed()) });
      return promise;
    });
  }

  /** How many run. */
  get running(): number {
    return this.#runner.size;
  }

  /** How many run that come to an end by themselves. */
  get ending(): number {
    return this.#runner.ending;
  }

  /** Whether some wait for their turn to be tried a last time. */
  get hasSuspects(): boolean {
    return this.#suspects.size > 0;
  }

  isCurrent(run: Run): boolean {
    return this.#runner.isCurrent(run);
  }

  /** Takes a run off the list once its end was judged; `inVain` when it changed nothing. */
  end(run: Run, inVain: boolean): void {
    this.#runner.end(run, inVain);
  }

  /**
   * Says in the log which steps an earlier process had begun, before they are paid for again; that fences a zombie.
   * `orderly` is the process that left nothing begun, if one did, but for what waited there for its last try.
   */
  async resume(journal: Journal, orderly: string | undefined): Promise<void> {
    const { fold } = journal;
    const plan = planResumption(this.#idle(fold), (key) => fold.resumptions(key));
    const isOrderly = fold.last !== undefined && fold.last.process === orderly;
    // Whoever left in good order died under nothing; what waited there for its last try waits on.
    const { resumed, abandoned } = isOrderly ? NONE : plan;
    for (const key of abandoned) this.#runner.abandon(key, journal.story());
    for (const key of plan.suspects) {
      this.#suspects.add(key);
      void this.#system.lane.enter().then((release) => this.#mailbox.add({ type: "suspect", key, release }));
    }
    if (resumed.length > 0) {
      await journal.commit({ type: RESUMED, data: { keys: resumed } }, journal.story());
    }
  }

  /** It is a suspect's turn. */
  async admit(journal: Journal, { key, release }: Extract<Work, { type: "suspect" }>): Promise<void> {
    const step = journal.fold.wanted()[key];
    if (step !== undefined && this.#runner.isIdle(key) && !this.#tenure.leaving) {
      const story = journal.story();
      await journal.commit({ type: RESUMED, data: { keys: [key] } }, story);
      this.#runner.start(key, step, journal.fold.resumptions(key) + 1, story, release);
    } else release();
    this.#suspects.delete(key);
  }

  /** Aborts what is no longer wanted and starts what is new. */
  reconcile(journal: Journal): void {
    const { fold } = journal;
    this.#runner.prune(fold.wanted());
    if (this.#tenure.leaving) return;
    for (const [key, step] of this.#idle(fold)) {
      this.#runner.start(key, step, fold.resumptions(key) + 1, journal.story());
    }
  }

  /** Whether an alarm clock is needed: something runs, waits for its turn, or is left to the next owner. */
  hasUnfinished(fold: Fold): boolean {
    if (this.#runner.size > 0 || this.#suspects.size > 0) return true;
    return this.#tenure.leaving && this.#idle(fold).length > 0;
  }

  close(): void {
    this.#runner.close();
  }

  /** The wanted steps that neither run, nor wait for their turn, nor ended in vain. */
  #idle(fold: Fold): readonly (readonly [string, Step])[] {
    return Object.entries(fold.wanted()).filter(([key]) => this.#runner.isIdle(key) && !this.#suspects.has(key));
  }
}
