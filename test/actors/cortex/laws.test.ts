import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cortexKind, slotRulesFrom } from "#actors/cortex/kind.ts";
import {
  type CortexState,
  DIMENSIONS,
  initial,
  KEPT_NAMES,
  MAX_DAYS,
  MAX_NAMES,
  OTHERS,
} from "#actors/cortex/state.ts";
import { limitsFrom } from "#models/mod.ts";
import { type Amount, type Charge, dayOf, type Scope } from "#subjects/charge.ts";
import { type CortexEvent, cortexContract } from "#subjects/cortex.ts";
import { type Address, addressOf } from "#subjects/mod.ts";

const START = Date.parse("2026-11-01T12:00:00Z");
const DAY_MS = 86_400_000;

const LIMITS = limitsFrom({
  THALASSA_BUDGET_DAY_USD: "0.002",
  THALASSA_BUDGET_WARN_USD: "0.0005",
  THALASSA_BUDGET_DAY_TOKENS: "3000",
  THALASSA_BUDGET_CHANNEL_DAY_USD: "0.001",
  THALASSA_BUDGET_PERSON_DAY_USD: "0.0008",
});

const kind = cortexKind(LIMITS, slotRulesFrom({}));
const home: Address = "main.cortex.main";

type Given = { readonly data: Charge; readonly from: Address; readonly at: number };

const amount = fc.nat({ max: 400 });
const charges = (days: number): fc.Arbitrary<Given[]> =>
  fc.array(
    fc.record({
      data: fc.record(
        {
          input: amount,
          output: amount,
          cacheRead: amount,
          cacheWrite: amount,
          microUsd: amount,
          model: fc.constantFrom("openai/a", "anthropic/b", "__proto__"),
          for: fc.constantFrom<Address>("main.channel.a", "main.channel.b", "main.channel.constructor"),
          who: fc.constantFrom({ party: "http" as const, id: "ci" }, { party: "telegram" as const, id: "é.1" }),
        },
        { requiredKeys: ["input", "output", "cacheRead", "cacheWrite", "model", "for"] },
      ) as fc.Arbitrary<Charge>,
      from: fc.constantFrom<Address>("main.channel.a", "main.branch.b1-0"),
      at: fc.nat({ max: days - 1 }).map((day) => START + day * DAY_MS),
    }),
    { maxLength: 60, size: "max" },
  );

test("in whatever order charges come, the totals of each day are their sums, and so are those of each of its names", () => {
  fc.assert(
    fc.property(charges(5), (list) => {
      const { state } = play(list);
      assert.equal(sum(state.days.map(({ calls }) => calls)), list.length);
      for (const day of state.days) {
        const ofDay = list.filter(({ at }) => dayOf(at) === day.day);
        assert.deepEqual(pick(day), total(ofDay.map(({ data }) => data)));
        for (const dimension of DIMENSIONS) {
          const counted = dimension === "person" ? ofDay.filter(({ data }) => data.who !== undefined) : ofDay;
          assert.deepEqual(total(Object.values(day.by[dimension])), total(counted.map(({ data }) => data)));
        }
        const mine = ofDay.filter(({ data }) => data.for === "main.channel.constructor");
        assert.deepEqual(
          pick(new Map(Object.entries(day.by.channel)).get("constructor") ?? ZERO),
          total(mine.map(({ data }) => data)),
        );
      }
    }),
  );
});

test("each limit is told of exactly once a day and scope, by the charge that reaches it", () => {
  fc.assert(
    fc.property(charges(3), (list) => {
      const told = play(list).events.flatMap(({ data }) =>
        (data.reached ?? []).map(
          ({ limit, scope, text }) => `${data.day} ${nameOf(scope, data)} ${limit} ${unit(text)}`,
        ),
      );
      assert.equal(new Set(told).size, told.length);
      assert.deepEqual(told.toSorted(), wanted(list).toSorted());
    }),
  );
});

test("a replay comes to the same state, which survives being written down, and every event fits the contract", () => {
  fc.assert(
    fc.property(charges(5), (list) => {
      const { events, state } = play(list);
      const again = events.reduce((before, event) => kind.evolve(before, stored(event), placed), initial(home));
      assert.deepEqual(again, state);
      assert.deepEqual(JSON.parse(JSON.stringify(state)), state);
      for (const { data } of events) assert.deepEqual(cortexContract.events.charged.parse(stored(data)), data);
    }),
  );
});

