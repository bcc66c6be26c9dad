import type { Delivery } from "./bus.ts";

/** The alarm clock of an actor: the one mail it keeps unacknowledged while work of it is unfinished. */
export class HeldMail {
  #held: Delivery | undefined;
  #closed = false;

  /** How many mails are kept: one or none. */
  get size(): number {
    return this.#held === undefined ? 0 : 1;
  }

  /** A mail was handled: it is kept if work is unfinished and none is kept yet, else acknowledged. */
  settle(delivery: Delivery, unfinished: boolean): void {
    if (this.#closed) return;
    if (unfinished && (this.#held === undefined || this.#held.seq === delivery.seq)) this.#held = delivery;
    else delivery.ack();
    this.rest(unfinished);
  }

  /** Lets go of what is kept once no work is unfinished. */
  rest(unfinished: boolean): void {
    if (this.#closed || unfinished || this.#held === undefined) return;
    this.#held.ack();
    this.#held = undefined;
  }

  /** Forgets what is kept: a renewed consumer hands it out again. */
  forget(): void {
    this.#held = undefined;
  }

  /** Tells the server that it is still being worked on. */
  working(): void {
    this.#held?.working();
  }

  /** Acknowledges nothing any more, so that what is unfinished wakes the next owner. */
  close(): void {
    this.#closed = true;
    this.#held = undefined;
  }
}
