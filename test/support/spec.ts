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

/** A past, and what the actor wants because of it. */
export type Given<C extends KindContract, State, S extends Step, Outcome> = {
  readonly state: State;
  /** Gives the actor one input. */
  when(input: Input<MailOf<C>, Outcome>): Judged<C, State, S, Outcome>;
  /** Expects exactly these steps to be wanted, by key. */
  runs(...keys: readonly string[]): Given<C, State, S, Outcome>;
  /** Expects exactly these steps, bodies and all. */
  steps(expected: Readonly<Record<string, S>>): Given<C, State, S, Outcome>;
  /** Expects this answer to a read-only question; it must be one of the contract. */
  answers(question: string, expected: unknown): Given<C, State, S, Outcome>;
};

/** What came of an input, and the actor `after` it. */
export type Judged<C extends KindContract, State, S extends Step, Outcome> = {
  readonly after: Given<C, State, S, Outcome>;
  /** Expects this event; its body must satisfy the contract too. */
  decides(event: EventOf<C>): Judged<C, State, S, Outcome>;
  /** Expects that nothing changes. */
  ignores(): Judged<C, State, S, Outcome>;
  /** Expects a refusal of this code. */
  refuses(code: string): Judged<C, State, S, Outcome>;
  /** Expects exactly these sends to leave with the event, by name. */
  sends(expected: Readonly<Record<string, Send>>): Judged<C, State, S, Outcome>;
};

/**
 * Says what a kind does, as data: `specOf(kind).given(…events).when(input).decides(event).sends({ … }).after.runs(…keys)`.
 * Event number n has seq n and id `e<n>`; what was decided is folded too.
 */
export function specOf<C extends KindContract, State, S extends Step, Outcome>(kind: Kind<C, State, S, Outcome>) {
  return {
    given(...events: readonly EventOf<C>[]): Given<C, State, S, Outcome> {
      const start = kind.initial(addressIn(kind));
      const state = events.reduce((before, event, index) => kind.evolve(before, event, placed(kind, index)), start);
      return givenState(kind, events.length, state);
    },
  };
}

function addressIn(kind: { readonly contract: KindContract }): Address {
  return addressOf("main", kind.contract.kind, "spec");
}

function givenState<C extends KindContract, State, S extends Step, Outcome>(
  kind: Kind<C, State, S, Outcome>,
  length: number,
  state: State,
): Given<C, State, S, Outcome> {
  const given: Given<C, State, S, Outcome> = {
    state,
    when: (input) => judge(kind, given, length, input),
    runs(...keys) {
      assert.deepEqual(Object.keys(kind.steps(state)).sort(), keys.toSorted());
      return given;
    },
    steps(expected) {
      assert.deepEqual(kind.steps(state), expected);
      return given;
    },
    answers(question, expected) {
      assert.deepEqual(
        kind.contract.asks[question]?.parse(kind.answers?.[question]?.(state, addressIn(kind))),
        expected,
      );
      return given;
    },
  };
  return given;
}

function judge<C extends KindContract, State, S extends Step, Outcome>(
  kind: Kind<C, State, S, Outcome>,
  before: Given<C, State, S, Outcome>,
  length: number,
  input: Input<MailOf<C>, Outcome>,
): Judged<C, State, S, Outcome> {
  const decided = kind.decide(before.state, input);
  const event = decided === undefined || isRefusal(decided) ? undefined : decided;
  const { address, id, at } = placed(kind, length);
  const sends = event ? kind.sends(event, { address, id, at }) : {};
  const judged: Judged<C, State, S, Outcome> = {
    after: event ? givenState(kind, length + 1, kind.evolve(before.state, event, placed(kind, length))) : before,
    decides(expected) {
      assert.deepEqual(decided, expected);
      assert.deepEqual(kind.contract.events[expected.type]?.parse(expected.data), expected.data);
      return judged;
    },
    ignores() {
      assert.equal(decided, undefined);
      return judged;
    },
    refuses(code) {
      assert.equal(decided && isRefusal(decided) ? decided.code : decided, code);
      return judged;
    },
    sends(expected) {
      assert.deepEqual(sends, expected);
      return judged;
    },
  };
  return judged;
}

function placed(kind: { readonly contract: KindContract }, index: number) {
  return { address: addressIn(kind), seq: index + 1, id: `e${index + 1}`, at: FIRST_AT + index * 1_000 };
}

function isRefusal(decided: { readonly type: string }): decided is Refusal {
  return decided.type === "refusal";
}
