import type { Bounds } from "./options.ts";

/** Why there is no slot: one token has too many, or all have. */
export type Taken = { readonly type: "full"; readonly of: "all" | "each" };

/** A slot; given back when disposed of, which may happen twice. */
export type Slot = Disposable & { readonly type: "slot" };

/** A bounded number of things that go on at once, and of those a bounded number for each token. */
export class Slots {
  readonly #bounds: Bounds;
  readonly #byToken = new Map<string, number>();
  #all = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** How many are taken. */
  get taken(): number {
    return this.#all;
  }

  /** Takes slots for a token, if there are so many; what is large takes several. */
  take(token: string, count = 1): Slot | Taken {
    const held = this.#byToken.get(token) ?? 0;
    if (held + count > this.#bounds.each) return { type: "full", of: "each" };
    if (this.#all + count > this.#bounds.all) return { type: "full", of: "all" };
    this.#byToken.set(token, held + count);
    this.#all += count;
    let given = false;
    return {
      type: "slot",
      [Symbol.dispose]: () => {
        if (given) return;
        given = true;
        this.#giveBack(token, count);
      },
    };
  }

  #giveBack(token: string, count: number): void {
    this.#all -= count;
    const held = (this.#byToken.get(token) ?? 0) - count;
    if (held <= 0) this.#byToken.delete(token);
    else this.#byToken.set(token, held);
  }
}
