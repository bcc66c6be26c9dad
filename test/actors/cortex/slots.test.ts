import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cortexKind, slotRulesFrom } from "#actors/cortex/kind.ts";
import type { CortexState } from "#actors/cortex/state.ts";
import { limitsFrom } from "#models/mod.ts";
import { type CortexEvent, cortexContract } from "#subjects/cortex.ts";
import type { Address, Who } from "#subjects/mod.ts";
import { mail, specOf } from "#support/spec.ts";

const RULES = slotRulesFrom({
  THALASSA_JOBS_AT_ONCE: "3",
  THALASSA_JOBS_PERSON_AT_ONCE: "2",
  THALASSA_JOBS_PERSON_QUEUED: "4",
});
const kind = cortexKind(limitsFrom({}), RULES);
const spec = specOf(kind);
const home: Address = "main.cortex.main";

const ada: Who = { party: "terminal", id: "ada" };
const bob: Who = { party: "telegram", id: "4711" };
const job = (number: number): Address => `main.worker.w${number}-0`;

type Move =
  | { readonly verb: "claim"; readonly job: number; readonly who: Who }
  | { readonly verb: "release"; readonly job: number }
  | { readonly verb: "panic"; readonly on: boolean };

const number = fc.nat({ max: 11 });
const moves = fc.array(
  fc.oneof(
    fc.record({ verb: fc.constant("claim" as const), job: number, who: fc.constantFrom(ada, bob) }),
    fc.record({ verb: fc.constant("release" as const), job: number }),
    fc.record({ verb: fc.constant("panic" as const), on: fc.boolean() }),
  ),
  { maxLength: 60, size: "max" },
) as fc.Arbitrary<Move[]>;

test("in whatever order jobs come and go, no more run than may, none begins while all is stopped, and none waits beside a free slot", () => {
  fc.assert(
    fc.property(moves, (list) => {
      for (const { before, event, state } of play(list)) {
        const { running, queue, panic } = state.slots;
        const begun = running.length > before.slots.running.length;
        if (begun && before.slots.panic !== undefined) assert.equal(event.type, "calmed");
        assert.ok(running.length <= 3);
        for (const person of ["terminal-ada", "telegram-4711"]) {
          const mine = running.filter((slot) => slot.person === person).length;
          assert.ok(mine <= 2);
          const waits = queue.some((slot) => slot.person === person);
          if (panic === undefined && waits) assert.ok(mine === 2 || running.length === 3, `${person} waits`);
        }
        const all = [...running, ...queue].map(({ address }) => address);
        assert.equal(new Set(all).size, all.length);
      }
    }),
  );
});

test("each job is told of its turn once, and those that run are told to stop when all is stopped", () => {
  fc.assert(
    fc.property(moves, (list) => {
      for (const { before, event, state } of play(list)) {
        cortexContract.events[event.type].parse(JSON.parse(JSON.stringify(event.data)));
        const sent = Object.values(kind.sends(event, { address: home, id: "e", at: 0 }));
        const told = (verb: string) =>
          sent.flatMap((send) => (send.type === "mail" && send.verb === verb ? [send.to] : []));
        const had = new Set(before.slots.running.map(({ address }) => address));
        const fresh = state.slots.running.map(({ address }) => address).filter((address) => !had.has(address));
        const again = event.type === "released" ? event.data.by : undefined;
        assert.deepEqual(
          told("grant")
            .filter((to) => to !== again)
            .toSorted(),
          fresh.filter((to) => to !== again).toSorted(),
        );
        assert.deepEqual(told("halt"), event.type === "panicked" ? [...had] : []);
      }
    }),
  );
});

test("only an owner stops all, only jobs of the agent have slots, and a person has only so many that wait", () => {
  const panic = (on: boolean, who: Who) => mail({ verb: "panic" as const, data: { on, who, why: "fire" } });
  const stopped = spec.given().when(panic(true, bob)).refuses("not-owner").after.when(panic(true, ada)).after;
  stopped.when(panic(true, ada)).refuses("panic-on");
  stopped.when(panic(false, ada)).after.when(panic(false, ada)).refuses("panic-off");
  stopped.answers("slots", {
    running: [],
    queued: 0,
    limit: 3,
    panic: { who: ada, why: "fire", at: 1_790_000_000_000 },
  });
  const claim = (from: Address) => mail({ verb: "claim" as const, from, data: { who: ada, role: "owner" as const } });
  spec.given().when(claim("helper.worker.w1-0")).refuses("no-job");
  spec
    .given()
    .when(mail({ verb: "release", from: "main.channel.a", data: {} }))
    .refuses("no-job");
  const full = Array.from({ length: 4 }, (_, at) => job(at)).reduce(
    (given, from) => given.when(claim(from)).after,
    stopped,
  );
  full.when(claim(job(9))).refuses("too-many-queued");
});

test("what bounds jobs is a whole number", () => {
  assert.throws(
    () => slotRulesFrom({ THALASSA_JOBS_AT_ONCE: "many" }),
    /THALASSA_JOBS_AT_ONCE is many; use a whole number/,
  );
});

type Told = { readonly before: CortexState; readonly event: CortexEvent; readonly state: CortexState };

function play(list: readonly Move[]): readonly Told[] {
  let state = kind.initial(home);
  return list.flatMap((move, index): readonly Told[] => {
    const event = kind.decide(state, inputOf(move, index));
    if (event === undefined || event.type === "refusal") return [];
    const before = state;
    state = kind.evolve(state, event, { address: home, seq: index + 1, id: `e${index}`, at: index });
    return [{ before, event, state }];
  });
}

function inputOf(move: Move, index: number) {
  const base = { type: "mail", id: `i${index}`, at: index } as const;
  switch (move.verb) {
    case "claim":
      return { ...base, verb: move.verb, from: job(move.job), data: { who: move.who, role: "owner" as const } };
    case "release":
      return { ...base, verb: move.verb, from: job(move.job), data: {} };
    case "panic":
      return { ...base, verb: move.verb, data: { on: move.on, who: ada, why: "" } };
  }
}
