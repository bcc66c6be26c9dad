import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turnOfLoop } from "node:timers/promises";
import { performWith } from "#actors/channel/perform.ts";
import type { Thought } from "#actors/channel/steps.ts";
import { type Answer, type Call, type Models, modelsFrom } from "#models/mod.ts";
import type { Tools } from "#runtime/actor.ts";
import { eventually } from "#support/eventually.ts";

const step = {
  type: "think",
  window: { lines: [{ role: "user", seq: 1, at: 0, text: "hello" }], answers: [1], before: 0, heard: 1, said: 0 },
} as const;

const USAGE = { input: 5, output: 2, cacheRead: 0, cacheWrite: 0 };

test("a model that answers at once tells nothing live", async () => {
  const { tools, told } = recorder();
  const thought = await performWith({ models: offline(0) })(step, tools);
  await turnOfLoop();
  assert.match(thought.text, /^Hello/);
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
  const thought = await performWith({ models })(step, tools);
  assert.deepEqual(thought, { text: "one two three", model: "slow/one", usage: USAGE });
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
  const { text } = await performWith({ models: offline(5) })(step, tools);
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

test("an answer without words says why there are none", async () => {
  const { tools } = recorder();
  const saying = (stop: Answer["stop"]) => modelsThat(() => Promise.resolve({ ...answerOf(""), stop }));
  await assert.rejects(performWith({ models: saying("refused") })(step, tools), /^Error: slow\/one declines/);
  await assert.rejects(performWith({ models: saying("length") })(step, tools), /ran out of room/);
});

function offline(paceMs: number): Models {
  return modelsFrom("channel", { THALASSA_OFFLINE_PACE_MS: `${paceMs}` });
}

function modelsThat(think: (call: Call) => Promise<Answer>): Models {
  return { think, contextTokens: () => 100_000 };
}

function answerOf(text: string): Answer {
  return { content: [{ type: "text", text }], stop: "end", usage: USAGE, model: "slow/one" };
}

function recorder(attempt = 1) {
  const told: [string, object][] = [];
  const controller = new AbortController();
  const tools: Tools<Thought> = {
    address: "main.channel.spec",
    key: "think-1",
    attempt,
    signal: controller.signal,
    emit: () => Promise.resolve(),
    live: (noun, data) => void told.push([noun, data]),
  };
  return { tools, told, abort: () => controller.abort() };
}
