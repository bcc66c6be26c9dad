/** Chance that a seed decides: the same seed brings the same choices. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to but not including 1. Source: mulberry32, Tommy Ettinger, public domain. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** As `between`, but mostly near the lower end. */
  mostlyLow(from: number, to: number): number {
    return from + Math.floor(this.next() ** 3 * (to - from + 1));
  }

  /** One of several. Throws: RangeError when there are none. */
  pick<T>(of: readonly T[]): T {
    const picked = of[this.between(0, of.length - 1)];
    if (picked === undefined) throw new RangeError("nothing to choose from");
    return picked;
  }
}
