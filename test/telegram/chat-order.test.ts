import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatRoom } from "./chat-room.ts";

const TOLD = { type: "said", text: "Hi.", re: ["7"], closes: true, model: "offline" } as const;

test("what was pressed and not taken may be pressed again", () => {
  const room = new ChatRoom();
  const approvals = [{ id: "a1", what: "ls", why: "asks", until: room.at + 60_000 }];
  const who = { party: "telegram", id: "1" };
  const entry = { state: "needs_approval", type: "run", text: "ls", who, at: 1, env: "e", approvals };
  room.mail({ verb: "job", data: { entry }, from: "main.worker.w123456-0" });
  const press = () => {
    const deed = { verb: "approve", ref: "w123456-0:a1", until: room.at + 1_000 };
    room.update({ type: "pressed", query: `q${room.events.length}`, from: { id: 1, name: "Bo" }, deed });
    return Object.keys(room.sent);
  };
  const [name = ""] = press();
  assert.deepEqual(press(), []);
  const [, event] = [room.events.length, room.events.length - 1];
  const returned = {
    id: `e${event}AAAAAA:${name}`,
    verb: "approve",
    code: "not-now",
    reason: "Allow it again in a moment.",
  };
  room.mail({ verb: "refused", data: returned });
  assert.match(room.showAll().join(), /again in a moment/);
  assert.equal(press().length, 1);
});

test("a job's mail that comes late puts its card back to nothing", () => {
  const room = new ChatRoom();
  const entry = { type: "task", text: "x", who: { party: "telegram", id: "1" }, env: "e" };
  const from = "main.worker.w123456-0" as const;
  room.mail({ verb: "job", data: { entry: { ...entry, state: "completed", at: 2_000 } }, from });
  assert.equal(room.mail({ verb: "job", data: { entry: { ...entry, state: "running", at: 1_000 } }, from }), undefined);
  assert.equal(room.state.jobs["w123456-0"]?.state, "completed");
});

test("words that are still to come hold nothing up, and only what is about them ends them", () => {
  const room = new ChatRoom("main.telegram.-5");
  room.says("hello", 7);
  room.brings("attend-7", { type: "speaking" }, "emission");
  room.brings("place-1", { type: "placed", part: 0, message: 8 });
  assert.ok(Object.keys(room.steps).includes("stream-1"));
  room.mail({ verb: "tell", data: { type: "warned", text: "Money is short.", closes: false } });
  assert.ok(Object.keys(room.steps).includes("place-2"), "it passes what streams");
  room.brings("place-2", { type: "placed", part: 0, message: 9 });
  room.brings("deliver-2", { type: "shown" });
  assert.ok(Object.keys(room.steps).includes("stream-1"));
  room.mail({ verb: "tell", data: TOLD });
  assert.deepEqual(room.state.queue, [{ n: 1, out: { type: "words", text: "Hi.", to: 7 }, placed: [8] }]);
});

test("words that never come whole are given up with their message", () => {
  const room = new ChatRoom("main.telegram.-5");
  room.says("hello", 7);
  room.brings("attend-7", { type: "speaking" }, "emission");
  room.brings("place-1", { type: "placed", part: 0, message: 8 });
  room.mail({ verb: "weary", data: { ref: "7" } });
  room.brings("deliver-1", { type: "shown" });
  assert.deepEqual(room.steps, {});
});

test("a group that has another number goes on there, whoever says so first", () => {
  const room = new ChatRoom("main.telegram.-5");
  room.says("hello", 7);
  room.mail({ verb: "tell", data: TOLD });
  room.update({ type: "moved", to: -1_005 });
  assert.equal(room.brings("place-1", { type: "moved", to: -1_005 })?.type, "moved");
  assert.deepEqual(room.steps["place-1"]?.type === "place" && room.steps["place-1"].place.chat, -1_005);
  assert.deepEqual(room.state.queue[0]?.out, { type: "words", text: "Hi." }, "its message has another number there");
});

test("what is said after files is heard after them", () => {
  const room = new ChatRoom();
  room.says("look", 7, { files: [{ sort: "photo", id: "f1" }] });
  room.says("what is this?", 8);
  const [first = "", ...others] = Object.keys(room.steps);
  assert.deepEqual(others, []);
  room.brings(first, { type: "fetched", files: [], notes: [] });
  assert.match(JSON.stringify(room.sent.hear), /look/);
  const second = Object.keys(room.steps).find((key) => key.startsWith("fetch")) ?? "";
  room.brings(second, { type: "fetched", files: [], notes: [] });
  assert.match(JSON.stringify(room.sent.hear), /what is this/);
});

