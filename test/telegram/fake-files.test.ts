import assert from "node:assert/strict";
import { test } from "node:test";
import { InputFile } from "grammy";
import { refuses, startedFake as started } from "#support/telegram/fake-bed.ts";

const ADA = 4711;

test("a file is uploaded, replaces words, is named again by its number, and is seen with its bytes", async () => {
  await using bed = await started();
  const { api, fake } = bed;
  fake.says(ADA, ADA, "hi");
  const bytes = crypto.getRandomValues(new Uint8Array(20_000));
  const sent = await api.sendDocument(ADA, new InputFile(bytes, "my report.txt"), { caption: "here" });
  assert.partialDeepStrictEqual(fake.shown(ADA), [{ text: "here", document: { name: "my report.txt" } }]);
  assert.deepEqual(fake.shown(ADA)[0]?.document?.bytes, bytes);
  await refuses(api.editMessageText(ADA, sent.message_id, "x"), 400, /there is no text in the message to edit/);
  const words = await api.sendMessage(ADA, "…");
  const media = { type: "document", media: new InputFile(new Uint8Array([1]), "ä.bin"), caption: "in place" } as const;
  await api.editMessageMedia(ADA, words.message_id, media);
  assert.partialDeepStrictEqual(fake.shown(ADA)[1], { text: "in place", document: { name: "ä.bin" }, edits: 1 });
  await api.editMessageCaption(ADA, words.message_id, { caption: "other" });
  assert.equal(fake.shown(ADA)[1]?.text, "other");
  await api.sendDocument(ADA, sent.document.file_id);
  await api.sendPhoto(ADA, new InputFile(new Uint8Array([137, 80]), "p.png"));
  assert.deepEqual(fake.shown(ADA)[3]?.photo?.bytes, new Uint8Array([137, 80]));
  await refuses(api.sendDocument(ADA, "nothing"), 400, /wrong remote file identifier specified/);
  await refuses(
    api.sendDocument(ADA, sent.document.file_id, { caption: "x".repeat(1_025) }),
    400,
    /caption is too long/,
  );
  await refuses(api.sendPhoto(ADA, new InputFile(new Uint8Array(0), "p.png")), 400, /file must be non-empty/);
});

test("files that people send are fetched, unless they are too big", async () => {
  await using bed = await started();
  const { api, fake } = bed;
  const bytes = new TextEncoder().encode("an essay");
  const one = fake.sendsFile(
    ADA,
    ADA,
    { sort: "document", bytes, name: "e.txt", caption: "read @ada_l" },
    { album: "a1" },
  );
  assert.equal(one.media_group_id, "a1");
  assert.deepEqual(
    one.caption_entities?.map(({ type }) => type),
    ["mention"],
  );
  const file = await api.getFile(one.document?.file_id ?? "");
  const fetched = await fetch(`${fake.url}/file/bot${fake.token}/${file.file_path}`);
  assert.equal(await fetched.text(), "an essay");
  const photo = fake.sendsFile(ADA, ADA, { sort: "photo", bytes });
  assert.equal((await api.getFile(photo.photo?.at(-1)?.file_id ?? "")).file_size, bytes.length);
  const large = fake.sendsFile(ADA, ADA, { sort: "video", bytes, declaredBytes: 21_000_000 });
  await refuses(api.getFile(large.video?.file_id ?? ""), 400, "Bad Request: file is too big");
  await refuses(api.getFile("none"), 400, "Bad Request: invalid file_id");
  assert.equal(fake.pending, 3);
});
