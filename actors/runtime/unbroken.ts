import type { JsMsg } from "@nats-io/jetstream";

/**
 * The mail that one consumer hands out, as long as nothing of it is missing. A consumer counts what it hands out from 1; where
 * a number is missing, mail was swallowed on its way. What comes behind it is not taken, so that the next consumer hands all
 * of it out again in the order in which it came.
 */
export class Unbroken {
  readonly #onBreak: () => void;
  #next = 1;
  #isBroken = false;

  constructor(onBreak: () => void) {
    this.#onBreak = onBreak;
  }

  /** Whether a mail is to be taken. */
  takes({ info: { deliverySequence } }: Pick<JsMsg, "info">): boolean {
    if (this.#isBroken) return false;
    this.#isBroken = deliverySequence > this.#next;
    this.#next = deliverySequence + 1;
    if (this.#isBroken) this.#onBreak();
    return !this.#isBroken;
  }
}
