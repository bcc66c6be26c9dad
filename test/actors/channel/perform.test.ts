import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turnOfLoop } from "node:timers/promises";
import { performWith } from "#actors/channel/perform.ts";
import { type Brought, emptyConversation, foldConversation, type Thought } from "#actors/turn/mod.ts";
import { type Answer, budgetsFrom, type Call, type Models, modelsFrom, textOf } from "#models/mod.ts";
import type { Tools } from "#runtime/actor.ts";
import { eventually } from "#support/eventually.ts";
import { memoryArtifacts } from "#support/memory-artifacts.ts";
import { entryOf } from "#support/record.ts";

const ADDRESS = "main.channel.spec";
const conversation = foldConversation(
  emptyConversation(ADDRESS),
  { type: "heard", data: { text: "hello", who: { party: "terminal", id: "ada" } } },
  { address: ADDRESS, seq: 1, id: "e1", at: 0 },
);
const step = { type: "think", number: 1, conversation } as const;

const USAGE = { input: 5, output: 2, cacheRead: 0, cacheWrite: 0 };

test("a model that answers at once tells nothing live", async () => {
  const { tools, told } = recorder();
  const thought = await thinkWith(offline(0), tools);
  await turnOfLoop();
  assert.match(textOf(thought.content), /^Hello/);
  assert.equal(thought.usage, undefined);
  assert.deepEqual(told, []);
});

test("a model that takes its time tells that it thinks, then its words with their offsets", async () => {
  const { tools, told } = recorder();
  const models = modelsThat(async ({ onText }) => {
    await turnOfLoop();
    onText("one ", 1);
    onText("two ", 1);
    await eventually(() => told.length === 3);
    onText("three", 1);
    return answerOf("one two three");
  });
  const thought = await thinkWith(models, tools);
  assert.deepEqual(thought, { ...answerOf("one two three"), usage: USAGE });
  assert.deepEqual(told, [
    ["status", { doing: "thinking" }],
    ["delta", { step: "think-1", attempt: 1, offset: 0, text: "one " }],
    ["delta", { step: "think-1", attempt: 1, offset: 4, text: "two " }],
  ]);
});

test("another attempt begins its words anew, and what waited of the last one is never told", async () => {
  const { tools, told } = recorder();
  const models = modelsThat(async ({ onText }) => {
    await turnOfLoop();
    onText("It is ", 1);
    onText("broken", 1);
    onText("It is well", 2);
    await eventually(() => told.length === 3);
    return answerOf("It is well");
  });
  await performWith({ models })(step, tools);
  assert.deepEqual(told.slice(1), [
    ["delta", { step: "think-1", attempt: 1, offset: 0, text: "It is " }],
    ["delta", { step: "think-1", attempt: 2, offset: 0, text: "It is well" }],
  ]);
});

test("a step that runs again numbers its attempts above all that were told before", async () => {
  const { tools, told } = recorder(2);
  const models = modelsThat(async ({ onText }) => {
    await turnOfLoop();
    onText("again", 3);
    return answerOf("again");
  });
  await performWith({ models })(step, tools);
  assert.deepEqual(told[1], ["delta", { step: "think-1", attempt: 103, offset: 0, text: "again" }]);
});

test("deltas put together are the beginning of the answer", async () => {
  const { tools, told } = recorder();
  const text = textOf((await thinkWith(offline(5), tools)).content);
  const deltas = told.flatMap(([noun, data]) => (noun === "delta" ? [data as { offset: number; text: string }] : []));
  assert.ok(deltas.length > 1);
  assert.ok(text.startsWith(deltas.map((delta) => delta.text).join("")));
  for (const delta of deltas) assert.equal(text.slice(delta.offset, delta.offset + delta.text.length), delta.text);
});

test("an aborted call ends at once and tells nothing more", async () => {
  const { tools, told, abort } = recorder();
  const running = performWith({ models: offline(1_000) })(step, tools);
  await eventually(() => told.length === 2);
  abort();
  await assert.rejects(running, { name: "AbortError" });
  assert.equal(told.length, 2);
});

test("what a model throws is thrown on, and leaves no timer behind", async () => {
  const { tools, told } = recorder();
  const models = modelsThat(() => Promise.reject(new Error("the model is away")));
  await assert.rejects(performWith({ models })(step, tools), /the model is away/);
  await turnOfLoop();
  assert.deepEqual(told, []);
});

test("a tool tells what is used, and looks through what was said", async () => {
  const { tools, told } = recorder();
  const call = { type: "tool-call", id: "c1", name: "look_back", input: { query: "hello" } } as const;
  const used = await performWith({ models: offline(0) })({ type: "use", call, conversation }, tools);
  assert.deepEqual(used, { text: "#1, 1970-01-01T00:00Z, ada: hello" });
  assert.deepEqual(told, [["status", { doing: "using", tool: "look_back" }]]);
});

test("a budget that is spent is asked before any model is", async () => {
  const { tools } = recorder();
  const models = modelsThat(() => assert.fail("a model was called"));
  const entry = JSON.stringify({ seq: 9, day: "2026-11-21", tokens: 7, microUsd: 20_000_000 });
  const budgets = budgetsFrom(async () => entry, {}, { now: () => Date.parse("2026-11-21T20:00:00Z") });
  const brought = await performWith({ models, budgets })(step, tools);
  assert.ok("denied" in brought);
  assert.match(brought.denied, /^the agent's budget of today is spent \(/);
});

async function thinkWith(models: Models, tools: Tools<Brought>): Promise<Thought> {
  const thought = await performWith({ models })(step, tools);
  return "content" in thought ? thought : assert.fail("that was a tool");
}

test("reasoning that no event could hold goes, and the answer stays", async () => {
  const words = { type: "text", text: "Tea." } as const;
  const kept = (length: number) => ({ type: "kept", model: "one", data: { sealed: "x".repeat(length) } }) as const;
  const thinkingOf = async (length: number) => {
    const models = modelsThat(async () => ({ ...answerOf(""), content: [kept(length), words] }));
    return (await thinkWith(models, recorder().tools)).content;
  };
  assert.deepEqual(await thinkingOf(10_000), [kept(10_000), words]);
  assert.deepEqual(await thinkingOf(200_000), [words]);
});

function offline(paceMs: number): Models {
  return modelsFrom("channel", { THALASSA_OFFLINE_PACE_MS: `${paceMs}` });
}

function modelsThat(think: (call: Call) => Promise<Answer>): Models {
  return { think, contextTokens: () => 100_000, isFree: () => false, sees: () => true };
}

function answerOf(text: string): Answer {
  return { content: [{ type: "text", text }], stop: "end", usage: USAGE, model: "slow/one" };
}

function recorder(attempt = 1) {
  const told: [string, object][] = [];
  const controller = new AbortController();
  const tools: Tools<Brought> = {
    address: "main.channel.spec",
    key: "think-1",
    attempt,
    signal: controller.signal,
    emit: () => Promise.resolve(),
    live: (noun, data) => void told.push([noun, data]),
    read: () => assert.fail("no other past is read"),
    async *back({ from, seq }) {
      const data = { text: "hello", who: { party: "terminal", id: "ada" } };
      yield [{ ...entryOf(from, "e0", { event: "heard", data, version: 2 }), seq, forged: false }];
    },
    artifacts: memoryArtifacts(),
  };
  return { tools, told, abort: () => controller.abort() };
}
