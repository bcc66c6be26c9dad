import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type Address, RESUMED } from "#subjects/mod.ts";
import type { AnyEvent, Step, StepInput } from "./actor.ts";
import type { Delivery } from "./bus.ts";
import { Closed, Fenced, NewerSchema, Unhandleable } from "./errors.ts";
import { readMail } from "./intake.ts";
import { Journal } from "./journal.ts";
import { judge } from "./judge.ts";
import { Mailbox, type Work } from "./mailbox.ts";
import { planResumption } from "./resumption.ts";
import { answerRefusal, buryMail, buryOutcome } from "./returns.ts";
import { StepRunner } from "./steps.ts";
import type { ActorSystem, Tenure } from "./system.ts";

/** How long mail of a newer schema is put off. Units: ms. */
const PUT_OFF_MS = 1_000;

/** How long an unexpected error makes an activation wait, at first and at most. Units: ms. */
const TROUBLE_MS = { first: 100, most: 5_000 } as const;

/** One actor in memory: takes one input at a time through decide, commit, sends, steps and acknowledgement. */
export class Activation {
  readonly address: Address;
  readonly #system: ActorSystem;
  readonly #tenure: Tenure;
  readonly #closing = new AbortController();
  readonly #mailbox: Mailbox;
  readonly #steps: StepRunner;
  readonly #suspects = new Set<string>();
  #held: Delivery | undefined;
  #journal: Journal | undefined;
  #activatedBefore = false;
  #usedAt: number;