test("a ledger of many days and names stays small, and forgets no cent of a day that it has", () => {
  const list = Array.from({ length: 40 }, (_, day) =>
    Array.from({ length: 150 }, (_, name) => one(`main.channel.c${name}`, 1 + (name % 7), START + day * DAY_MS)),
  ).flat();
  const { state } = play(list);
  assert.equal(state.days.length, MAX_DAYS);
  assert.equal(state.days[0]?.day, dayOf(START + 9 * DAY_MS));
  for (const [at, day] of state.days.entries()) {
    assert.equal(sum(Object.values(day.by.channel).map(({ microUsd }) => microUsd)), day.microUsd);
    const isFull = at >= MAX_DAYS - 2;
    assert.equal(Object.keys(day.by.channel).length, isFull ? 150 : KEPT_NAMES + 1);
    assert.equal(OTHERS in day.by.channel, !isFull);
  }
});

test("with more names in a day than are kept, nobody's total is too low, and too high by a share of all at most", () => {
  const names = MAX_NAMES + 300;
  const list = Array.from({ length: 2 * names }, (_, at) => {
    const name = (at * 7_919) % names;
    return one(`main.channel.c${name}`, 1 + (name % 90), START);
  });
  const spent = new Map<Address, number>();
  let all = 0;
  play(list, ({ data }) => {
    const exact = (spent.get(data.for) ?? 0) + (data.microUsd ?? 0);
    spent.set(data.for, exact);
    all += data.microUsd ?? 0;
    const { microUsd } = data.spent.channel;
    assert.ok(microUsd >= exact && microUsd <= exact + all / MAX_NAMES, `${data.for}: ${exact}, and ${microUsd} told`);
    assert.equal(data.spent.agent.microUsd, all);
  });
});

const placed = { address: home, seq: 1, id: "e", at: 0 };

type ChargedEvent = Extract<CortexEvent, { type: "charged" }>;

const ZERO: Amount = { tokens: 0, microUsd: 0 };

function play(list: readonly Given[], heed: (event: ChargedEvent) => void = () => {}) {
  const events: ChargedEvent[] = [];
  let state: CortexState = initial(home);
  for (const { data, from, at } of list) {
    const event = kind.decide(state, { type: "mail", verb: "charge", id: "m", data, from, at });
    assert.ok(event?.type === "charged");
    events.push(event);
    heed(event);
    state = kind.evolve(state, event, placed);
  }
  return { events, state };
}

/** What is told of which limits, by sums alone. */
function wanted(list: readonly Given[]): readonly string[] {
  const sums = new Map<string, number>();
  return list.flatMap(({ data, at }) =>
    LIMITS.flatMap(({ scope, measure, soft = 0, hard = 0 }) => {
      const name = `${dayOf(at)} ${nameOf(scope, data)}`;
      if (name.endsWith("nobody")) return [];
      const key = `${name} ${measure}`;
      const before = sums.get(key) ?? 0;
      const after = before + total([data])[measure];
      sums.set(key, after);
      const reached = (limit: number): boolean => before < limit && after >= limit;
      return [
        ...(reached(soft) ? [`${name} soft ${measure}`] : []),
        ...(reached(hard) ? [`${name} hard ${measure}`] : []),
      ];
    }),
  );
}

function nameOf(scope: Scope, data: Charge): string {
  if (scope === "agent") return scope;
  return scope === "channel" ? data.for : (data.who?.id ?? "nobody");
}

function unit(text: string): keyof Amount {
  return /spent \$/.test(text) ? "microUsd" : "tokens";
}

function one(address: string, microUsd: number, at: number): Given {
  const [agent = "", , id = ""] = address.split(".");
  const channel = addressOf(agent, "channel", id);
  return { data: { ...SOME, microUsd, for: channel }, from: channel, at };
}

const SOME = { input: 1, output: 0, cacheRead: 0, cacheWrite: 0, model: "openai/a" } as const;

function total(all: readonly (Charge | Amount)[]): Amount {
  const tokens = (each: Charge | Amount): number =>
    "tokens" in each ? each.tokens : each.input + each.output + each.cacheRead + each.cacheWrite;
  return { tokens: sum(all.map(tokens)), microUsd: sum(all.map(({ microUsd = 0 }) => microUsd)) };
}

function pick({ tokens, microUsd }: Amount): Amount {
  return { tokens, microUsd };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}

function stored<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
