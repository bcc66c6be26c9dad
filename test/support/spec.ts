import assert from "node:assert/strict";
import type { Input, Kind, Refusal, Send, Step } from "#runtime/actor.ts";
import { type Address, addressOf, type EventOf, type KindContract, type MailOf } from "#subjects/mod.ts";

/** Time of the first event of a spec; each following one is a second later. Units: ms since 1970. */
export const FIRST_AT = 1_790_000_000_000;

const ID = { id: "input", at: FIRST_AT } as const;

/** Mail as data. */
export function mail<Mail>(body: Mail): Mail & { readonly type: "mail"; readonly id: string; readonly at: number } {
  return { type: "mail", ...ID, ...body };
}

/** The good end of a step as data. */
export function outcome<Outcome>(key: string, data: Outcome) {
  return { type: "outcome", ...ID, key, data } as const;
}

/** Something that a step brings while it goes on. */
export function emission<Outcome>(key: string, data: Outcome) {
  return { type: "emission", ...ID, key, data } as const;
}

/** The bad end of a step as data. */
export function failure(key: string, code: "threw" | "abandoned", reason: string) {
  return { type: "failure", ...ID, key, code, reason } as const;
}

/**
 * Says what a kind does, as data: `given(events).when(input).then(event | undefined)`, and what follows from it.
 * Event number n has seq n and id `e<n>`; what was decided is folded too, so `sends` and `runs` tell what comes of it.
 */
export function specOf<C extends KindContract, State, S extends Step, Outcome>(kind: Kind<C, State, S, Outcome>) {
  const address = addressOf("main", kind.contract.kind, "spec");
  return {
    given(...events: readonly EventOf<C>[]): Given<C, State, S, Outcome> {
      const state = events.reduce((before, event, index) => fold(kind, before, event, index), kind.initial(address));
      return new Given(kind, address, events.length, state);
    },
  };
}

function fold<C extends KindContract, State, S extends Step, Outcome>(
  kind: Kind<C, State, S, Outcome>,
  state: State,
  event: EventOf<C>,
  index: number,
): State {
  return kind.evolve(state, event, { seq: index + 1, id: `e${index + 1}`, at: FIRST_AT + index * 1_000 });
}

/** A past, and what the actor wants because of it. */
class Given<C extends KindContract, State, S extends Step, Outcome> {
  readonly state: State;
  readonly #kind: Kind<C, State, S, Outcome>;
  readonly #address: Address;
  readonly #length: number;

  constructor(kind: Kind<C, State, S, Outcome>, address: Address, length: number, state: State) {
    this.#kind = kind;
    this.#address = address;
    this.#length = length;
    this.state = state;
  }

  /** Gives the actor one input. */
  when(input: Input<MailOf<C>, Outcome>): When<C, State, S, Outcome> {
    const decided = this.#kind.decide(this.state, input);
    const isEvent = decided !== undefined && decided.type !== "refusal";
    if (!isEvent) return new When(decided as Refusal | undefined, {}, this);
    const event = decided as EventOf<C>;
    const at = FIRST_AT + this.#length * 1_000;
    const sends = this.#kind.sends(event, { address: this.#address, id: `e${this.#length + 1}`, at });
    const state = fold(this.#kind, this.state, event, this.#length);
    return new When(event, sends, new Given(this.#kind, this.#address, this.#length + 1, state));
  }

  /** Expects exactly these steps to be wanted, by key. */
  runs(...keys: readonly string[]): this {
    assert.deepEqual(Object.keys(this.#kind.steps(this.state)).sort(), [...keys].sort());
    return this;
  }

  /** Expects exactly these steps, bodies and all. */
  steps(expected: Readonly<Record<string, S>>): this {
    assert.deepEqual(this.#kind.steps(this.state), expected);
    return this;
  }

  /** Expects this answer to a read-only question. */
  answers(question: string, expected: unknown): this {
    assert.deepEqual(this.#kind.answers?.[question]?.(this.state), expected);
    return this;
  }
}

/** What was decided, what leaves with it, and the actor after it. */
class When<C extends KindContract, State, S extends Step, Outcome> {
  readonly after: Given<C, State, S, Outcome>;
  readonly #decided: EventOf<C> | Refusal | undefined;
  readonly #sends: Readonly<Record<string, Send>>;

  constructor(
    decided: EventOf<C> | Refusal | undefined,
    sends: Readonly<Record<string, Send>>,
    after: Given<C, State, S, Outcome>,
  ) {
    this.#decided = decided;
    this.#sends = sends;
    this.after = after;
  }

  /** Expects this event, or nothing when it is left out; a body must satisfy the contract too. */
  then(expected?: EventOf<C>): this {
    assert.deepEqual(this.#decided, expected);
    return this;
  }

  /** Expects a refusal of this code. */
  refuses(code: string): this {
    assert.equal(this.#decided?.type, "refusal");
    assert.equal((this.#decided as Refusal).code, code);
    return this;
  }

  /** Expects exactly these sends, by name. */
  sends(expected: Readonly<Record<string, Send>>): this {
    assert.deepEqual(this.#sends, expected);
    return this;
  }
}