test("in a group a command that is none of ours is another bot's", () => {
  const room = new ChatRoom("main.telegram.-5");
  assert.equal(room.says("/weather", 7), undefined);
});

test("a very long answer in any script is one event that fits", () => {
  const room = new ChatRoom();
  room.says("hello", 7);
  room.mail({ verb: "tell", data: { ...TOLD, text: "\u6f22".repeat(65_536) } });
  assert.ok(Buffer.byteLength(JSON.stringify(room.events.at(-1))) < 256 * 1_024);
});

test("what changes while it is shown is shown once more, also beside words that are still to come", () => {
  const room = new ChatRoom("main.telegram.-5");
  room.says("hello", 7);
  room.brings("attend-7", { type: "speaking" }, "emission");
  room.brings("place-1", { type: "placed", part: 0, message: 8 });
  const notice = (text: string) => room.mail({ verb: "notice", data: { ref: "x", text } });
  notice("one");
  room.brings("place-2", { type: "placed", part: 0, message: 9 });
  notice("two");
  notice("three");
  room.brings("deliver-2", { type: "shown" });
  const step = room.steps["deliver-3"];
  assert.equal(step?.type === "deliver" && step.notice?.text, "three");
  room.brings("deliver-3", { type: "shown" });
  assert.ok(Object.keys(room.steps).includes("stream-1"));
});

test("what is being shown is never cut off by what comes: neither by other things, nor by words that are there whole", () => {
  const room = new ChatRoom("main.telegram.-5");
  room.says("hello", 7);
  room.brings("attend-7", { type: "speaking" }, "emission");
  room.mail({ verb: "notice", data: { ref: "x", text: "one" } });
  assert.ok(Object.keys(room.steps).includes("place-1"), "its place is being made");
  room.brings("place-1", { type: "placed", part: 0, message: 8 });
  assert.ok(Object.keys(room.steps).includes("place-2"));
  room.mail({ verb: "tell", data: TOLD });
  assert.ok(Object.keys(room.steps).includes("place-2"), "the place of the notice is being made");
  room.brings("place-2", { type: "placed", part: 0, message: 9 });
  room.brings("deliver-2", { type: "shown" });
  assert.deepEqual(Object.keys(room.steps), ["deliver-1"]);
});

test("what is said after an album is heard after it", () => {
  const room = new ChatRoom();
  room.says("look", 7, { album: "al", files: [{ sort: "photo", id: "f1" }] });
  room.says("which is better?", 9);
  assert.deepEqual(room.steps, {}, "the album is still coming");
  room.at += 1_000;
  room.mail({ verb: "gather", data: { album: "al" } });
  const heard: string[] = [];
  for (let key = Object.keys(room.steps).find((each) => each.startsWith("fetch")); key !== undefined; ) {
    room.brings(key, { type: "fetched", files: [], notes: [] });
    heard.push(JSON.stringify(room.sent.hear));
    key = Object.keys(room.steps).find((each) => each.startsWith("fetch"));
  }
  assert.deepEqual(
    heard.map((each) => /look|which/.exec(each)?.[0]),
    ["look", "which"],
  );
});

test("a change of what is still fetched is heard with it", () => {
  const room = new ChatRoom();
  room.says("sum ths", 7, { files: [{ sort: "document", id: "f1" }] });
  room.update({ type: "edited", message: 7, from: { id: 4711, name: "Ada" }, text: "sum this", at: 1 });
  room.brings(Object.keys(room.steps)[0] ?? "", { type: "fetched", files: [], notes: [] });
  assert.match(JSON.stringify(room.sent.hear), /sum this.*sum ths/);
});

test("a fresh start ends the words of the old one that are still to come", () => {
  const room = new ChatRoom("main.telegram.-5");
  room.says("hello", 7);
  room.brings("attend-7", { type: "speaking" }, "emission");
  room.brings("place-1", { type: "placed", part: 0, message: 8 });
  room.says("/new", 9);
  assert.equal(room.showAll().length, 2);
  assert.deepEqual(room.steps, {});
});

test("what came before a move does not move a group back, and a chat that is closed hears nothing of its own", () => {
  const room = new ChatRoom("main.telegram.-5");
  room.says("look", 7, { files: [{ sort: "photo", id: "f1" }] });
  const [key = ""] = Object.keys(room.steps);
  room.update({ type: "moved", to: -1_005 });
  room.brings(key, { type: "fetched", files: [], notes: [] });
  assert.equal(room.state.place.chat, -1_005);
  room.says("look", 8, { files: [{ sort: "photo", id: "f1" }] });
  room.update({ type: "membership", from: { id: 1, name: "Bo" }, present: false });
  assert.deepEqual(room.steps, {});
});
