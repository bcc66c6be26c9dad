/** How a call went: `open` until it is answered; `lost` has acted, but nobody was told; `hung` got no answer at all. */
export type Outcome = "open" | "ok" | "refused" | "flooded" | "lost" | "failed" | "hung";

/** A call of the bot. `file` is the download of a file. Units: `at` ms since 1970. */
export type Call = {
  readonly at: number;
  readonly method: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly outcome: Outcome;
  readonly error?: string;
};

/** What a bot has called. */
export class CallLog {
  readonly all: Call[] = [];
  readonly violations: string[] = [];
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** A call has come; gives what tells how it went. */
  begin(method: string, parameters: Readonly<Record<string, unknown>>): (outcome: Outcome, error?: string) => void {
    const at = this.all.push({ at: Date.now(), method, parameters, outcome: "open" }) - 1;
    return (outcome, error) => {
      const call = this.all[at];
      if (call !== undefined) this.all[at] = { ...call, outcome, ...(error === undefined ? {} : { error }) };
      this.#changed();
    };
  }

  /** The bot has done what no state of Telegram makes right. */
  violated(what: string): void {
    this.violations.push(what);
  }
}
