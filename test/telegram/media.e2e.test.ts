import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { suite, test } from "node:test";
import { artifactsOver } from "#runtime/artifact-store.ts";
import type { Address } from "#subjects/mod.ts";
import { eventsOf, saw, sceneOf } from "#support/telegram/scene.ts";

const scene = sceneOf();

/** The least that says that it is one. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const OGG = Buffer.concat([Buffer.from("OggS"), Buffer.alloc(24), Buffer.from("OpusHead"), Buffer.alloc(40)]);

/** What the conversation of a chat heard first, with the bytes of its files. */
async function heard(chat: number) {
  const [event] = await eventsOf(scene, `main.channel.telegram-${chat}`, "heard");
  assert.ok(event, `nothing was heard in ${chat}`);
  const { text, files = [] } = event.data as Heard;
  await using operator = await scene.bed.operator();
  const contents = await Promise.all(
    files.map(async ({ artifact }) => {
      const open = await operator.artifact(artifact);
      return open === undefined ? undefined : await buffer(open.content);
    }),
  );
  return { text, files, contents };
}

type Heard = {
  readonly text: string;
  readonly files?: readonly { artifact: string; name: string; type: string; bytes: number }[];
};

suite("files that people send", { concurrency: true }, () => {
  test("a photo is heard with its words, what it is, and all of its bytes", async () => {
    const { fake } = scene;
    fake.sendsFile(2_301, 2_301, { sort: "photo", bytes: PNG, caption: "my cat at the window" });
    await saw(fake, 2_301, /my cat at the window[\s\S]*I see 1 file: /);
    const { text, files, contents } = await heard(2_301);
    assert.equal(text, "my cat at the window");
    assert.deepEqual(
      files.map(({ name, type, bytes }) => ({ name, type, bytes })),
      [{ name: "photo.png", type: "image/png", bytes: PNG.length }],
    );
    assert.deepEqual(contents, [PNG]);
  });

  test("a voice message without words is heard as one", async () => {
    const { fake } = scene;
    fake.sendsFile(2_302, 2_302, { sort: "voice", bytes: OGG });
    await saw(fake, 2_302, "I see 1 file: ");
    const { text, files } = await heard(2_302);
    assert.equal(text, "[voice]");
    assert.deepEqual([files[0]?.name, files[0]?.type], ["voice.opus", "audio/ogg; codecs=opus"]);
  });

  test("a document's name is made harmless, and its type is what it holds and not what it is called", async () => {
    const { fake } = scene;
    const name = "../../etc/\u202egnp.exe$(rm -rf).txt";
    fake.sendsFile(2_303, 2_303, { sort: "document", bytes: PNG, name, mime: "text/plain", caption: "look" });
    await saw(fake, 2_303, "I see 1 file: ");
    const [file] = (await heard(2_303)).files;
    assert.equal(file?.type, "image/png");
    assert.match(file?.name ?? "", /^[\w.() -]+\.txt$/);
    assert.doesNotMatch(file?.name ?? "", /[/$\u202e]|^\./);
  });

  test("an album is one message", async () => {
    const { fake } = scene;
    const bytes = [Buffer.from("one"), Buffer.from("two"), Buffer.from("three")];
    for (const [at, each] of bytes.entries()) {
      const caption = at === 0 ? { caption: "three notes" } : {};
      const file = { sort: "document", bytes: each, name: `note-${at}.txt`, ...caption } as const;
      fake.sendsFile(2_304, 2_304, file, { album: "a1" });
    }
    await saw(fake, 2_304, "I see 3 files: note-0.txt");
    const { text, files, contents } = await heard(2_304);
    assert.equal(text, "three notes");
    assert.deepEqual(contents, bytes);
    assert.ok(files.every(({ type }) => type === "text/plain"));
    assert.equal((await eventsOf(scene, "main.channel.telegram-2304", "heard")).length, 1);
  });

  test("of a file that is too big for bots it is said that it was not fetched", async () => {
    const { fake } = scene;
    const declaredBytes = 21 * 1024 * 1024;
    fake.sendsFile(2_305, 2_305, { sort: "video", bytes: PNG, name: "film.mp4", declaredBytes, caption: "watch this" });
    await saw(fake, 2_305, /film\.mp4: not fetched: Telegram gives bots no file above 20 MB[\s\S]*watch this/);
  });

  test("a download that breaks off is tried again", async () => {
    const { fake } = scene;
    const isOurs = ({ path }: Readonly<Record<string, unknown>>) => /^documents\/.*\.png$/.test(`${path}`);
    const fault = fake.fault({ type: "reset", method: "file", when: isOurs });
    fake.sendsFile(2_306, 2_306, { sort: "document", bytes: PNG, name: "again.png" });
    await saw(fake, 2_306, "I see 1 file: again.png");
    assert.deepEqual((await heard(2_306)).contents, [PNG]);
    assert.equal(fault.taken, 1);
  });

  test("in a group a photo is heard where its words mention the bot", async () => {
    const { fake } = scene;
    fake.sendsFile(-1_307, 2_307, { sort: "photo", bytes: PNG, caption: "nobody is meant" });
    const meant = fake.sendsFile(-1_307, 2_307, { sort: "photo", bytes: PNG, caption: "@our_bot you are meant" });
    const answer = await saw(fake, -1_307, /you are meant[\s\S]*I see 1 file/);
    assert.equal(answer.reply_to, meant.message_id);
    assert.equal(fake.shown(-1_307).length, 1);
  });
});

suite("files that jobs hand over", { concurrency: true }, () => {
  test("are documents with all of their bytes and their words below", async () => {
    const { fake } = scene;
    fake.membership(2_310, 2_310, "member");
    const content = Buffer.from("a poem\n".repeat(30_000));
    await hands("main.telegram.2310", content, { name: "poem.txt", text: "**A poem** of yours" });
    const { document, text } = await fake.until(
      () => fake.shown(2_310).find((each) => each.document !== undefined),
      "a document",
    );
    assert.equal(document?.name, "poem.txt");
    assert.deepEqual(Buffer.from(document?.bytes ?? []), content);
    assert.equal(text, "A poem of yours");
    assert.equal(fake.shown(2_310).length, 1);
  });

  test("are said to be gone or empty where they are", async () => {
    const { fake } = scene;
    fake.membership(2_311, 2_311, "member");
    await hands("main.telegram.2311", Buffer.alloc(0), { name: "empty.txt", text: "" });
    await saw(fake, 2_311, "empty.txt has 0 bytes, and cannot be sent here.");
    await using operator = await scene.bed.operator();
    await operator.send("main.telegram.2311", "file", { artifact: "main.worker.w1/gone", name: "gone.txt", text: "" });
    await saw(fake, 2_311, "gone.txt is not kept any more.");
  });
});

/** A job hands a file over. */
async function hands(to: Address, content: Buffer, { name, text }: { readonly name: string; readonly text: string }) {
  await using operator = await scene.bed.operator();
  const put = await artifactsOver(
    operator.wire,
    "worker",
  )(AbortSignal.timeout(5_000)).put(`main.worker.w1/${name}`, content);
  await operator.send(to, "file", { artifact: put.name, name, text });
}
