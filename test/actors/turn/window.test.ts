import assert from "node:assert/strict";
import { test } from "node:test";
import { sends } from "#actors/channel/sends.ts";
import {
  type Conversation,
  emptyConversation,
  foldConversation,
  lengthOf,
  MAX_WINDOW_LENGTH,
  MAX_WINDOW_LINES,
  windowOf,
} from "#actors/turn/mod.ts";
import { type ChannelEvent, channelViewSchema } from "#subjects/channel.ts";
import { MAX_TEXT } from "#subjects/turn.ts";

const ADDRESS = "main.channel.spec";

const who = { party: "telegram", id: "4711", name: "Ada Lovelace" } as const;

test("the oldest lines leave a full window, are counted, and the very first message is kept", () => {
  const state = talk(200, (turn) => `message ${turn}`);
  assert.equal(state.window.length, MAX_WINDOW_LINES);
  assert.equal(state.before, 200);
  assert.equal(state.first?.text, "message 1");
  assert.equal(state.window[0]?.text, "message 101");
});

test("a short conversation keeps nothing twice", () => {
  const state = talk(2, () => "hello");
  assert.equal(state.first, undefined);
  assert.equal(state.before, 0);
});

test("long lines fill a window sooner, and the newest line stays however long", () => {
  const state = talk(20, () => "x".repeat(10_000));
  assert.ok(lengthOf(state.window) <= MAX_WINDOW_LENGTH);
  assert.equal(state.before + state.window.length, 40);
  const long = talk(2, () => "x".repeat(MAX_TEXT), "y".repeat(MAX_TEXT + 1));
  assert.deepEqual(
    long.window.map((line) => line.text[0]),
    ["y"],
  );
  assert.equal(long.before, 3);
});

test("searches are seen whole by their own turn, and push out nothing of the conversation before it", () => {
  const before = talk(60, () => "x".repeat(300));
  const ids = ["c1", "c2", "c3", "c4"];
  const content = ids.map((id) => ({ type: "tool-call" as const, id, name: "look_back", input: {} }));
  const found = `${"a".repeat(8_000)}${"z".repeat(8_000)}`;
  const looked: ChannelEvent[] = [
    { type: "heard", data: { text: "look", who } },
    { type: "thought", data: { model: "m", content } },
    ...ids.map((call): ChannelEvent => ({ type: "used", data: { call, text: found } })),
  ];
  const during = looked.reduce((state, event, index) => foldConversation(state, event, at(901 + index)), before);
  assert.ok(
    windowOf(during)
      .lines.at(-1)
      ?.results?.every(({ text }) => text === found),
  );
  const said: ChannelEvent = { type: "said", data: { text: "So.", model: "m", answers: [901] } };
  const { window } = foldConversation(during, said, at(999));
  assert.equal(window.length, 120 + 3);
  const results = window.at(-2)?.results ?? [];
  assert.equal(results.length, 4);
  for (const { text } of results) assert.match(text, /^a{460}\n\(… 15080 characters left out …\)\nz{460}$/);
});

test("a call is told what is outside its window", () => {
  const state = foldConversation(
    talk(150, (turn) => `message ${turn}`),
    { type: "heard", data: { text: "now", who } },
    at(999),
  );
  const window = windowOf(state);
  assert.equal(window.before + window.lines.length, 301);
  assert.equal(window.first?.text, "message 1");
  assert.deepEqual([window.open, window.lines.at(-1)?.seq], [1, 999]);
  assert.equal(window.heard, 151);
  assert.equal(window.said, 150);
});

test("a failure stays in the conversation as a note", () => {
  const heard = foldConversation(emptyConversation(ADDRESS), { type: "heard", data: { text: "hi", who } }, at(1));
  const state = foldConversation(heard, { type: "failed", data: { reason: "no", answers: [1] } }, at(2));
  assert.deepEqual(
    state.window.map((line) => line.role),
    ["user", "note"],
  );
  assert.equal(state.said, 0);
});

test("an event of another schema leaves the state as it is", () => {
  const state = talk(1, () => "hi");
  assert.equal(foldConversation(state, { type: "mused", data: {} } as unknown as ChannelEvent, at(3)), state);
});

test("the snapshot of a short conversation takes well under a kibibyte", () => {
  const bytes = Buffer.byteLength(JSON.stringify(talk(1, () => "What did I say first?", "a".repeat(150))));
  assert.ok(bytes < 512, `${bytes} bytes`);
});

test("the view shows how an answer begins, cut between words", () => {
  const event: ChannelEvent = { type: "said", data: { text: "wörd ".repeat(40), answers: [1], model: "offline" } };
  const { data } = sends(event, { address: ADDRESS, id: "e7", at: 7 }).view ?? assert.fail("nothing is sent");
  const shown = channelViewSchema.omit({ seq: true }).parse(data);
  assert.equal(shown.at, 7);
  assert.match(shown.last, /^(wörd )+wörd…$/);
  assert.ok(shown.last.length <= 120);
});

function talk(turns: number, message: (turn: number) => string, answer = "ok"): Conversation {
  let state = emptyConversation(ADDRESS);
  for (let turn = 1; turn <= turns; turn++) {
    const seq = turn * 2 - 1;
    state = foldConversation(state, { type: "heard", data: { text: message(turn), who } }, at(seq));
    state = foldConversation(
      state,
      { type: "said", data: { text: answer, answers: [seq], model: "offline" } },
      at(seq + 1),
    );
  }
  return state;
}

function at(seq: number) {
  return { address: ADDRESS, id: `e${seq}`, seq, at: 1_790_000_000_000 + seq } as const;
}
