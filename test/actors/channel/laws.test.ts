import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decide } from "#actors/channel/decide.ts";
import { evolve } from "#actors/channel/evolve.ts";
import { type ChannelState, initial } from "#actors/channel/state.ts";
import { steps } from "#actors/channel/steps.ts";
import { type ChannelEvent, channelContract, MAX_TEXT } from "#subjects/channel.ts";

type Move = "hear" | "answer" | "silence" | "throw" | "die" | "stale";

const who = { party: "http", id: "ci" } as const;
const text = fc.string({ unit: "binary", minLength: 1, maxLength: 40 });
const moves = fc.array(
  fc.record({ move: fc.constantFrom<Move>("hear", "hear", "answer", "silence", "throw", "die", "stale"), text }),
  { maxLength: 80, size: "max" },
);

test("every message heard stands in exactly one answers, whatever happened in between", () => {
  fc.assert(
    fc.property(moves, (list) => {
      const { log, state } = play(list);
      const answered = log.flatMap(({ event }) => (event.type === "heard" ? [] : event.data.answers));
      const heard = log.filter(({ event }) => event.type === "heard").map(({ seq }) => seq);
      assert.deepEqual(answered, heard);
      assert.deepEqual(steps(state), {});
    }),
  );
});

test("at most one call is wanted, one is while anything is open, and it does not change until it ends", () => {
  fc.assert(
    fc.property(moves, (list) => {
      for (const { before, event, after } of play(list).log) {
        const open = after.thinking.length + after.waiting.length;
        assert.equal(Object.keys(steps(after)).length, open > 0 ? 1 : 0);
        if (event.type === "heard" && before.thinking.length > 0) assert.deepEqual(steps(after), steps(before));
      }
    }),
  );
});

test("a state survives being written down, and every event satisfies the contract", () => {
  fc.assert(
    fc.property(moves, (list) => {
      for (const { event, after } of play(list).log) {
        assert.deepEqual(JSON.parse(JSON.stringify(after)), after);
        assert.deepEqual(channelContract.events[event.type].parse(event.data), event.data);
      }
    }),
  );
});

test("folding never throws, also on a log with holes", () => {
  const answers = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 });
  const event: fc.Arbitrary<ChannelEvent> = fc.oneof(
    fc.record({ type: fc.constant("heard" as const), data: fc.record({ text, who: fc.constant(who) }) }),
    fc.record({
      type: fc.constant("said" as const),
      data: fc.record({ text: fc.string(), answers, model: fc.constant("offline") }),
    }),
    fc.record({ type: fc.constant("failed" as const), data: fc.record({ reason: fc.string(), answers }) }),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60, size: "max" }), (events) => {
      const state = events.reduce((before, each, index) => evolve(before, each, placed(index + 1)), initial());
      assert.ok(Object.keys(steps(state)).length === (state.thinking.length > 0 ? 1 : 0));
      assert.ok(state.thinking.length > 0 || state.waiting.length === 0);
    }),
  );
});

test("an answer of any length fits into an event", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: MAX_TEXT - 3, max: MAX_TEXT + 200 }),
      fc.constantFrom("a", "🦊", "é"),
      (size, unit) => {
        const state = evolve(initial(), { type: "heard", data: { text: "x", who } }, placed(1));
        const long = unit.repeat(size).slice(0, size);
        const event = decide(state, { type: "outcome", key: "think-1", data: { text: long, model: "m" } });
        assert.ok(
          event?.type === "said" && event.data.text.length <= MAX_TEXT && event.data.text.length > MAX_TEXT - 9,
        );
      },
    ),
    { numRuns: 20 },
  );
});

type Committed = { seq: number; event: ChannelEvent; before: ChannelState; after: ChannelState };

/** Plays moves as the runtime would, then lets every call that is still wanted end well. */
function play(list: readonly { readonly move: Move; readonly text: string }[]) {
  const log: Committed[] = [];
  let state = initial();
  const give = (input: Parameters<typeof decide>[1]): void => {
    const event = decide(state, input);
    if (event === undefined || event.type === "refusal") return;
    const before = state;
    const seq = log.length + 1;
    state = evolve(state, event, placed(seq));
    log.push({ seq, event, before, after: state });
  };
  for (const { move, text: words } of list) give(inputOf(move, words, state));
  for (let left = 0; left < 100 && Object.keys(steps(state)).length > 0; left++) give(inputOf("answer", "ok", state));
  return { log, state };
}

function inputOf(move: Move, words: string, state: ChannelState): Parameters<typeof decide>[1] {
  const key = Object.keys(steps(state))[0] ?? "think-0";
  switch (move) {
    case "hear":
      return { type: "mail", verb: "hear", data: { text: words, who } };
    case "answer":
      return { type: "outcome", key, data: { text: words, model: "offline" } };
    case "silence":
      return { type: "outcome", key, data: { text: "", model: "offline" } };
    case "stale":
      return { type: "outcome", key: "think-0", data: { text: words, model: "offline" } };
    case "throw":
      return { type: "failure", key, code: "threw", reason: words };
    case "die":
      return { type: "failure", key, code: "abandoned", reason: words };
  }
}

function placed(seq: number) {
  return { seq, at: 1_790_000_000_000 + seq };
}
