import assert from "node:assert/strict";
import { test } from "node:test";
import { type Open, type Outcome, readTurn, remarkOf, whyNot } from "#bridges/conversation/turn.ts";
import type { LogRecord } from "#runtime/mod.ts";

test("a message is answered by the event whose answers name the seq under which it was heard", () => {
  const heard = readTurn(new Map([["m1", undefined]]), record(17, "heard", { text: "hi", who: WHO }, "m1"));
  assert.deepEqual([...heard.open], [["m1", { seq: 17, remarks: [] }]]);
  const said = readTurn(heard.open, record(19, "said", { text: "hello", answers: [16, 17], model: "offline" }));
  assert.deepEqual(said.closed, [{ id: "m1", outcome: { type: "said", text: "hello", model: "offline", seq: 19 } }]);
  assert.equal(said.open.size, 0);
});

test("an answer to somebody else leaves a message open", () => {
  const open = heardAs({ m1: 17 });
  const reading = readTurn(open, record(19, "said", { text: "hello", answers: [18], model: "offline" }));
  assert.deepEqual(reading.closed, []);
  assert.deepEqual(reading.open, open);
});

test("a message that was not heard is not answered, whatever seq is named", () => {
  const reading = readTurn(new Map([["m1", undefined]]), record(3, "failed", { reason: "no", answers: [1] }));
  assert.deepEqual(reading.closed, []);
});

test("one answer closes all the messages that it names", () => {
  const reading = readTurn(
    heardAs({ m1: 1, m2: 2 }),
    record(3, "failed", { reason: "the model is away", answers: [1, 2] }),
  );
  assert.deepEqual(
    reading.closed.map(({ id }) => id),
    ["m1", "m2"],
  );
});

test("what was said to a message while its turn went on is part of the answer to it", () => {
  const outcomes = readAll(heardAs({ m1: 1, m2: 2 }), [
    record(3, "said", { text: "I look.", content: CALL, model: "a", to: [1] }),
    record(4, "used", { call: "c1", text: "nothing there" }),
    record(5, "said", { text: "There are two of you.", content: CALL, model: "a", to: [1, 2] }),
    record(6, "said", { text: "Nothing.", model: "b", answers: [1, 2] }),
  ]);
  assert.deepEqual(outcomes, {
    m1: { type: "said", text: "I look.\n\nThere are two of you.\n\nNothing.", model: "b", seq: 6 },
    m2: { type: "said", text: "There are two of you.\n\nNothing.", model: "b", seq: 6 },
  });
});

test("a turn that ends without a word leaves what was said before it, or nothing", () => {
  const silence = { content: CALL, model: "a" };
  const spoken = record(3, "said", { text: "Done soon.", ...silence, to: [1] });
  const end = record(4, "thought", { ...silence, answers: [1, 2] });
  assert.deepEqual(readAll(heardAs({ m1: 1, m2: 2 }), [spoken, record(9, "thought", silence), end]), {
    m1: { type: "said", text: "Done soon.", model: "a", seq: 4 },
    m2: { type: "said", text: "", model: "a", seq: 4 },
  });
});

test("a turn that is stopped says who stopped it, and keeps what was said", () => {
  const spoken = record(3, "said", { text: "First,", content: CALL, model: "a", to: [1] });
  const { m1 } = readAll(heardAs({ m1: 1 }), [spoken, record(4, "stopped", { who: WHO, answers: [1] })]);
  assert.deepEqual(m1, { type: "stopped", who: WHO, text: "First,", seq: 4 });
  assert.deepEqual([m1 && whyNot(m1), whyNot({ ...SAID, type: "failed", reason: "no" })], ["ada stopped this.", "no"]);
  assert.equal(whyNot(SAID), undefined);
});

test("words that nobody asked for end a turn and answer nothing", () => {
  const remark = remarkOf(record(3, "said", { text: "It is done.", model: "a", answers: [] }));
  assert.deepEqual(remark, { seq: 3, to: [], text: "It is done.", end: { type: "said", model: "a" } });
});

test("an event of another shape, or of no turn's end, says nothing to anybody", () => {
  for (const [event, data] of [
    ["said", { text: 7 }],
    ["thought", { content: CALL, model: "a" }],
    ["used", { call: "c1", text: "7" }],
    ["warned", { text: "dear" }],
    ["resumed", { keys: ["think-1"] }],
  ] as const) {
    assert.equal(remarkOf(record(3, event, data)), undefined, event);
  }
});

const WHO = { party: "terminal", id: "ada" } as const;
const CALL = [{ type: "tool-call", id: "c1", name: "look_back", input: { about: "x" } }] as const;
const SAID = { type: "said", text: "hello", model: "a", seq: 3 } as const;

function heardAs(seqs: Readonly<Record<string, number>>): Open {
  return new Map(Object.entries(seqs).map(([id, seq]) => [id, { seq, remarks: [] }]));
}

function readAll(open: Open, records: readonly LogRecord[]): Readonly<Record<string, Outcome>> {
  let now = open;
  const outcomes: Record<string, Outcome> = {};
  for (const each of records) {
    const reading = readTurn(now, each);
    now = reading.open;
    for (const { id, outcome } of reading.closed) outcomes[id] = outcome;
  }
  return outcomes;
}

function record(seq: number, event: string, data: unknown, cause?: string): LogRecord {
  return {
    address: "main.channel.terminal-default",
    event,
    seq,
    id: `e${seq}`,
    at: 1_790_000_000_000,
    data,
    version: 2,
    correlation: "",
    traceId: "",
    sentSeq: 0,
    prev: [],
    process: "channel-1-abc",
    forged: false,
    ...(cause === undefined ? {} : { cause }),
  };
}
