import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type Address, FORKED } from "#subjects/mod.ts";
import type { AnyEvent, StepInput } from "./actor.ts";
import type { Delivery } from "./bus.ts";
import { Closed, Fenced, NewerSchema, PUT_OFF_MS, Unhandleable } from "./errors.ts";
import { isFork, judgeFork } from "./forking.ts";
import { HeldMail } from "./held-mail.ts";
import { type ReadMail, readMail } from "./intake.ts";
import { Journal } from "./journal.ts";
import { judge, type Verdict } from "./judge.ts";
import { asWork, Mailbox, type StepWork, type Work } from "./mailbox.ts";
import { answerRefusal, buryMail, buryOutcome } from "./returns.ts";
import type { ActorSystem, Tenure } from "./system.ts";
import { WantedSteps } from "./wanted-steps.ts";

/** How long an unexpected error makes an activation wait, at first and at most. Units: ms. */
const TROUBLE_MS = { first: 100, most: 5_000 } as const;

/** One actor in memory: takes one input at a time through decide, commit, sends, steps and acknowledgement. */
export class Activation {
  readonly address: Address;
  readonly #system: ActorSystem;
  readonly #tenure: Tenure;
  readonly #closing = new AbortController();
  readonly #mailbox: Mailbox;
  readonly #steps: WantedSteps;
  readonly #held = new HeldMail();
  /** Inputs of steps whose event stands in the log: whatever fails after that, they are not judged again. */
  readonly #stored = new WeakSet<StepWork>();
  /** Mail that the server keeps for later, and counts as unacknowledged until then. */
  readonly #putOff = new Set<number>();
  #journal: Journal | undefined;
  #activatedBefore = false;
  #usedAt: number;

  constructor(system: ActorSystem, tenure: Tenure, address: Address) {
    this.address = address;
    this.#system = system;
    this.#tenure = tenure;
    this.#usedAt = system.clock();
    this.#mailbox = new Mailbox({ handle: (work) => this.#handle(work), recover: (...of) => this.#recover(...of) });
    this.#steps = new WantedSteps(system, tenure, address, this.#mailbox);
  }

  /** Takes mail in. */
  deliver(delivery: Delivery): void {
    this.#putOff.delete(delivery.seq);
    this.#mailbox.add({ type: "mail", delivery });
  }

  /** Answers a read-only question from the state. Throws: Closed when the actor leaves first; what the question throws. */
  ask(question: (state: unknown, seq: number) => unknown): Promise<unknown> {
    const { work, answered } = asWork(question);
    this.#mailbox.add(work);
    return answered;
  }

