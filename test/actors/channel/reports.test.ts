import assert from "node:assert/strict";
import { test } from "node:test";
import { channel as kind } from "#actors/channel/kind.ts";
import { MAX_DEPTH } from "#actors/channel/tools.ts";
import { promptOf, windowOf } from "#actors/turn/mod.ts";
import { type AnswerPart, textOf } from "#models/mod.ts";
import { branchAddress } from "#subjects/branch.ts";
import type { ChannelEvent } from "#subjects/channel.ts";
import { failure, outcome, specOf } from "#support/spec.ts";

const channel = specOf(kind);
const ada = { party: "terminal", id: "ada" } as const;
const HERE = "main.channel.spec";
const USAGE = { input: 9, output: 4, cacheRead: 0, cacheWrite: 0, microUsd: 120 };

const heard = (text: string): ChannelEvent => ({ type: "heard", data: { text, who: ada } });
const branchCall = { type: "tool-call", id: "c1", name: "branch", input: { task: "tea" } } as const;
const words = { type: "text", text: "I do." } as const;
const answer = (key: string, ...content: AnswerPart[]) =>
  outcome(key, { content, model: "m", stop: "end" as const, usage: USAGE });
const began = (seq: number, answers: number[]): ChannelEvent => ({
  type: "said",
  data: {
    text: "I do.",
    content: [words, branchCall],
    results: [{ call: "c1", text: "It has begun." }],
    began: [{ call: 0, task: "tea", seq, who: ada }],
    model: "m",
    answers,
  },
});
const concluded = (seq: number): ChannelEvent => ({
  type: "concluded",
  data: { from: branchAddress(HERE, `e${seq}`, 0), outcome: "done", text: "It is green." },
});

test("a conclusion that could not be told of is told by the next turn, and the person hears that there is one", () => {
  const given = channel.given(heard("x"), began(1, [1]), concluded(2));
  const { after } = given.when(failure("think-3", "threw", "nobody there")).decides({
    type: "failed",
    data: {
      reason:
        "I could not answer: nobody there. A thought on the side has ended meanwhile; I tell you of it when you next say something.",
      answers: [],
    },
  });
  after.runs();
  const next = kind.evolve(after.state, heard("well?"), { address: HERE, seq: 5, id: "e5", at: 0 });
  const shown = windowOf(next)
    .lines.slice(-2)
    .map(({ role }) => role);
  assert.deepEqual(shown, ["report", "user"]);
  assert.deepEqual(Object.keys(kind.steps(next)), ["think-5"], "not the key of the turn that failed");
});

test("thoughts on the side do not lead to one another without end, until a person speaks", () => {
  const chain = Array.from({ length: MAX_DEPTH }, (_, index) => [concluded(2 + 2 * index), began(3 + 2 * index, [])]);
  const events = [heard("x"), began(1, [1]), ...chain.flat(), concluded(2 + 2 * MAX_DEPTH)];
  const deep = channel.given(...events).runs(`think-${events.length}`);
  const refused = deep.when(answer(`think-${events.length}`, branchCall)).after.state.turn?.lines.at(-1)?.results;
  assert.match(refused?.[0]?.text ?? "", /^Not begun: 3 led to one another already/);
  const spoken = channel.given(...events, heard("go on")).when(answer(`think-${events.length}`, words));
  const allowed = spoken.after.when(answer(`think-${events.length + 1}`, words, branchCall)).after.state;
  assert.equal(allowed.work.length, 1);
});

test("what a conclusion leads to is charged to whoever began it", () => {
  channel
    .given(heard("x"), began(1, [1]), concluded(2))
    .when(answer("think-3", words))
    .decides({ type: "said", data: { text: "I do.", answers: [], model: "m", usage: USAGE, who: ada } });
});

test("a turn that outgrows its room shows the ends of earlier results, and all of the newest", () => {
  const look = (id: string) => ({ type: "tool-call", id, name: "look_back", input: {} }) as const;
  const long = `${"a".repeat(7_000)}${"b".repeat(7_000)}`;
  const { state } = channel.given(
    heard("x"),
    { type: "thought", data: { content: [look("c1")], model: "m" } },
    { type: "used", data: { call: "c1", text: long } },
    { type: "thought", data: { content: [look("c2")], model: "m" } },
    { type: "used", data: { call: "c2", text: long } },
  );
  const sizes = (maxTokens: number) =>
    promptOf(windowOf(state), { identity: [], tools: [], notes: [], maxTokens, now: 0 }).messages.flatMap((message) =>
      message.role === "tool" ? message.results.map(({ content }) => textOf(content).length) : [],
    );
  assert.deepEqual(sizes(100_000), [14_000, 14_000]);
  const [first = 0, second] = sizes(5_000);
  assert.ok(first < 1_100, `${first} of the first result are left`);
  assert.equal(second, 14_000);
});
