import { type Outcome, outcomeOf, type Remark } from "#bridges/conversation/turn.ts";
import { digestOf } from "./mail-id.ts";

/** Where a message stands in its channel's log, and what its text came to. */
export type Heard = { readonly seq: number; readonly digest: string };

/** One message whose fate somebody waits for. Its text is not kept. */
export class OpenMail {
  readonly id: string;
  /** The log need not be read further back than this. Units: ms since 1970. */
  readonly sinceAt: number;
  readonly #heard = Promise.withResolvers<Heard>();
  readonly #ended = Promise.withResolvers<Outcome>();
  readonly #lookedBack = Promise.withResolvers<void>();
  readonly #remarks = new Map<number, Remark>();
  #place: Heard | undefined;
  #isEnded = false;
  /** Whether all that was said to it so far is known; else the log has to be read for it. */
  isFollowed = false;
  /** How many requests wait for it. */
  watchers = 0;

  constructor(id: string, sinceAt: number) {
    this.id = id;
    this.sinceAt = sinceAt;
  }

  /** Resolves when it stands in the log. */
  get heard(): Promise<Heard> {
    return this.#heard.promise;
  }

  /** Resolves when its turn has ended, or it was refused. */
  get ended(): Promise<Outcome> {
    return this.#ended.promise;
  }

  /** Resolves when the log was searched for it as far back as is needed. */
  get lookedBack(): Promise<void> {
    return this.#lookedBack.promise;
  }

  /** Where it stands in the log, once that is known. */
  get place(): Heard | undefined {
    return this.#place;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** It stands in the log, and all that was said to it comes after this. */
  hear(seq: number, data: unknown): void {
    if (this.#place !== undefined) return;
    this.#place = { seq, digest: digestOf(textIn(data)) };
    this.#heard.resolve(this.#place);
  }

  /** Something was said to it, or its turn has ended; taken once, and in the order of the log. */
  take(remark: Remark): void {
    this.#remarks.set(remark.seq, remark);
    const outcome = outcomeOf([...this.#remarks.values()]);
    if (outcome !== undefined) this.end(outcome);
  }

  end(outcome: Outcome): void {
    this.#isEnded = true;
    this.#remarks.clear();
    this.#ended.resolve(outcome);
  }

  /** Nothing older than what was read can concern it. */
  searched(): void {
    this.#lookedBack.resolve();
  }
}

function textIn(data: unknown): string {
  return typeof data === "object" && data !== null && "text" in data ? String(data.text) : "";
}