  /** Comes into memory, if it is not there, and begins what its state wants. */
  wake(): void {
    if (this.#journal === undefined && !this.#mailbox.busy) this.ask(() => undefined).catch(() => {});
  }

  /** Whether something is going on: whatever it is, or only what comes to an end by itself. */
  isBusy(by: "anything" | "what-ends" = "anything"): boolean {
    return this.#mailbox.busy || (by === "anything" ? this.#steps.running : this.#steps.ending) > 0;
  }

  /** How many steps run. */
  get running(): number {
    return this.#steps.running;
  }

  /** How many mails the server rightly counts as unacknowledged. */
  get unacknowledged(): number {
    return this.#mailbox.deliveries().length + this.#held.size + this.#putOff.size;
  }

  /** Whether it has been at rest for so long that it may leave memory. Units: ms. */
  isIdle(idleMs: number): boolean {
    return (
      !this.isBusy() &&
      !this.#steps.hasSuspects &&
      this.#putOff.size === 0 &&
      this.#system.clock() - this.#usedAt >= idleMs
    );
  }

  /** Tells the server that unacknowledged mail is still being worked on. */
  keepAlive(): void {
    this.#held.working();
    for (const delivery of this.#mailbox.deliveries()) delivery.working();
  }

  /** Lets go of mail not begun, for the next owner. */
  dropMail(): void {
    this.#mailbox.dropMail();
  }

  /** Forgets which mail is held: a renewed consumer hands everything out again. */
  forgetHeld(): void {
    this.#held.forget();
  }

  /** Stops at once; nothing more is committed, acknowledged or answered. */
  close(): void {
    this.#closing.abort();
    this.#held.close();
    this.#steps.close();
    this.#mailbox.close();
  }

  /** Keeps what it takes to come back into memory at little cost. */
  async saveOnLeaving(): Promise<void> {
    await this.#journal?.saveOnLeaving();
  }

  async #handle(work: Work): Promise<void> {
    const journal = this.#journal ?? (await this.#activate());
    if (work.type === "mail") await this.#handleMail(journal, work.delivery);
    else if (work.type === "step") await this.#handleStep(journal, work);
    else if (work.type === "suspect") await this.#steps.admit(journal, work);
    else work.answer(journal.fold.state, journal.fold.seq);
    if (work.type !== "mail") this.#settle(journal);
    this.#usedAt = this.#system.clock();
    if (journal.wantsSnapshot) void journal.saveSnapshot();
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
      if (work.type === "mail") {
        this.#putOff.add(work.delivery.seq);
        work.delivery.later(PUT_OFF_MS);
        return false;
      }
      if (work.type === "ask") return false;
      // What a step brought is paid for: it waits until this can be read, or somebody else owns it.
      await delay(PUT_OFF_MS, undefined, { signal: this.#closing.signal }).catch(() => {});
      return true;
    }
    if (error instanceof Closed) return false;
    const waitMs = Math.min(TROUBLE_MS.first * 2 ** troubles, TROUBLE_MS.most);
    logger.error({ address: this.address, err: error, waitMs }, "unexpected trouble; the same input is tried again");
    await delay(waitMs, undefined, { signal: this.#closing.signal }).catch(() => {});
    return true;
  }

  async #activate(): Promise<Journal> {
    const { options } = this.#system;
    const journal = await Journal.open(this.#system, this.address, this.#closing.signal);
    await this.#steps.resume(journal, this.#activatedBefore ? options.process : this.#tenure.handedOverBy);
    this.#journal = journal;
    this.#activatedBefore = true;
    this.#settle(journal);
    return journal;
  }

  async #handleMail(journal: Journal, delivery: Delivery): Promise<void> {
    const { kind, logger } = this.#system;
    let mail: ReadMail;
    let verdict: Verdict | undefined;
    try {
      mail = readMail(kind, delivery);
      verdict = await this.#judgeMail(journal, mail.input);
    } catch (error) {
      if (!(error instanceof Unhandleable)) throw error;
      await journal.verifyNewest();
      logger.warn({ address: this.address, verb: delivery.verb, code: error.code }, error.message);
      return buryMail(this.#system, delivery, error, this.#closing.signal);
    }
    if (verdict !== undefined) await this.#carryOut(journal, mail, verdict);
    // The state of a fork is what is read back, with the past that it was just given.
    const isForked = verdict?.type === "event" && verdict.event.type === FORKED;
    this.#settle(isForked ? await this.#activate() : journal, delivery);
  }

  /** What is to become of mail; undefined when it was handled before. */
  async #judgeMail(journal: Journal, input: ReadMail["input"]): Promise<Verdict | undefined> {
    const { kind, bus } = this.#system;
    const { fold } = journal;
    if (await journal.hasHandled(input.id, input.at)) return undefined;
    if (!isFork(input)) return judge(kind, fold, this.address, input);
    return judgeFork(bus, this.address, fold.fence > 0, input.data, this.#closing.signal);
  }

  async #carryOut(journal: Journal, mail: ReadMail, verdict: Verdict): Promise<void> {
    const { input, correlation, trace } = mail;
    if (verdict.type === "event") {
      const traceId = trace?.traceId ?? randomBytes(16).toString("hex");
      await journal.commit(verdict.event, { correlation, traceId }, input.id);
      return;
    }
    await journal.verifyNewest();
    if (verdict.type === "nothing") return;
    await answerRefusal(this.#system, this.address, mail, verdict.refusal, this.#closing.signal);
  }

  async #handleStep(journal: Journal, work: StepWork): Promise<void> {
    const { run, input } = work;
    if (!this.#steps.isCurrent(run)) {
      work.forgone();
      return;
    }
    if (!this.#stored.has(work)) {
      const event = await this.#judgeStep(journal, input);
      if (event !== undefined) await journal.append(event, run.story);
      this.#stored.add(work);
      if (input.type !== "emission") this.#steps.end(run, event === undefined);
    }
    await journal.confirm();
    work.judged();
  }

  /** A result that the kind cannot judge is judged as a failure; one that it cannot even judge so is a dead letter. */
  async #judgeStep(journal: Journal, input: StepInput<unknown>): Promise<AnyEvent | undefined> {
    const { id, at, key } = input;
    try {
      const verdict = judge(this.#system.kind, journal.fold, this.address, input);
      if (verdict.type === "event") return verdict.event;
      await journal.verifyNewest();
    } catch (error) {
      if (!(error instanceof Unhandleable)) throw error;
      if (input.type === "outcome") {
        return this.#judgeStep(journal, { type: "failure", id, at, key, code: "threw", reason: error.message });
      }
      await journal.verifyNewest();
      this.#system.logger.error({ address: this.address, step: key, code: error.code }, error.message);
      await buryOutcome(this.#system, this.address, journal.fold.id, input, error, this.#closing.signal);
    }
    return undefined;
  }

  /** What runs is made to agree with what the state wants, and mail is let go but for the alarm clock. */
  #settle(journal: Journal, delivery?: Delivery): void {
    this.#steps.reconcile(journal);
    const unfinished = this.#tenure.resident !== this.address && this.#steps.hasUnfinished(journal.fold);
    if (delivery === undefined) this.#held.rest(unfinished);
    else this.#held.settle(delivery, unfinished);
  }
}
