import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_CALLS } from "#actors/channel/answer.ts";
import { type ChannelInput, decide } from "#actors/channel/decide.ts";
import { steps } from "#actors/channel/steps.ts";
import { messagesOf } from "#actors/turn/line.ts";
import {
  type Brought,
  type Conversation,
  callsIn,
  emptyConversation,
  foldConversation,
  type Thought,
  windowOf,
} from "#actors/turn/mod.ts";
import type { AnswerPart, Message } from "#models/mod.ts";
import { branchAddress } from "#subjects/branch.ts";
import { type ChannelEvent, channelContract } from "#subjects/channel.ts";
import type { Address } from "#subjects/mod.ts";
import { MAX_TEXT } from "#subjects/turn.ts";

const MOVES = [
  ...(["hear", "hear", "answer", "tool", "tool", "branch", "branch", "done", "cancelled", "lost"] as const),
  ...(["halt", "silence", "throw", "die", "stale"] as const),
];

type Move = (typeof MOVES)[number];

const who = { party: "http", id: "ci" } as const;
const ADDRESS = "main.channel.spec";

const text = fc.string({ unit: "binary", minLength: 1, maxLength: 40 });
const moves = fc.array(fc.record({ move: fc.constantFrom<Move>(...MOVES), text }), { maxLength: 80, size: "max" });

test("every message heard stands in exactly one answers, whatever happened in between", () => {
  fc.assert(
    fc.property(moves, (list) => {
      const { log, state } = play(list);
      const answered = log.flatMap(({ event }) => ("answers" in event.data ? (event.data.answers ?? []) : []));
      const heard = log.filter(({ event }) => event.type === "heard").map(({ seq }) => seq);
      assert.deepEqual(answered, heard);
      assert.deepEqual(steps(state), {});
    }),
  );
});

test("one call, or the tools of the last one, is wanted while anything is open, and sees the same until it ends", () => {
  fc.assert(
    fc.property(moves, (list) => {
      for (const { before, event, after } of play(list).log) {
        const wanted = Object.values(steps(after));
        const thinking = wanted.filter(({ type }) => type === "think").length;
        const open = after.turn !== undefined || after.waiting.some(({ quiet }) => !quiet);
        assert.equal(wanted.length > 0, open);
        assert.ok(thinking === 0 || wanted.length === 1);
        if (event.type !== "heard" || before.turn === undefined) continue;
        assert.deepEqual(Object.keys(steps(after)), Object.keys(steps(before)));
        assert.deepEqual(windowOf(after), windowOf(before));
      }
    }),
  );
});

test("no transcript that a model is given has a tool call without its result, and no result without its call", () => {
  fc.assert(
    fc.property(moves, (list) => {
      for (const { after } of play(list).log) {
        if (!Object.values(steps(after)).some(({ type }) => type === "think")) continue;
        assertValid(windowOf(after).lines.flatMap((line) => messagesOf(line)));
      }
    }),
  );
});

test("every branch is concluded at most once, and only a cancelled one waits for a turn that others begin", () => {
  fc.assert(
    fc.property(moves, (list) => {
      const { log, state } = play(list);
      const ended = log.flatMap(({ event }) => (event.type === "concluded" ? [event.data.from] : []));
      const begun = log.flatMap(({ event, seq }) =>
        event.type === "thought" || event.type === "said"
          ? (event.data.began ?? []).map(({ call }) => branchAddress(ADDRESS, placed(seq).id, call))
          : [],
      );
      assert.equal(new Set(ended).size, ended.length);
      assert.deepEqual([...ended, ...state.work.map(({ address }) => address)].toSorted(), begun.toSorted());
      assert.ok(state.waiting.every(({ quiet }) => quiet));
    }),
  );
});

test("a turn has at most its calls of the model", () => {
  fc.assert(
    fc.property(moves, (list) => {
      for (const { after } of play(list).log) assert.ok((after.turn?.calls ?? 0) < MAX_CALLS);
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
      const state = events.reduce(
        (before, each, index) => foldConversation(before, each, placed(index + 1)),
        emptyConversation(ADDRESS),
      );
      assert.equal(Object.keys(steps(state)).length > 0, state.turn !== undefined);
      assert.ok(state.turn !== undefined || state.waiting.length === 0);
    }),
  );
});

