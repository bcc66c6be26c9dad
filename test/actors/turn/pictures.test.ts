import assert from "node:assert/strict";
import { test } from "node:test";
import {
  emptyConversation,
  foldConversation,
  type Line,
  picturesWanted,
  promptOf,
  refsIn,
  type Window,
  windowOf,
} from "#actors/turn/mod.ts";
import type { SentFile } from "#subjects/turn.ts";

const ADDRESS = "main.channel.telegram-4711";
const ada = { party: "telegram", id: "4711" } as const;

const file = (name: string, more: Partial<SentFile> = {}): SentFile => ({
  artifact: `main.telegram.4711/${name}`,
  name,
  type: "image/jpeg",
  bytes: 48_123,
  ...more,
});
const line = (seq: number, ...files: SentFile[]): Line => ({
  role: "user",
  seq,
  at: 0,
  text: `m${seq}`,
  who: ada,
  files,
});
const agent = (seq: number): Line => ({ role: "agent", seq, at: 0, text: "Yes." });
const names = (window: Pick<Window, "lines" | "open">) => picturesWanted(window).map(({ name }) => name);

test("a line keeps what came with a message and what its bridge calls it", () => {
  const heard = { text: "look", who: ada, files: [file("cat.jpg")], ref: "17" };
  const state = foldConversation(
    emptyConversation(ADDRESS),
    { type: "heard", data: heard },
    { address: ADDRESS, seq: 1, id: "e1", at: 0 },
  );
  assert.deepEqual(windowOf(state).lines, [{ role: "user", seq: 1, at: 0, ...heard }]);
  assert.deepEqual(refsIn(windowOf(state).lines), { re: ["17"] });
});

test("what a turn is about is named by the refs of what was heard, where there are any", () => {
  const report: Line = { role: "report", seq: 3, at: 0, text: "done", ref: "no" };
  assert.deepEqual(refsIn([{ ...line(1), ref: "7" }, line(2), report, { ...line(4), ref: "9" }]), { re: ["7", "9"] });
  assert.deepEqual(refsIn([line(1), report]), {});
});

test("pictures of what a call is about are wanted, and of three messages before it, the newest first", () => {
  const lines = [1, 2, 3, 4].flatMap((seq) => [line(seq * 2, file(`${seq}.jpg`)), agent(seq * 2 + 1)]);
  const open = [line(20, file("a.png", { type: "image/png" }), file("b.webp", { type: "image/webp" })), line(21)];
  assert.deepEqual(names({ lines: [...lines, ...open], open: 2 }), ["b.webp", "a.png", "4.jpg", "3.jpg", "2.jpg"]);
});

test("what is no picture, or a very large one, is only named", () => {
  const files = [
    file("song.ogg", { type: "audio/ogg" }),
    file("drawing.svg", { type: "image/svg+xml" }),
    file("huge.jpg", { bytes: 3_900_001 }),
    file("empty.jpg", { bytes: 0 }),
    file("cat.jpg", { bytes: 3_900_000 }),
  ];
  assert.deepEqual(names({ lines: [line(1, ...files)], open: 1 }), ["cat.jpg"]);
});

test("a call has ten pictures at most, and not many large ones", () => {
  const many = Array.from({ length: 12 }, (_, at) => file(`${at}.jpg`));
  assert.deepEqual(names({ lines: [line(1, ...many)], open: 1 }).length, 10);
  const large = Array.from({ length: 4 }, (_, at) => file(`${at}.jpg`, { bytes: 3_800_000 }));
  assert.deepEqual(names({ lines: [line(1, ...large)], open: 1 }), ["3.jpg", "2.jpg"]);
});

test("a prompt names every file, shows the pictures that were fetched, and leaves them room", () => {
  const [cat, dog] = [file("cat.jpg"), file("dog.jpg")];
  const picture = { type: "image", mediaType: "image/jpeg", base64: "AAAA" } as const;
  const window: Window = { lines: [line(1), line(2, cat, dog)], open: 1, before: 0, heard: 2, said: 0 };
  const parts = { identity: [], tools: [], notes: [], maxTokens: 1_700, now: 0 };
  const shown = promptOf(window, { ...parts, pictures: new Map([[cat.artifact, picture]]) });
  assert.deepEqual(shown.messages.at(-1), {
    role: "user",
    content: [
      { type: "text", text: "m2" },
      { type: "file", file: cat, picture },
      { type: "file", file: dog },
    ],
    who: ada,
  });
  assert.equal(shown.messages.length, 2);
  const two = new Map([cat, dog].map(({ artifact }) => [artifact, picture]));
  assert.equal(promptOf(window, { ...parts, pictures: two }).unseen.lines, 1, "older lines make room");
});
