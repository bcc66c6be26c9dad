import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatRoom } from "./chat-room.ts";

const TOLD = { type: "said", text: "Hi.", re: ["7"], closes: true, model: "offline" } as const;

test("a message is passed on with who said it, and its answer is shown in a place made for it first", () => {
  const room = new ChatRoom();
  room.says("hello", 7);
  const { hear } = room.sent;
  assert.deepEqual(hear, {
    type: "mail",
    to: "main.channel.telegram-4711",
    verb: "hear",
    data: { text: "hello", who: { party: "telegram", id: "4711", name: "Ada", role: "owner" }, ref: "7" },
  });
  assert.deepEqual(Object.keys(room.steps), ["attend-7"]);
  room.mail({ verb: "tell", data: TOLD });
  assert.deepEqual(Object.keys(room.steps), ["place-1"]);
  room.brings("place-1", { type: "placed", part: 0, message: 8 });
  assert.deepEqual(Object.keys(room.steps), ["deliver-1"]);
  room.brings("deliver-1", { type: "shown" });
  assert.deepEqual(room.steps, {});
  assert.deepEqual(room.state.queue, []);
});

test("an answer names its message in a group always, in private where another one came since", () => {
  const group = new ChatRoom("main.telegram.-1004711-t9");
  assert.deepEqual(group.state.place, { chat: -1_004_711, kind: "group", topic: 9 });
  group.says("hello", 7);
  group.mail({ verb: "tell", data: TOLD });
  assert.deepEqual(group.state.queue[0]?.out, { type: "words", text: "Hi.", to: 7 });
  const own = new ChatRoom();
  own.says("one", 7);
  own.says("two", 8);
  own.mail({ verb: "tell", data: TOLD });
  own.mail({ verb: "tell", data: { ...TOLD, re: ["8"] } });
  assert.deepEqual(
    own.state.queue.map(({ out }) => out),
    [
      { type: "words", text: "Hi.", to: 7 },
      { type: "words", text: "Hi." },
    ],
  );
});

test("what is shown goes one after the other, in order", () => {
  const room = new ChatRoom();
  for (const text of ["a", "b", "c"]) room.mail({ verb: "tell", data: { type: "warned", text, closes: false } });
  assert.deepEqual(Object.keys(room.steps), ["place-1"]);
  assert.deepEqual(room.showAll(), ["a", "b", "c"]);
});

test("of words between, only the last ones are shown where somebody wants that", () => {
  const room = new ChatRoom("main.telegram.4711", "final");
  room.mail({ verb: "tell", data: { ...TOLD, closes: false, text: "Let me see." } });
  room.mail({ verb: "tell", data: TOLD });
  assert.deepEqual(room.showAll(), ["Hi."]);
});

test("/new begins a fresh conversation of the chat, and /reset also stops the old one", () => {
  const room = new ChatRoom();
  room.says("/new", 7);
  room.says("hello", 8);
  assert.equal(room.sent.hear?.type === "mail" && room.sent.hear.to, "main.channel.telegram-4711-n2");
  room.says("/reset", 9);
  const [stop] = Object.values(room.sent);
  assert.deepEqual(stop?.type === "mail" && [stop.to, stop.verb], ["main.channel.telegram-4711-n2", "stop"]);
  assert.equal(room.state.start, 3);
});

test("commands are for those who may give them, and an unknown one is said to be none", () => {
  const room = new ChatRoom();
  const text = (words: string, role: "owner" | "user"): string => {
    const command = { name: words.slice(1).split(" ")[0] ?? "", rest: "" };
    const message = {
      type: "message",
      message: 7,
      from: { id: 1, name: "" },
      text: words,
      at: 0,
      addressed: true,
    } as const;
    room.update({ ...message, files: [], command }, { role });
    return room.showAll().join("");
  };
  assert.match(text("/frobnicate", "owner"), /no command \/frobnicate/);
  assert.match(text("/run", "user"), /Only an owner/);
  assert.match(text("/panic", "user"), /Only an owner/);
  assert.match(text("/help", "user"), /\/task/);
  assert.doesNotMatch(text("/help", "user"), /\/panic/);
});

