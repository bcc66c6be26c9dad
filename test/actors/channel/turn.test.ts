import assert from "node:assert/strict";
import { test } from "node:test";
import { channel as kind } from "#actors/channel/kind.ts";
import { MAX_CALL_LINES, MAX_WAITING_LINES, windowOf } from "#actors/turn/mod.ts";
import type { ChannelEvent } from "#subjects/channel.ts";
import { MAX_TEXT } from "#subjects/turn.ts";
import { emission, FIRST_AT, failure, mail, outcome, specOf } from "#support/spec.ts";

const channel = specOf(kind);
const ada = { party: "terminal", id: "ada" } as const;

const hear = (text: string) => mail({ verb: "hear" as const, data: { text, who: ada } });
const heard = (text: string): ChannelEvent => ({ type: "heard", data: { text, who: ada } });
const said = (text: string, ...answers: number[]): ChannelEvent => ({
  type: "said",
  data: { text, answers, model: "offline" },
});
const failed = (reason: string, ...answers: number[]): ChannelEvent => ({ type: "failed", data: { reason, answers } });
const answer = (text: string) => ({ content: [{ type: "text", text }], model: "offline", stop: "end" }) as const;
const thought = (key: string, text: string) => outcome(key, answer(text));

test("what an answer cost stands beside it", () => {
  const usage = { input: 12, output: 3, cacheRead: 900, cacheWrite: 0 };
  const model = "anthropic/claude-sonnet-5-5";
  channel
    .given(heard("hello"))
    .when(outcome("think-1", { ...answer("Hello!"), model, usage }))
    .decides({ type: "said", data: { text: "Hello!", answers: [1], model, usage, who: ada } });
});

test("a message is heard, and the channel thinks about it", () => {
  channel.given().when(hear("hello")).decides(heard("hello")).sends({}).after.runs("think-1");
});

test("a new channel runs nothing", () => {
  channel.given().runs().answers("status", { heard: 0, said: 0, thinking: false, waiting: 0, work: [] });
});

test("a thought is said, shown in the view, and the channel rests", () => {
  channel
    .given(heard("hello"))
    .when(thought("think-1", "Hello, Ada!"))
    .decides(said("Hello, Ada!", 1))
    .sends({ view: { type: "view", view: "channels", data: { at: FIRST_AT + 1_000, last: "Hello, Ada!" } } })
    .after.runs()
    .answers("status", { heard: 1, said: 1, thinking: false, waiting: 0, work: [] });
});

test("a call is the same step and sees the same, whatever is heard while it runs", () => {
  const before = channel.given(heard("one"));
  const after = channel.given(heard("one"), heard("two"), heard("three"));
  before.runs("think-1");
  after.runs("think-1").answers("status", { heard: 3, said: 0, thinking: true, waiting: 2, work: [] });
  assert.deepEqual(windowOf(after.state), windowOf(before.state));
});

test("what was heard while thinking is answered together by the next call", () => {
  channel
    .given(heard("one"), heard("two"), heard("three"))
    .when(thought("think-1", "1"))
    .decides(said("1", 1))
    .after.runs("think-2")
    .when(thought("think-2", "2 and 3"))
    .decides(said("2 and 3", 2, 3))
    .after.runs();
});

test("one call answers a bounded number of messages, and the next one goes on", () => {
  const many = Array.from({ length: MAX_CALL_LINES + 2 }, (_, index) => heard(`message ${index}`));
  const lastOfCall = MAX_CALL_LINES + 1;
  const answers = Array.from({ length: MAX_CALL_LINES }, (_, index) => index + 2);
  channel
    .given(...many)
    .when(thought("think-1", "first"))
    .after.when(thought("think-2", "most"))
    .decides(said("most", ...answers))
    .after.runs(`think-${lastOfCall + 1}`);
});

test("the end of a call that is no longer wanted is ignored", () => {
  channel.given(heard("one"), said("1", 1)).when(thought("think-1", "again")).ignores();
  channel.given(heard("one"), said("1", 1), heard("two")).when(thought("think-1", "again")).ignores();
  channel
    .given()
    .when(failure("think-1", "threw", "late"))
    .ignores();
});

test("an emission changes nothing", () => {
  channel
    .given(heard("one"))
    .when(emission("think-1", answer("half")))
    .ignores();
});

test("a call that throws closes its messages with a reason a person can read", () => {
  const reason = "I could not answer: the model is not reachable. Please say it again.";
  channel
    .given(heard("hello"))
    .when(failure("think-1", "threw", "the model is\nnot reachable."))
    .decides(failed(reason, 1))
    .sends({ view: { type: "view", view: "channels", data: { at: FIRST_AT + 1_000, last: reason } } })
    .after.runs();
});

test("a call abandoned after three deaths says so, and what to do", () => {
  const reason =
    "I stopped three times in the middle of this answer and gave it up. Please say it again, perhaps in other words.";
  channel
    .given(heard("x"))
    .when(failure("think-1", "abandoned", "three deaths"))
    .decides(failed(reason, 1));
});

test("an answer without words is a failure", () => {
  const reason = "The model answered with nothing. Please say it again.";
  channel
    .given(heard("x"))
    .when(thought("think-1", " \n"))
    .decides({ type: "failed", data: { reason, answers: [1], model: "offline" } })
    .after.runs();
});

test("a failure lets what waited be answered", () => {
  channel
    .given(heard("one"), heard("two"))
    .when(failure("think-1", "threw", "no"))
    .after.runs("think-2");
});

test("an answer longer than a message may be is cut and says so", () => {
  const note = "… (cut: this answer had 65540 characters)";
  const cut = "a".repeat(MAX_TEXT - note.length) + note;
  channel
    .given(heard("x"))
    .when(thought("think-1", "a".repeat(MAX_TEXT + 4)))
    .decides(said(cut, 1));
});

test("more messages than may wait are refused", () => {
  const full = Array.from({ length: MAX_WAITING_LINES + 1 }, () => heard("x"));
  channel
    .given(...full)
    .when(hear("one more"))
    .refuses("too-many-waiting");
  const long = "x".repeat(MAX_TEXT);
  const heavy = Array.from({ length: 33 }, () => heard(long));
  channel
    .given(...heavy)
    .when(hear("one more"))
    .refuses("too-many-waiting");
});