test("an answer of any length fits into an event", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: MAX_TEXT - 3, max: MAX_TEXT + 200 }),
      fc.constantFrom("a", "🦊", "é"),
      (size, unit) => {
        const heard = { type: "heard", data: { text: "x", who } } as const;
        const state = foldConversation(emptyConversation(ADDRESS), heard, placed(1));
        const long = unit.repeat(size).slice(0, size);
        const event = decide(state, { type: "outcome", key: "think-1", data: thoughtOf({ type: "text", text: long }) });
        assert.ok(
          event?.type === "said" && event.data.text.length <= MAX_TEXT && event.data.text.length > MAX_TEXT - 9,
        );
      },
    ),
    { numRuns: 20 },
  );
});

type Committed = { seq: number; event: ChannelEvent; before: Conversation; after: Conversation };

/** Plays moves as the runtime would, then lets every call that is still wanted end well. */
function play(list: readonly { readonly move: Move; readonly text: string }[]) {
  const log: Committed[] = [];
  let state: Conversation = emptyConversation(ADDRESS);
  const give = (input: ChannelInput): void => {
    const event = decide(state, input);
    if (event === undefined || event.type === "refusal") return;
    const before = state;
    const seq = log.length + 1;
    state = foldConversation(state, event, placed(seq));
    log.push({ seq, event, before, after: state });
  };
  for (const { move, text: words } of list) give(inputOf(move, words, state));
  for (let left = 0; left < 100 && Object.keys(steps(state)).length > 0; left++) give(inputOf("answer", "ok", state));
  return { log, state };
}

function inputOf(move: Move, words: string, state: Conversation): ChannelInput {
  const [key = "think-0", step] = Object.entries(steps(state))[0] ?? [];
  const brings = (data: Brought): ChannelInput => ({ type: "outcome", key, data });
  const isUse = step?.type === "use";
  switch (move) {
    case "hear":
      return { type: "mail", verb: "hear", data: { text: words, who } };
    case "halt":
      return { type: "mail", verb: "stop", data: { who } };
    case "done":
    case "cancelled":
      return { type: "mail", verb: "conclude", data: { outcome: move, text: words }, ...fromWork(state) };
    case "lost":
      return { type: "mail", verb: "overdue", data: { work: fromWork(state).from } };
    case "answer":
      return brings(isUse ? { text: words } : thoughtOf({ type: "text", text: words }));
    case "tool":
      return brings(isUse ? { text: words } : thoughtOf(callNamed("look_back", words), callNamed("nothing", words)));
    case "branch":
      return brings(isUse ? { text: words } : thoughtOf(callNamed("branch", words), callNamed("set_status", words)));
    case "silence":
      return brings(isUse ? { text: "" } : thoughtOf());
    case "stale":
      return { type: "outcome", key: "think-0", data: thoughtOf({ type: "text", text: words }) };
    case "throw":
      return { type: "failure", key, code: "threw", reason: words };
    case "die":
      return { type: "failure", key, code: "abandoned", reason: words };
  }
}

/** The oldest work that goes on; where there is none, some that is nobody's. */
function fromWork({ work }: Conversation): { readonly from: Address } {
  return { from: work[0]?.address ?? "main.branch.nobody" };
}

let calls = 0;

function callNamed(name: string, words: string): AnswerPart {
  return { type: "tool-call", id: `c${++calls}`, name, input: { query: words, task: words, text: words } };
}

function thoughtOf(...content: readonly AnswerPart[]): Thought {
  return { content, model: "offline", stop: "end" };
}

/** As the APIs want it: the message after one with calls has exactly their results. */
function assertValid(messages: readonly Message[]): void {
  for (const [index, message] of messages.entries()) {
    const called = message.role === "assistant" ? callsIn(message.content).map(({ id }) => id) : [];
    const next = messages[index + 1];
    if (called.length > 0) assert.deepEqual(next?.role === "tool" && next.results.map(({ id }) => id), called);
    if (message.role === "tool") assert.equal(messages[index - 1]?.role, "assistant");
  }
}

function placed(seq: number) {
  return { address: ADDRESS, id: `${seq}-event`, seq, at: 1_790_000_000_000 + seq } as const;
}
