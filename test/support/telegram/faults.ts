import { Chance } from "#chaos/chance.ts";

/**
 * What goes wrong: the answer is lost after the call has acted; nothing is answered until the client gives up; 429; 502;
 * 409 as by another poller; the connection breaks; the person has blocked the bot; a refusal of any kind.
 */
export type Trouble =
  | { readonly type: "lose-answer" }
  | { readonly type: "time-out"; readonly acts?: boolean }
  | { readonly type: "429"; readonly retryAfter?: number }
  | { readonly type: "502"; readonly acts?: boolean }
  | { readonly type: "409" }
  | { readonly type: "reset" }
  | { readonly type: "blocked" }
  | { readonly type: "reject"; readonly description: string; readonly code?: number };

/** What goes wrong, and for which calls. */
export type Fault = Trouble & {
  /** Of these methods, or `file` for downloads; of all where it is left out. */
  readonly method?: string | readonly string[];
  readonly chat?: number;
  /** Only calls of which this is true. */
  readonly when?: (parameters: Readonly<Record<string, unknown>>) => boolean;
  /** So many calls go well before. Default: 0. */
  readonly after?: number;
  /** How often. Default: once; for ever where there is a `chance`. */
  readonly times?: number;
  /** From 0 to 1: how likely it is. Default: 1. */
  readonly chance?: number;
};

/** A fault that stands. */
export type Standing = {
  /** How many calls it has spoilt. */
  readonly taken: number;
  /** It is over. */
  stop(): void;
};

/** A call as faults see it. */
type Called = {
  readonly method: string;
  readonly chat: number | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
};

/** The faults that stand; the first that fits a call takes it. */
export class Faults {
  readonly #chance: Chance;
  readonly #standing = new Set<StandingFault>();

  constructor(seed: number) {
    this.#chance = new Chance(seed);
  }

  add(fault: Fault): Standing {
    const standing = new StandingFault(fault, () => this.#standing.delete(standing));
    this.#standing.add(standing);
    return standing;
  }

  /** What spoils this call. */
  of(call: Called): Trouble | undefined {
    for (const standing of this.#standing) {
      if (standing.takes(call, this.#chance)) return standing.fault;
    }
    return undefined;
  }
}

/** One of them, and how often it may strike yet. */
class StandingFault implements Standing {
  readonly fault: Fault;
  readonly stop: () => void;
  taken = 0;
  #spared = 0;

  constructor(fault: Fault, stop: () => void) {
    this.fault = fault;
    this.stop = stop;
  }

  takes(call: Called, chance: Chance): boolean {
    const { after = 0, chance: likely = 1, times = this.fault.chance === undefined ? 1 : Infinity } = this.fault;
    if (!this.#fits(call)) return false;
    if (this.#spared < after) {
      this.#spared += 1;
      return false;
    }
    if (likely < 1 && chance.next() >= likely) return false;
    this.taken += 1;
    if (this.taken >= times) this.stop();
    return true;
  }

  #fits({ method, chat, parameters }: Called): boolean {
    const { method: methods, chat: only, when } = this.fault;
    if (methods !== undefined && ![methods].flat().includes(method)) return false;
    return (only === undefined || only === chat) && (when === undefined || when(parameters));
  }
}
