import type { StepInput } from "./actor.ts";
import type { Delivery } from "./bus.ts";
import { Closed } from "./errors.ts";
import type { Run } from "./steps.ts";

/** One thing at a time that an activation has to do. */
export type Work =
  | { readonly type: "mail"; readonly delivery: Delivery }
  | StepWork
  | { readonly type: "suspect"; readonly key: string; readonly release: () => void }
  | { readonly type: "ask"; readonly answer: (state: unknown, seq: number) => void; readonly forgone: () => void };

/** What a step brought, and whom to tell that it was judged, or never will be here. */
export type StepWork = {
  readonly type: "step";
  readonly run: Run;
  readonly input: StepInput<unknown>;
  readonly judged: () => void;
  readonly forgone: () => void;
};

/** A question as work, and its answer. Rejects with Closed when the actor leaves first, or with what the question throws. */
export function asWork(question: (state: unknown, seq: number) => unknown): {
  readonly work: Work;
  readonly answered: Promise<unknown>;
} {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const answer = (state: unknown, seq: number): void => {
    try {
      resolve(question(state, seq));
    } catch (error) {
      reject(error);
    }
  };
  return { work: { type: "ask", answer, forgone: () => reject(new Closed()) }, answered: promise };
}

/** Does one work; when it throws, says whether the same work is to be tried again. */
export type Worker = {
  handle(work: Work): Promise<void>;
  recover(error: unknown, work: Work, troubles: number): Promise<boolean>;
};

/** The queue of one activation: works go through one at a time, in order, a failed one again before the next. */
export class Mailbox {
  readonly #worker: Worker;
  #queue: Work[] = [];
  #current: Work | undefined;
  #draining = false;
  #closed = false;

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** Whether something waits or is being done. */
  get busy(): boolean {
    return this.#draining || this.#queue.length > 0;
  }

  add(work: Work): void {
    if (this.#closed) {
      forgo(work);
      return;
    }
    this.#queue.push(work);
    if (!this.#draining) void this.#drain();
  }

  /** The mail in it, the one in hand included: all that the server counts as unacknowledged here. */
  deliveries(): readonly Delivery[] {
    const works = this.#current === undefined ? this.#queue : [this.#current, ...this.#queue];
    return works.flatMap((work) => (work.type === "mail" ? [work.delivery] : []));
  }

  /** Lets go of mail not begun: unacknowledged, it wakes the next owner. */
  dropMail(): void {
    this.#queue = this.#queue.filter((work) => work.type !== "mail");
  }

  close(): void {
    this.#closed = true;
    for (const work of this.#queue.splice(0)) forgo(work);
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    for (let troubles = 0, work = this.#queue.shift(); work !== undefined; work = this.#queue.shift()) {
      this.#current = work;
      try {
        await this.#worker.handle(work);
        troubles = 0;
      } catch (error) {
        const again = !this.#closed && (await this.#worker.recover(error, work, troubles++));
        if (again && !this.#closed) this.#queue.unshift(work);
        else forgo(work);
      }
      this.#current = undefined;
    }
    this.#draining = false;
  }
}

/** Whoever waits for a work that will not be done is let go. */
function forgo(work: Work): void {
  if (work.type === "suspect") work.release();
  else if (work.type !== "mail") work.forgone();
}
