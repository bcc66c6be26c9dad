import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { FakeTelegram } from "#support/telegram/fake-api.ts";
import { deadOf, saw, sceneOf } from "#support/telegram/scene.ts";

const scene = sceneOf();

const MARKDOWN = [
  "# A heading",
  "**Bold**, *slanted*, `code` and a [link](https://example.org/a).",
  "- one\n- two",
  "```ts\nconst answer = 42;\nif (answer > 41) say(answer);\n```",
  "| a | b |\n| --- | --- |\n| 1 | 2 |",
].join("\n\n");

/** The conversation of a chat says something. */
async function tells(chat: number, text: string, more: object = {}): Promise<void> {
  scene.fake.membership(chat, Math.abs(chat), "member");
  await using operator = await scene.bed.operator();
  await operator.send(`main.telegram.${chat}`, "tell", { type: "said", text, closes: false, ...more });
}

suite("an answer", { concurrency: true }, () => {
  test("is a rich message", async () => {
    await tells(2_401, MARKDOWN);
    const said = await saw(scene.fake, 2_401, "A heading");
    assert.match(said.markdown ?? "", /\*\*Bold\*\*/);
    assert.match(said.markdown ?? "", /```ts\nconst answer = 42;\nif \(answer > 41\) say\(answer\);\n```/);
    assert.equal(scene.fake.shown(2_401).length, 1);
  });

  test("whose rich form is refused is text with entities, and without where those are refused as well", async () => {
    const { fake } = scene;
    const isRich = (parameters: Readonly<Record<string, unknown>>) => parameters.rich_message !== undefined;
    const hasEntities = ({ entities }: Readonly<Record<string, unknown>>) => entities !== undefined;
    const refused = { type: "reject", method: "editMessageText", chat: 2_402 } as const;
    fake.fault({ ...refused, description: "can't parse rich message", when: isRich });
    fake.fault({ ...refused, description: "can't parse entities", when: hasEntities });
    await tells(2_402, MARKDOWN);
    const said = await saw(fake, 2_402, "A heading");
    assert.equal(said.markdown, undefined);
    assert.ok(
      said.entities.every(({ type }) => type === "url"),
      "only what Telegram marks itself",
    );
    assert.match(said.text, /Bold, slanted, code and a link \(https:\/\/example\.org\/a\)\./);
    assert.equal(fake.shown(2_402).length, 1);
  });

  test("that is refused in every form is a dead letter, and what comes after it is shown", async () => {
    const { fake } = scene;
    const isOurs = (parameters: Readonly<Record<string, unknown>>) =>
      JSON.stringify(parameters).includes("unspeakable");
    fake.fault({ type: "reject", method: "editMessageText", chat: 2_403, description: "no", times: 3, when: isOurs });
    await tells(2_403, "something unspeakable");
    await tells(2_403, "something else");
    await saw(fake, 2_403, "something else");
    const [letter] = await deadOf(scene, "2403");
    assert.equal(letter?.letter.code, "telegram-refused");
    assert.match(letter?.letter.body ?? "", /unspeakable/);
    assert.equal(fake.shown(2_403).length, 2);
  });

  test("of 40,000 characters is its beginning and a document with all of it", async () => {
    const lines = Array.from(
      { length: 700 },
      (_, n) => `Line ${n} of a very long answer, which goes on and on for ever.`,
    );
    const long = `# A novel\n\n${lines.join("\n\n")}`;
    assert.ok(long.length > 40_000);
    await tells(2_404, long);
    const document = await documentIn(scene.fake, 2_404);
    assert.equal(document.name, "answer.md");
    assert.equal(Buffer.from(document.bytes).toString("utf8"), long);
    await saw(scene.fake, 2_404, /^A novel[\s\S]*The whole answer is in answer\.md below\.$/);
    assert.equal(scene.fake.shown(2_404).length, 2);
  });

  test("with more words than one message holds, in Telegrams without rich ones, keeps blocks of code whole", async () => {
    const { fake } = scene;
    fake.fault({
      type: "reject",
      method: "editMessageText",
      chat: 2_405,
      description: "rich messages are not supported",
      when: (parameters) => parameters.rich_message !== undefined,
    });
    const code = Array.from({ length: 60 }, (_, n) => `print("line ${n} of a program that nobody cuts")`).join("\n");
    const words = "Words and words and words. ".repeat(120);
    await tells(2_405, `${words}\n\n\`\`\`python\n${code}\n\`\`\`\n\n${words}\n\nThe end of it.`);
    await saw(fake, 2_405, "The end of it.", { mostMs: 20_000 });
    const all = fake.shown(2_405);
    assert.ok(all.length >= 2 && all.length <= 5, `${all.length} messages`);
    const whole = all.filter(
      ({ text, entities }) => text.includes(code) && entities.some(({ type }) => type === "pre"),
    );
    assert.equal(whole.length, 1);
    assert.ok(all.every(({ text }) => text.length <= 4_096 && text !== "…"));
  });

  test("in a group answers its message, and the parts behind the first do too", async () => {
    const { fake } = scene;
    const asked = fake.says(-2_406, 2_406, "@our_bot tell me all");
    await saw(fake, -2_406, "tell me all");
    await tells(-2_406, "and another thing", { re: [`${asked.message_id}`] });
    const said = await saw(fake, -2_406, "and another thing");
    assert.equal(said.reply_to, asked.message_id);
  });
});

async function documentIn(fake: FakeTelegram, chat: number) {
  return await fake.until(
    () => fake.shown(chat).find((each) => each.document !== undefined)?.document,
    `a document in ${chat}`,
  );
}
