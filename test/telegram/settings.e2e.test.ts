import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { saw, sceneOf } from "#support/telegram/scene.ts";

const scene = sceneOf({
  env: {
    THALASSA_TELEGRAM_GROUPS: "all",
    THALASSA_TELEGRAM_SHOW: "final",
    THALASSA_OFFLINE_DELAY_MS: "300-300",
    THALASSA_OFFLINE_PACE_MS: "100",
  },
  fake: { rich: false },
});

suite("a bridge that listens to all in groups, shows last words only, at a Telegram without rich messages", {
  concurrency: true,
}, () => {
  test("answers whatever people who were let in say in a group, and strangers still not", async () => {
    const { fake } = scene;
    fake.says(-1_801, 9_801, "a stranger says something");
    const said = fake.says(-1_801, 2_801, "nobody is named, and I say something");
    const answer = await saw(fake, -1_801, "I say something");
    assert.equal(answer.reply_to, said.message_id);
    assert.equal(fake.shown(-1_801).length, 1);
    assert.doesNotMatch(answer.text, /stranger/);
  });

  test("shows no drafts, and that somebody types", async () => {
    const { fake } = scene;
    fake.says(2_802, 2_802, "one two three four five six seven eight nine ten");
    const answer = await saw(fake, 2_802, "nine ten");
    assert.equal(answer.edits, 1);
    assert.deepEqual(
      fake.calls.filter(({ method, parameters }) => /Draft$/.test(method) && parameters.chat_id === 2_802),
      [],
    );
    assert.ok(fake.chat(2_802).actions.some(({ action }) => action === "typing"));
  });

  test("passes over what is said in between, and shows what closes a turn, with entities", async () => {
    const { fake } = scene;
    fake.membership(2_803, 2_803, "member");
    await using operator = await scene.bed.operator();
    const tell = (text: string, closes: boolean) =>
      operator.send("main.telegram.2803", "tell", { type: "said", text, closes });
    await tell("I look into it", false);
    await tell("It is **done**", true);
    const last = await saw(fake, 2_803, "It is done");
    assert.equal(last.markdown, undefined);
    assert.deepEqual(
      last.entities.map(({ type, offset, length }) => ({ type, offset, length })),
      [{ type: "bold", offset: 6, length: 4 }],
    );
    assert.equal(fake.shown(2_803).length, 1);
  });
});
