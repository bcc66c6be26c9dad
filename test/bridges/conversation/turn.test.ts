import assert from "node:assert/strict";
import { test } from "node:test";
import { endOf, type Open, readTurn } from "#bridges/conversation/turn.ts";
import type { LogRecord } from "#runtime/mod.ts";

test("a message is answered by the event whose answers name the seq under which it was heard", () => {
  const heard = readTurn(new Map([["m1", undefined]]), record(17, "heard", { text: "hi", who: WHO }, "m1"));
  assert.deepEqual([...heard.open], [["m1", 17]]);
  const said = readTurn(heard.open, record(19, "said", { text: "hello", answers: [16, 17], model: "offline" }));
  assert.deepEqual(said.closed, [{ id: "m1", outcome: { type: "said", text: "hello", model: "offline", seq: 19 } }]);
  assert.equal(said.open.size, 0);
});

test("an answer to somebody else leaves a message open", () => {
  const open: Open = new Map([["m1", 17]]);
  const reading = readTurn(open, record(19, "said", { text: "hello", answers: [18], model: "offline" }));
  assert.deepEqual(reading.closed, []);
  assert.deepEqual([...reading.open], [["m1", 17]]);
});

test("a message that was not heard is not answered, whatever seq is named", () => {
  const reading = readTurn(new Map([["m1", undefined]]), record(3, "failed", { reason: "no", answers: [1] }));
  assert.deepEqual(reading.closed, []);
});

test("one answer closes all the messages that it names", () => {
  const open: Open = new Map([
    ["m1", 1],
    ["m2", 2],
  ]);
  const reading = readTurn(open, record(3, "failed", { reason: "the model is away", answers: [1, 2] }));
  assert.deepEqual(
    reading.closed.map(({ id }) => id),
    ["m1", "m2"],
  );
});

test("an event of another shape ends no turn", () => {
  assert.equal(endOf(record(3, "said", { text: 7 })), undefined);
  assert.equal(endOf(record(3, "resumed", { keys: ["think-1"] })), undefined);
});

const WHO = { party: "terminal", id: "ada" } as const;

function record(seq: number, event: string, data: unknown, cause?: string): LogRecord {
  return {
    address: "main.channel.terminal-default",
    event,
    seq,
    id: `e${seq}`,
    at: 1_790_000_000_000,
    data,
    version: 1,
    correlation: "",
    traceId: "",
    sentSeq: 0,
    prev: [],
    process: "channel-1-abc",
    forged: false,
    ...(cause === undefined ? {} : { cause }),
  };
}