test("/task begins a job for the conversation, and its card is changed as it goes", () => {
  const room = new ChatRoom();
  room.says("/task write a poem", 7);
  const { spawn } = room.sent;
  assert.equal(spawn?.type, "mail");
  const job = spawn?.type === "mail" ? spawn.to : undefined;
  assert.match(`${job}`, /^main\.worker\.we1AAAA-0$/);
  const entry = { type: "task", text: "write a poem", who: { party: "telegram", id: "4711" }, at: 1, env: "e" };
  room.mail({ verb: "job", data: { entry: { ...entry, state: "queued" } }, from: job as never });
  assert.equal(room.showAll().length, 1);
  const placed = room.state.notices["we1AAAA-0"]?.messages;
  room.mail({ verb: "job", data: { entry: { ...entry, state: "completed", status: "A poem." } }, from: job as never });
  assert.deepEqual(Object.keys(room.steps), ["deliver-2"], "the card that is there is changed");
  assert.match(room.showAll()[0] ?? "", /done/);
  assert.deepEqual(room.state.notices["we1AAAA-0"]?.messages, placed);
  assert.deepEqual(room.mail({ verb: "job", data: { entry }, from: "main.channel.x" }), {
    type: "refusal",
    code: "foreign-job",
    reason: "main.channel.x is no job of this chat",
  });
});

test("what a job asks for is decided once, by an owner, in time, with a button that is still there", () => {
  const room = new ChatRoom();
  const approvals = [{ id: "a1", what: "rm -rf build", why: "deletes", until: room.at + 60_000 }];
  const entry = {
    state: "needs_approval",
    type: "run",
    text: "x",
    who: { party: "telegram", id: "1" },
    at: 1,
    env: "e",
    approvals,
  };
  room.mail({ verb: "job", data: { entry }, from: "main.worker.w123456-0" });
  assert.match(room.showAll()[0] ?? "", /rm -rf build/);
  const press = (verb: string, role: "owner" | "user" = "owner", until = room.at + 1_000) => {
    room.update(
      { type: "pressed", query: "q", from: { id: 1, name: "Bo" }, deed: { verb, ref: "w123456-0:a1", until } },
      { role },
    );
    const event = room.events.at(-1);
    return event?.type === "pressed" ? event.data : undefined;
  };
  assert.equal(press("approve", "owner", room.at - 1)?.answer, "This has expired.");
  assert.equal(press("approve", "user")?.answer, "Only an owner may decide that.");
  assert.equal(press("retry")?.answer, "That was decided already.", "a button that the card has not");
  const done = press("approve");
  assert.equal(done?.answer, "Approved.");
  assert.deepEqual(
    done?.mails?.map(({ to, verb }) => [to, verb]),
    [["main.worker.w123456-0", "approve"]],
  );
  assert.equal(press("deny")?.answer, "That was decided already.");
  assert.deepEqual(press("deny")?.mails, undefined);
  assert.ok(Object.keys(room.steps).includes("answer-q"));
});

test("a press that nobody has signed is answered and does nothing", () => {
  const room = new ChatRoom();
  room.update({ type: "pressed", query: "q", from: { id: 1, name: "Bo" } });
  assert.deepEqual(room.events.at(-1)?.data, {
    query: "q",
    who: { party: "telegram", id: "1", name: "Bo", role: "owner" },
    answer: "This button is not valid any more.",
  });
  room.brings("answer-q", { type: "answered" });
  assert.deepEqual(room.steps, {});
});

test("an album is one message, with the files of all its parts", () => {
  const room = new ChatRoom();
  const photo = (id: string) => [{ sort: "photo" as const, id }];
  room.says("look", 7, { album: "al", files: photo("f1") });
  room.says("", 8, { album: "al", files: photo("f2") });
  assert.deepEqual(room.steps, {});
  assert.equal(room.mail({ verb: "gather", data: { album: "al" } }), undefined, "its last part came just now");
  room.at += 1_000;
  room.mail({ verb: "gather", data: { album: "al" } });
  const [key = "", step] = Object.entries(room.steps)[0] ?? [];
  assert.equal(step?.type === "fetch" && step.messages.length, 2);
  assert.equal(room.mail({ verb: "gather", data: { album: "al" } }), undefined);
  const file = { artifact: "main.telegram.4711/7-0", name: "photo.jpg", type: "image/jpeg", bytes: 3 };
  room.brings(key, { type: "fetched", files: [file], notes: ["[a photo: too large]"] });
  const { hear } = room.sent;
  assert.deepEqual(hear?.type === "mail" && (hear.data as { text: string }).text, "[a photo: too large]\nlook");
  assert.deepEqual(hear?.type === "mail" && (hear.data as { files: unknown[] }).files, [file]);
  assert.deepEqual(Object.keys(room.steps), ["attend-7"]);
});

test("a change of what waits is heard at once, one of what was answered with the next message", () => {
  const room = new ChatRoom();
  room.says("helo", 7);
  room.update({ type: "edited", message: 7, from: { id: 4711, name: "Ada" }, text: "hello", at: 1 });
  assert.equal(room.events.at(-1)?.type, "heard");
  room.mail({ verb: "tell", data: { ...TOLD, re: ["7", "7-2"] } });
  assert.deepEqual(room.state.open, []);
  room.update({ type: "edited", message: 7, from: { id: 4711, name: "Ada" }, text: "goodbye", at: 1 });
  assert.equal(room.events.at(-1)?.type, "edited");
  room.says("so?", 9);
  assert.match(JSON.stringify(room.sent.hear), /goodbye.*so\?/);
  const before = room.events.length;
  room.update({ type: "edited", message: 99, from: { id: 4711, name: "Ada" }, text: "never heard", at: 1 });
  assert.equal(room.events.length, before);
});

