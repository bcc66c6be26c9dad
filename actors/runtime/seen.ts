/** How far clocks of two hosts may differ before a mail could seem heard before it was sent. Units: ms. */
const CLOCK_SLACK_MS = 10_000;

/** An actor remembers at least this many mails. */
const REMEMBER_AT_LEAST = 256;

/** And all mails of this long. Units: ms. */
const REMEMBER_MS = 120_000;

/**
 * Which mails an actor has handled: the last two minutes of them and at least 256, part of the fold and of its snapshot.
 * What it has forgotten it knows to be forgotten, so the answer "new" is only given where memory is complete.
 */
export class SeenMail {
  readonly #ids: Map<string, number>;
  #forgottenUntil: number;

  constructor(ids: Iterable<readonly [string, number]> = [], forgottenUntil = 0) {
    this.#ids = new Map(ids);
    this.#forgottenUntil = forgottenUntil;
  }

  /** Remembers a mail. Units: `at` is ms since 1970, of the commit that handled it. */
  add(id: string, at: number): void {
    this.#ids.set(id, at);
    for (const [oldest, heardAt] of this.#ids) {
      if (this.#ids.size <= REMEMBER_AT_LEAST || heardAt >= at - REMEMBER_MS) return;
      this.#ids.delete(oldest);
      this.#forgottenUntil = Math.max(this.#forgottenUntil, heardAt);
    }
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /**
   * The time from which the log must be searched before an unknown mail is new; undefined when memory suffices.
   * Units: ms since 1970, in and out.
   */
  searchFrom(originAt: number): number | undefined {
    const earliest = originAt - CLOCK_SLACK_MS;
    return earliest > this.#forgottenUntil || this.#forgottenUntil === 0 ? undefined : earliest;
  }

  /** What a snapshot keeps. */
  save(): { readonly ids: readonly (readonly [string, number])[]; readonly forgottenUntil: number } {
    return { ids: [...this.#ids], forgottenUntil: this.#forgottenUntil };
  }
}
