import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { composeAnswer } from "#models/answer.ts";
import { delayOf, offlineModel } from "#models/offline.ts";
import { offlineFromEnvironment } from "#models/options.ts";
import { type ModelRequest, textOf } from "#models/provider.ts";
import type { Line, Window } from "#models/window.ts";

const asks = fc.constantFrom(
  "what did I say ",
  "my name is ",
  "repeat after me: ",
  "my hat is ",
  "what is my ",
  "recap ",
  "",
);
const words = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom(
    "🦊👩‍👩‍👧‍👦",
    "مرحبا بالعالم",
    "e\u0301".repeat(400),
    "\u0000\u001b[31m",
    "x".repeat(65_536),
    "\ud800",
    "“”",
    "? ",
    "",
  ),
);
const text = fc.tuple(asks, words, asks).map((parts) => parts.join("").slice(0, 65_536) || " ");

test("an answer is never empty, never long, and always the same for the same conversation", () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), fc.nat(6), fc.nat(3), (texts, settled, said) => {
      const lines = texts.map((each, index): Line => ({ role: "user", seq: index + 1, text: each }));
      const open = lines.slice(Math.min(settled, lines.length - 1));
      const answers = open.map((line) => line.seq);
      const window: Window = { lines, answers, before: said, heard: lines.length, said };
      const answer = composeAnswer(window);
      assert.ok(answer.trim().length > 0);
      assert.ok(answer.length <= 1_400 * open.length, `${answer.length} characters`);
      assert.equal(composeAnswer(structuredClone(window)), answer);
    }),
    { numRuns: 300 },
  );
});

test("a quotation never splits a grapheme", () => {
  const family = "👩‍👩‍👧‍👦";
  const answer = composeAnswer(windowOf(family.repeat(100)));
  assert.equal(/“(.*)…”/u.exec(answer)?.[1]?.replaceAll(family, ""), "");
});

test("the words that come are the answer", async () => {
  const heard: string[] = [];
  const { content, model } = await offlineModel({ paceMs: 1 }).think(requestOf("hello", (word) => heard.push(word)));
  assert.equal(heard.join(""), textOf(content));
  assert.ok(heard.length > 5);
  assert.equal(model, "offline");
});

test("without a pace the answer comes in one piece", async () => {
  const heard: string[] = [];
  await offlineModel({ paceMs: 0 }).think(requestOf("hello", (word) => heard.push(word)));
  assert.equal(heard.length, 1);
});

test("a model that is not there is refused with its name", async () => {
  const request = { ...requestOf("hello", () => undefined), model: "gpt-9" };
  await assert.rejects(offlineModel().think(request), {
    code: "unknown-model",
    message: /gpt-9.*choose one of offline/,
  });
});

test("an aborted wait ends at once", async () => {
  const controller = new AbortController();
  const model = offlineModel({ delayMs: { from: 60_000, to: 60_000 } });
  const running = model.think({ ...requestOf("hello", () => undefined), signal: controller.signal });
  controller.abort();
  await assert.rejects(running, { name: "AbortError" });
});

test("the delay depends on the message alone, stays in its range and spreads over it", () => {
  const range = { from: 20, to: 500 };
  const delays = Array.from({ length: 400 }, (_, index) => delayOf(windowOf(`message ${index}`), range));
  assert.deepEqual(
    delays,
    Array.from({ length: 400 }, (_, index) => delayOf(windowOf(`message ${index}`), range)),
  );
  assert.ok(Math.min(...delays) >= 20 && Math.min(...delays) < 40);
  assert.ok(Math.max(...delays) <= 500 && Math.max(...delays) > 480);
});

test("pace and delay are read from the environment", () => {
  assert.deepEqual(offlineFromEnvironment({}), { paceMs: 15, delayMs: { from: 0, to: 0 } });
  assert.deepEqual(offlineFromEnvironment({ THALASSA_OFFLINE_PACE_MS: "0", THALASSA_OFFLINE_DELAY_MS: "20-500" }), {
    paceMs: 0,
    delayMs: { from: 20, to: 500 },
  });
});

test("a setting that is no pause is refused with its name", () => {
  assert.throws(() => offlineFromEnvironment({ THALASSA_OFFLINE_PACE_MS: "fast" }), /THALASSA_OFFLINE_PACE_MS is fast/);
  assert.throws(() => offlineFromEnvironment({ THALASSA_OFFLINE_DELAY_MS: "500" }), /a range such as 20-500/);
  assert.throws(() => offlineFromEnvironment({ THALASSA_OFFLINE_DELAY_MS: "500-20" }), RangeError);
  assert.throws(() => offlineModel({ paceMs: -1 }), RangeError);
});

function windowOf(message: string): Window {
  const lines: Line[] = [{ role: "user", seq: 1, text: message }];
  return { lines, answers: [1], before: 0, heard: 1, said: 0 };
}

function requestOf(message: string, onText: (text: string) => void): ModelRequest {
  const { signal } = new AbortController();
  const messages = [{ role: "user", content: [{ type: "text", text: message }] }] as const;
  return { model: "offline", system: [], tools: [], messages, maxOutputTokens: 1_000, signal, onText };
}