test("a chat that is closed to the bot is parked: what was to be shown becomes dead letters with the reason", () => {
  const room = new ChatRoom();
  room.says("hello", 7);
  room.mail({ verb: "tell", data: TOLD });
  room.mail({ verb: "tell", data: { type: "warned", text: "And more.", closes: false } });
  room.brings("place-1", { type: "parked", code: "telegram-blocked", why: "Forbidden: bot was blocked by the user" });
  const letters = Object.values(room.sent);
  assert.deepEqual(
    letters.map((send) => send.type === "dead" && [send.verb, (send.data as { text: string }).text, send.code]),
    [
      ["tell", "Hi.", "telegram-blocked"],
      ["tell", "And more.", "telegram-blocked"],
    ],
  );
  assert.deepEqual(room.steps, {});
  room.mail({ verb: "tell", data: { type: "warned", text: "Still there?", closes: false } });
  assert.equal(Object.values(room.sent)[0]?.type, "dead");
  room.says("I am back", 9);
  room.mail({ verb: "tell", data: { type: "warned", text: "Good.", closes: false } });
  assert.deepEqual(room.showAll(), ["Good."]);
});

test("what a conversation does not want is told to whoever said it, and waits no longer", () => {
  const room = new ChatRoom();
  room.says("hello", 7);
  const id = `${room.state.open[0]?.id}:hear`;
  room.mail({ verb: "refused", data: { id, verb: "hear", code: "too-many-waiting", reason: "Say it again later." } });
  assert.deepEqual(room.state.open, []);
  assert.deepEqual(room.showAll(), ["Say it again later."]);
});

test("words that are shown as they come become the answer in the same message", () => {
  const room = new ChatRoom("main.telegram.-5");
  room.says("hello", 7);
  room.brings("attend-7", { type: "speaking" }, "emission");
  assert.equal(room.brings("attend-7", { type: "speaking" }, "emission"), undefined, "once");
  assert.ok(Object.keys(room.steps).includes("place-1"));
  room.mail({ verb: "tell", data: TOLD });
  assert.deepEqual(Object.keys(room.steps), ["place-1"], "a place that is being made is waited for");
  room.brings("place-1", { type: "placed", part: 0, message: 8 });
  assert.deepEqual(Object.keys(room.steps), ["deliver-1"]);
  assert.deepEqual(room.state.queue[0], { n: 1, out: { type: "words", text: "Hi.", to: 7 }, placed: [8] });
});

test("an answer whose message was deleted is told to the agent", () => {
  const room = new ChatRoom("main.telegram.-5");
  room.says("hello", 7);
  room.mail({ verb: "tell", data: TOLD });
  room.brings("place-1", { type: "placed", part: 0, message: 8, orphaned: true });
  room.says("next", 9);
  assert.match(JSON.stringify(room.sent.hear), /was deleted by its sender/);
});

test("what is for the poller is refused by a chat", () => {
  const refusal = new ChatRoom().mail({ verb: "open", data: {} });
  assert.equal(refusal?.type === "refusal" && refusal.code, "not-the-poller");
});

test("a chat that the bot is taken out of leaves dead letters, and what is not wanted by Telegram leaves one", () => {
  const room = new ChatRoom("main.telegram.-5");
  const warn = (text: string) => room.mail({ verb: "tell", data: { type: "warned", text, closes: false } });
  warn("one");
  room.brings("place-1", { type: "placed", part: 0, message: 8 });
  room.brings("deliver-1", { type: "dropped", code: "telegram-refused", why: "Bad Request: MEDIA_EMPTY" });
  const [refused] = Object.values(room.sent);
  assert.deepEqual(refused?.type === "dead" && [refused.code, refused.verb], ["telegram-refused", "tell"]);
  warn("one more");
  room.brings("place-2", { type: "dropped", code: "telegram-missing", why: "it is not there any more" });
  const [missing] = Object.values(room.sent);
  assert.deepEqual(missing?.type === "dead" && missing.code, "telegram-missing");
  warn("two");
  room.update({ type: "membership", from: { id: 1, name: "Bo" }, present: false });
  const [gone] = Object.values(room.sent);
  assert.deepEqual(gone?.type === "dead" && gone.code, "telegram-gone");
  assert.deepEqual(room.state.queue, []);
});