  constructor(system: ActorSystem, tenure: Tenure, address: Address) {
    this.address = address;
    this.#system = system;
    this.#tenure = tenure;
    this.#usedAt = system.clock();
    this.#mailbox = new Mailbox({ handle: (work) => this.#handle(work), recover: (...of) => this.#recover(...of) });
    this.#steps = new StepRunner({ ...system, address }, (run, input) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#mailbox.add({ type: "step", run, input, judged: resolve });
      return promise;
    });
  }

  /** Takes mail in. */
  deliver(delivery: Delivery): void {
    this.#mailbox.add({ type: "mail", delivery });
  }

  /** Answers a read-only question from the state. Throws: Closed when the actor leaves first. */
  ask(question: (state: unknown, seq: number) => unknown): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const { signal } = this.#closing;
    const leave = (): void => reject(new Closed());
    signal.addEventListener("abort", leave, { once: true });
    this.#mailbox.add({ type: "ask", answer: (state, seq) => resolve(question(state, seq)) });
    return promise.finally(() => signal.removeEventListener("abort", leave));
  }

  /** Whether something is going on that a hand-over has to wait for. */
  get busy(): boolean {
    return this.#mailbox.busy || this.#steps.size > 0;
  }

  /** How many steps run. */
  get running(): number {
    return this.#steps.size;
  }

  /** How many mails the server rightly counts as unacknowledged. */
  get unacknowledged(): number {
    return this.#mailbox.deliveries().length + (this.#held === undefined ? 0 : 1);
  }

  /** Whether it has been at rest for so long that it may leave memory. Units: ms. */
  isIdle(idleMs: number): boolean {
    return !this.busy && this.#suspects.size === 0 && this.#system.clock() - this.#usedAt >= idleMs;
  }

  /** Tells the server that unacknowledged mail is still being worked on. */
  keepAlive(): void {
    this.#held?.working();
    for (const delivery of this.#mailbox.deliveries()) delivery.working();
  }

  /** Lets go of mail not begun, for the next owner. */
  dropMail(): void {
    this.#mailbox.dropMail();
  }

  /** Forgets which mail is held: a renewed consumer hands everything out again. */
  forgetHeld(): void {
    this.#held = undefined;
  }

  /** Stops at once; nothing more is committed, acknowledged or answered. */
  close(): void {
    this.#closing.abort();
    this.#steps.abortAll();
    this.#mailbox.close();
    this.#held = undefined;
  }

  /** Saves a snapshot if there is anything new in it. */
  async saveSnapshot(): Promise<void> {
    await this.#journal?.saveSnapshot();
  }

  async #handle(work: Work): Promise<void> {
    const journal = this.#journal ?? (await this.#activate());
    if (work.type === "mail") await this.#handleMail(journal, work.delivery);
    else if (work.type === "step") await this.#handleStep(journal, work);
    else if (work.type === "suspect") await this.#handleSuspect(journal, work);
    else work.answer(journal.fold.state, journal.fold.seq);
    this.#usedAt = this.#system.clock();
    if (journal.wantsSnapshot) void journal.saveSnapshot().catch(() => {});
  }

  /** Says whether the same work is to be tried again. */
  async #recover(error: unknown, work: Work, troubles: number): Promise<boolean> {
    const { logger } = this.#system;
    this.#journal = undefined;
    if (error instanceof Fenced) {
      logger.info({ address: this.address, code: error.code }, error.message);
      if (await this.#tenure.stillOurs()) return true;
      this.#tenure.close("another process writes to its logs");
      return false;
    }
    if (error instanceof NewerSchema) {
      logger.warn({ address: this.address, code: error.code }, error.message);
      if (work.type === "mail") work.delivery.later(PUT_OFF_MS);
      return false;
    }
    if (error instanceof Closed) return false;
    const waitMs = Math.min(TROUBLE_MS.first * 2 ** troubles, TROUBLE_MS.most);
    logger.error({ address: this.address, err: error, waitMs }, "unexpected trouble; the same input is tried again");
    await delay(waitMs, undefined, { signal: this.#closing.signal }).catch(() => {});
    return true;
  }

  async #activate(): Promise<Journal> {
    const journal = await Journal.open(this.#system, this.address, this.#closing.signal);
    await this.#resume(journal);
    this.#journal = journal;
    this.#activatedBefore = true;
    this.#reconcile(journal);
    this.#rest(journal);
    return journal;
  }

  /** Says in the log which steps an earlier process had begun, before they are paid for again; that fences a zombie. */
  async #resume(journal: Journal): Promise<void> {
    const { fold } = journal;
    const orderly = this.#activatedBefore ? this.#system.options.process : this.#tenure.handedOverBy;
    if (fold.last !== undefined && fold.last.process === orderly) return;
    const plan = planResumption(this.#idle(journal), (key) => fold.resumptions(key));
    for (const key of plan.abandoned) this.#steps.abandon(key, journal.story());
    for (const key of plan.suspects) {
      this.#suspects.add(key);
      void this.#system.lane.enter().then((release) => this.#mailbox.add({ type: "suspect", key, release }));
    }
    if (plan.resumed.length > 0) {
      await journal.commit({ type: RESUMED, data: { keys: plan.resumed } }, journal.story());
    }
  }

  async #handleMail(journal: Journal, delivery: Delivery): Promise<void> {
    const { kind } = this.#system;
    try {
      const mail = readMail(kind, delivery);
      const { id, at } = mail.input;
      if (!(await journal.hasHandled(id, at))) {
        const verdict = judge(kind, journal.fold, this.address, mail.input);
        if (verdict.type === "event") {
          const traceId = mail.trace?.traceId ?? randomBytes(16).toString("hex");
          await journal.commit(verdict.event, { correlation: mail.correlation, traceId }, id);
          this.#reconcile(journal);
        } else {
          await journal.verifyNewest();
          const { signal } = this.#closing;
          if (verdict.type === "refused")
            await answerRefusal(this.#system, this.address, mail, verdict.refusal, signal);
        }
      }
    } catch (error) {
      if (!(error instanceof Unhandleable)) throw error;
      this.#system.logger.warn({ address: this.address, verb: delivery.verb, code: error.code }, error.message);
      return buryMail(this.#system, delivery, error, this.#closing.signal);
    }
    this.#settle(journal, delivery);
  }

  async #handleStep(journal: Journal, { run, input, judged }: Extract<Work, { type: "step" }>): Promise<void> {
    if (this.#steps.isCurrent(run)) {
      const event = await this.#judgeStep(journal, input);
      const ends = input.type !== "emission";
      if (event !== undefined) await journal.commit(event, run.story);
      else if (ends) await journal.verifyNewest();
      if (ends) this.#steps.end(run, event === undefined);
      this.#reconcile(journal);
      this.#rest(journal);
    }
    judged();
  }

  /** A result that the kind cannot judge is judged as a failure; one that it cannot even judge so is a dead letter. */
  async #judgeStep(journal: Journal, input: StepInput<unknown>): Promise<AnyEvent | undefined> {
    const { id, at, key } = input;
    try {
      const verdict = judge(this.#system.kind, journal.fold, this.address, input);
      return verdict.type === "event" ? verdict.event : undefined;
    } catch (error) {
      if (!(error instanceof Unhandleable)) throw error;
      if (input.type === "outcome") {
        return this.#judgeStep(journal, { type: "failure", id, at, key, code: "threw", reason: error.message });
      }
      this.#system.logger.error({ address: this.address, step: key, code: error.code }, error.message);
      await buryOutcome(this.#system, this.address, journal.fold.id, input, error, this.#closing.signal);
      return undefined;
    }
  }

  async #handleSuspect(journal: Journal, { key, release }: Extract<Work, { type: "suspect" }>): Promise<void> {
    const step = journal.fold.wanted()[key];
    if (step !== undefined && this.#steps.isIdle(key) && !this.#tenure.leaving) {
      const story = journal.story();
      await journal.commit({ type: RESUMED, data: { keys: [key] } }, story);
      this.#steps.start(key, step, journal.fold.resumptions(key) + 1, story, release);
    } else release();
    this.#suspects.delete(key);
    this.#reconcile(journal);
    this.#rest(journal);
  }

  /** What runs is made to agree with what the state wants. */
  #reconcile(journal: Journal): void {
    const { fold } = journal;
    this.#steps.prune(fold.wanted());
    if (this.#tenure.leaving) return;
    for (const [key, step] of this.#idle(journal)) {
      this.#steps.start(key, step, fold.resumptions(key) + 1, journal.story());
    }
  }

  /** The wanted steps that neither run, nor wait for their turn, nor ended in vain. */
  #idle(journal: Journal): readonly (readonly [string, Step])[] {
    return Object.entries(journal.fold.wanted()).filter(([key]) => this.#steps.isIdle(key) && !this.#suspects.has(key));
  }

  /** Mail is acknowledged, but for the one that an actor with unfinished steps keeps as its alarm clock. */
  #settle(journal: Journal, delivery: Delivery): void {
    const free = this.#held === undefined || this.#held.seq === delivery.seq;
    if (free && this.#hasUnfinished(journal)) this.#held = delivery;
    else delivery.ack();
  }

  #rest(journal: Journal): void {
    if (this.#held === undefined || this.#hasUnfinished(journal)) return;
    this.#held.ack();
    this.#held = undefined;
  }

  #hasUnfinished(journal: Journal): boolean {
    if (this.#steps.size > 0 || this.#suspects.size > 0) return true;
    return this.#tenure.leaving && this.#idle(journal).length > 0;
  }
}
