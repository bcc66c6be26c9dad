import assert from "node:assert/strict";
import { test } from "node:test";
import { saying } from "#bridges/terminal/saying.ts";
import { branchContract } from "#subjects/branch.ts";
import { channelContract } from "#subjects/channel.ts";
import { cortexContract } from "#subjects/cortex.ts";

const { mail, events } = channelContract;
const ADA = { party: "terminal", id: "ada" } as const;
const HERE = "main.channel.terminal-default";
const THERE = "main.branch.b3fA9xQ-0";
const USAGE = { input: 1_000, output: 200, cacheRead: 10, cacheWrite: 0, microUsd: 3_100 } as const;
const CALLS = [
  { type: "text", text: "I look." },
  { type: "tool-call", id: "c1", name: "look_back", input: { query: "the harbour", limit: 10 } },
  { type: "malformed-call", id: "c2", name: "branch", raw: "{task" },
] as const;

test("a body without words is told by its fields, and one that is no JSON as it is", () => {
  assert.equal(saying('{"doing":"thinking","n":1}'), "doing=thinking n=1");
  assert.equal(saying('{"reason":"no","answers":[1]}'), "“no” (answers=[1])");
  assert.equal(saying('{"call":"c1","text":"Nothing.","failed":true}'), "“Nothing.” (call=c1 failed=true)");
  for (const body of ["plain", "7", "null", "[1]"]) assert.equal(saying(body), body);
});

test("an answer of a model is its words, the tools it calls and what it cost", () => {
  const said = { text: "I look.", content: CALLS, model: "a", usage: USAGE, to: [1] };
  const line = "“I look.” → look_back(“the harbour”, 10) → branch({task ✗) 1,210 tokens, $0.0031 (model=a to=[1])";
  assert.equal(told(events.said, said), line);
  const results = [
    { call: "c1", text: "Noted." },
    { call: "c2", text: "The input was no JSON.", failed: true },
  ] as const;
  const calls = "→ look_back(“the harbour”, 10) → branch({task ✗) ✗ “The input was no JSON.” (model=a)";
  assert.equal(told(events.thought, { content: CALLS, results, model: "a" }), calls);
});

test("work on the side is told by its task, and by how it ended", () => {
  const spawn = { from: HERE, seq: 7, task: "count them", who: ADA };
  assert.equal(told(branchContract.mail.spawn, spawn), `ada: “count them” (from=${HERE} seq=7)`);
  const done = { outcome: "done", text: "There are 3." };
  assert.equal(told(mail.conclude, done), "done: “There are 3.”");
  assert.equal(told(events.concluded, { ...done, from: THERE }), `done: “There are 3.” (from=${THERE})`);
  const paid = { ...done, model: "a", usage: USAGE, for: HERE, who: ADA };
  const line = `done: “There are 3.” 1,210 tokens, $0.0031 (model=a for=${HERE} who=ada)`;
  assert.equal(told(branchContract.events.concluded, paid), line);
  assert.equal(told(events.concluded, { outcome: "lost", text: "", from: THERE }), `lost from=${THERE}`);
});

test("a wish to stop is told by whose it is", () => {
  assert.equal(told(mail.stop, { who: ADA }), "by ada");
  assert.equal(told(events.stopped, { who: ADA, answers: [1] }), "by ada answers=[1]");
});

test("a charge is told in tokens and dollars, with what was spent by then and the limits it reached", () => {
  const charge = { ...USAGE, model: "a", for: HERE, who: ADA };
  const head = "1,210 tokens, $0.0031";
  assert.equal(told(cortexContract.mail.charge, charge), `${head} (model=a for=${HERE} who=ada)`);
  const spent = { tokens: 5_210, microUsd: 1_240_000 };
  const charged = {
    ...{ ...charge, by: THERE, day: "2026-11-21", spent: { agent: spent, channel: spent } },
    reached: [{ limit: "soft", scope: "agent", text: "…" }],
  };
  const day = "· agent 5,210 tokens, $1.24 · channel 5,210 tokens, $1.24 ! soft limit of agent";
  const line = `${head} ${day} (model=a for=${HERE} by=${THERE} day=2026-11-21 who=ada)`;
  assert.equal(told(cortexContract.events.charged, charged), line);
});

/** What a body says that the contract has like that. */
function told(schema: { readonly parse: (data: unknown) => unknown }, data: object): string {
  schema.parse(data);
  return saying(JSON.stringify(data));
}
