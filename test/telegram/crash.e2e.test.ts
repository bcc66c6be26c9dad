import assert from "node:assert/strict";
import { test } from "node:test";
import type { KindProcess } from "#support/crash.ts";
import { asks, eventsOf, saw, sceneOf } from "#support/telegram/scene.ts";

const scene = sceneOf({ mayFlood: true });

/** Of all that are shown to a person, those with these words. */
const shown = (chat: number, words: string) => scene.fake.shown(chat).filter(({ text }) => text.includes(words));

test("a bridge that is killed between a message's place and its words gives them to that message when it is back", async () => {
  const { fake, bed } = scene;
  await asks(fake, 2_701, "my rope is long", "your rope is");
  fake.fault({ type: "time-out", method: "editMessageText", chat: 2_701 });
  fake.says(2_701, 2_701, "my knot is tight");
  const hung = await fake.until(
    () => fake.calls.find(({ method, outcome }) => method === "editMessageText" && outcome === "hung"),
    "an edit that hangs",
  );
  const [bridge] = bridges();
  await Promise.all([bridge?.kill(), bed.bridge()]);
  const said = await saw(fake, 2_701, "your knot is", { mostMs: 20_000 });
  assert.equal(said.message_id, hung.parameters.message_id);
  assert.equal(fake.shown(2_701).length, 2);
});

test("a bridge that is killed in the middle of an answer's parts goes on with the part that it was at", async () => {
  const { fake, bed } = scene;
  fake.membership(2_720, 2_720, "member");
  const isRich = (parameters: Readonly<Record<string, unknown>>) => parameters.rich_message !== undefined;
  const unsupported = "rich messages are not supported";
  fake.fault({
    type: "reject",
    method: "editMessageText",
    chat: 2_720,
    description: unsupported,
    times: 9,
    when: isRich,
  });
  const isSecond = ({ text }: Readonly<Record<string, unknown>>) => `${text}`.includes("paragraph 50 ");
  const hangs = fake.fault({ type: "time-out", method: "editMessageText", chat: 2_720, acts: true, when: isSecond });
  const text = Array.from({ length: 80 }, (_, n) => `This is paragraph ${n} ${"of many ".repeat(15)}`).join("\n\n");
  await using operator = await bed.operator();
  await operator.send("main.telegram.2720", "tell", { type: "said", text, closes: false });
  await fake.until(() => hangs.taken === 1, "an edit that hangs");
  await Promise.all([...bridges().map((each) => each.kill()), bed.bridge()]);
  await saw(fake, 2_720, "paragraph 79 ", { mostMs: 20_000 });
  for (let n = 0; n < 80; n++)
    assert.equal(shown(2_720, `paragraph ${n} `).length, 1, `paragraph ${n} stands there once`);
  assert.ok(fake.shown(2_720).every((message) => message.text !== "…"));
});

test("a bridge that is killed over a file shows it once", async () => {
  const { fake, bed } = scene;
  fake.membership(2_721, 2_721, "member");
  const hangs = fake.fault({ type: "time-out", method: "editMessageMedia", chat: 2_721, acts: true });
  await using operator = await bed.operator();
  const text = "word ".repeat(9_000);
  await operator.send("main.telegram.2721", "tell", { type: "said", text, closes: false });
  await fake.until(() => hangs.taken === 1, "a document on its way");
  await Promise.all([...bridges().map((each) => each.kill()), bed.bridge()]);
  await operator.send("main.telegram.2721", "tell", { type: "said", text: "and that was all", closes: false });
  await saw(fake, 2_721, "and that was all", { mostMs: 20_000 });
  assert.equal(fake.shown(2_721).filter(({ document }) => document !== undefined).length, 1);
  assert.equal(fake.shown(2_721).length, 3);
});

test("a bridge that is killed while it fetches a file hears its message once, with the file", async () => {
  const { fake, bed } = scene;
  const hangs = fake.fault({ type: "time-out", method: "file" });
  const bytes = Buffer.from("what I wanted to say");
  fake.sendsFile(2_722, 2_722, { sort: "document", bytes, name: "note.txt", caption: "read this" });
  await fake.until(() => hangs.taken === 1, "a download that hangs");
  await Promise.all([...bridges().map((each) => each.kill()), bed.bridge()]);
  await saw(fake, 2_722, /read this[\s\S]*I see 1 file: note\.txt/, { mostMs: 20_000 });
  const events = await eventsOf(scene, "main.channel.telegram-2722", "heard");
  assert.equal(events.length, 1);
});

function bridges(): readonly KindProcess[] {
  return scene.bed.processes.filter(({ kind }) => kind === "telegram");
}
