import assert from "node:assert/strict";
import { test } from "node:test";
import { promptOf, type Window } from "#actors/turn/mod.ts";

const ada = { party: "terminal", id: "ada" } as const;
const NOW = Date.parse("2026-11-03T14:05:00Z");

const window: Window = {
  lines: [
    { role: "user", seq: 1, at: 0, text: "a".repeat(400), who: ada },
    { role: "agent", seq: 2, at: 0, text: "b".repeat(400) },
    { role: "user", seq: 3, at: 0, text: "c".repeat(400), who: ada },
    { role: "note", seq: 4, at: 0, text: "I could not answer: nobody was there." },
    { role: "user", seq: 5, at: 0, text: "d".repeat(400), who: ada },
  ],
  open: 1,
  before: 0,
  heard: 3,
  said: 1,
};

test("a prompt is who the agent is, the lines in their order, and the time at the very end", () => {
  const prompt = promptOf(window, { identity: ["Who."], tools: [], notes: [], maxTokens: 100_000, now: NOW });
  assert.deepEqual(prompt.system, ["Who."]);
  assert.deepEqual(
    prompt.messages.map(({ role }) => role),
    ["user", "assistant", "user", "assistant", "user"],
  );
  assert.deepEqual(prompt.unseen, { lines: 0, heard: 3, said: 1 });
  assert.match(prompt.postscript, /Nov 03 2026/);
});

test("what does not fit leaves out the oldest lines, and says so", () => {
  const prompt = promptOf(window, { identity: [], tools: [], notes: [], maxTokens: 260, now: NOW });
  assert.equal(prompt.messages.length, 3);
  assert.deepEqual(prompt.unseen, { lines: 2, first: { text: "a".repeat(400), who: ada }, heard: 3, said: 1 });
});

test("what waits for an answer is never left out", () => {
  const prompt = promptOf({ ...window, open: 3 }, { identity: [], tools: [], notes: [], maxTokens: 1, now: NOW });
  assert.equal(prompt.messages.length, 3);
});
