import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { doingWords, standingLines } from "#bridges/terminal/standing.ts";
import { recordRows } from "#bridges/terminal/transcript.ts";
import type { LogRecord } from "#runtime/mod.ts";

const ADA = { party: "terminal", id: "ada" } as const;
const BEN = { party: "telegram", id: "4711", name: "Ben" } as const;
const HERE = "main.channel.terminal-default";
const THERE = "main.branch.b3fA9xQ-0";
const CALL = [{ type: "tool-call", id: "c1", name: "branch", input: { task: "count them" } }] as const;
const BEGAN = [{ call: 0, task: "count\nthem", seq: 3, who: ADA }] as const;

test("what is said is read with what is begun by it, and words that end no turn like those that do", () => {
  assert.deepEqual(rowsOf("heard", { text: "How many?", who: BEN }), ["› Ben (telegram): How many?"]);
  const said = { text: "I count.", model: "a", content: CALL, to: [1] };
  assert.deepEqual(rowsOf("said", said), ["  I count.", ""]);
  const aside = "  thinking on the side (b3fA9xQ-0): count them";
  assert.deepEqual(rowsOf("said", { ...said, began: BEGAN }), ["  I count.", "", aside]);
  assert.deepEqual(rowsOf("thought", { model: "a", content: CALL, began: BEGAN }), [aside]);
  assert.deepEqual(rowsOf("said", { text: "Three.", model: "a", answers: [] }), ["  Three.", ""]);
});

test("a turn that came to nothing says why, and who stopped it if somebody did", () => {
  assert.deepEqual(rowsOf("failed", { reason: "no model", answers: [1] }), ["✖ no model", ""]);
  assert.deepEqual(rowsOf("stopped", { who: ADA, answers: [1] }), ["■ stopped", ""]);
  assert.deepEqual(rowsOf("stopped", { who: BEN, answers: [1] }), ["■ stopped by Ben (telegram)", ""]);
});

test("a warning is shown, and the end of work; how far it has come and how tools were used is not", () => {
  assert.deepEqual(rowsOf("warned", { text: "Half is spent." }), ["! Half is spent.", ""]);
  const done = { from: THERE, outcome: "done", text: "3" };
  assert.deepEqual(rowsOf("concluded", done), ["  b3fA9xQ-0 has ended: done"]);
  assert.deepEqual(rowsOf("reported", { from: THERE, text: "2 so far" }), []);
  assert.deepEqual(rowsOf("used", { call: "c1", text: "3" }), []);
  assert.deepEqual(rowsOf("said", { text: 7 }), []);
});

test("how a conversation stands is told with what goes on beside it", () => {
  const work = [
    { address: THERE, task: "count them", since: 1_000, status: "2 so far" },
    { address: "main.branch.bXYZ123-1", task: "name\nthem", since: 1_000 },
  ];
  const answer = { heard: 3, said: 2, thinking: true, waiting: 1, about: "counting", work };
  assert.deepEqual(standingLines(HERE, answer, 721_000), [
    `${HERE}: 3 heard, 2 said, thinking, 1 waiting`,
    "  about: counting",
    "  b3fA9xQ-0 for 12 min: count them · 2 so far",
    "  bXYZ123-1 for 12 min: name them",
  ]);
  const idle = { heard: 1, said: 1, thinking: false, waiting: 0, work: [{ ...work[1], since: 0 }] };
  for (const [now, lasting] of [
    [-1, "0 s"],
    [89_000, "89 s"],
    [7_200_000, "2 h"],
    [432_000_000, "5 d"],
  ] as const) {
    const lines = [`${HERE}: 1 heard, 1 said, at rest`, `  bXYZ123-1 for ${lasting}: name them`];
    assert.deepEqual(standingLines(HERE, idle, now), lines);
  }
});

test("what is done just now is told in plain words, and a tool that has none by its name", () => {
  assert.equal(doingWords({ doing: "thinking" }), "thinking");
  assert.equal(doingWords({ doing: "using", tool: "look_back" }), "looking back over what was said");
  assert.equal(doingWords({ doing: "using", tool: "weather\x07" }), "using weather\\x07");
  assert.equal(doingWords({ doing: "using", tool: "constructor" }), "using constructor");
});

function rowsOf(event: string, data: object): readonly string[] {
  const record: LogRecord = {
    ...{ address: HERE, event, seq: 3, id: "3fA9xQ…", at: 1, data, version: 2, correlation: "", traceId: "" },
    ...{ sentSeq: 0, prev: [], process: "channel-1-abc", forged: false },
  };
  return recordRows(record, ADA, 60).map(stripVTControlCharacters);
}
