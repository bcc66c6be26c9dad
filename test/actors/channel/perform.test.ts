import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep, setImmediate as turnOfLoop } from "node:timers/promises";
import { performWith } from "#actors/channel/perform.ts";
import type { Thought } from "#actors/channel/steps.ts";
import { offlineModel, type Provider } from "#models/mod.ts";
import type { Tools } from "#runtime/actor.ts";

const step = {
  type: "think",
  window: { lines: [{ role: "user", seq: 1, at: 0, text: "hello" }], answers: [1], before: 0, heard: 1, said: 0 },
} as const;

test("a model that answers at once tells nothing live", async () => {
  const { tools, told } = recorder();
  const thought = await performWith(offlineModel({ paceMs: 0 }), "offline")(step, tools);
  await turnOfLoop();
  assert.match(thought.text, /^Hello/);
  assert.deepEqual(told, []);
});

test("a model that takes its time tells that it thinks, then its words with their offsets", async () => {
  const { tools, told } = recorder(2);
  const slow: Provider = {
    async think({ onText }) {
      await turnOfLoop();
      onText("one ");
      onText("two ");
      await until(() => told.length === 3);
      onText("three");
      return { text: "one two three", model: "slow" };
    },
  };
  await performWith(slow, "slow")(step, tools);
  assert.deepEqual(told, [
    ["status", { doing: "thinking" }],
    ["delta", { step: "think-1", attempt: 2, offset: 0, text: "one " }],
    ["delta", { step: "think-1", attempt: 2, offset: 4, text: "two " }],
  ]);
});

test("deltas put together are the beginning of the answer", async () => {
  const { tools, told } = recorder();
  const { text } = await performWith(offlineModel({ paceMs: 5 }), "offline")(step, tools);
  const deltas = told.flatMap(([noun, data]) => (noun === "delta" ? [data as { offset: number; text: string }] : []));
  assert.ok(deltas.length > 1);
  assert.ok(text.startsWith(deltas.map((delta) => delta.text).join("")));
  for (const delta of deltas) assert.equal(text.slice(delta.offset, delta.offset + delta.text.length), delta.text);
});

test("an aborted call ends at once and tells nothing more", async () => {
  const { tools, told, abort } = recorder();
  const running = performWith(offlineModel({ paceMs: 1_000 }), "offline")(step, tools);
  await until(() => told.length === 2);
  abort();
  await assert.rejects(running, { name: "AbortError" });
  assert.equal(told.length, 2);
});

test("what a provider throws is thrown on, and leaves no timer behind", async () => {
  const { tools, told } = recorder();
  const broken: Provider = { think: () => Promise.reject(new Error("the model is away")) };
  await assert.rejects(performWith(broken, "x")(step, tools), /the model is away/);
  await turnOfLoop();
  assert.deepEqual(told, []);
});

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

async function until(isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!isTrue()) {
    assert.ok(Date.now() < deadline, "the condition did not hold within 5 s");
    await sleep(1);
  }
}
