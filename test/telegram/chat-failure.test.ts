import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatRoom } from "./chat-room.ts";

test("what the bridge itself fails on becomes a dead letter, and what comes behind it is shown", () => {
  const room = new ChatRoom();
  for (const text of ["one", "two"]) room.mail({ verb: "tell", data: { type: "warned", text, closes: false } });
  room.fails("place-1", "x is not a function");
  const [dead] = Object.values(room.sent);
  assert.deepEqual(dead?.type === "dead" && [dead.code, dead.verb, dead.reason], [
    "decide-threw",
    "tell",
    "x is not a function",
  ]);
  assert.deepEqual(room.showAll(), ["two"]);
});

test("words that cannot be shown as they come are shown when they are there", () => {
  const room = new ChatRoom("main.telegram.-5");
  room.says("hello", 3);
  room.brings("attend-3", { type: "speaking" }, "emission");
  room.brings("place-1", { type: "placed", part: 0, message: 8 });
  assert.equal(room.fails("stream-1", "x is not a function"), undefined);
  room.mail({ verb: "tell", data: { type: "said", text: "Hello.", re: ["3"], closes: true } });
  assert.deepEqual(room.showAll(), ["Hello."]);
});
