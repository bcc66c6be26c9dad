import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { asks, saw, sceneOf } from "#support/telegram/scene.ts";

const scene = sceneOf({ env: { THALASSA_OFFLINE_DELAY_MS: "600-600", THALASSA_OFFLINE_PACE_MS: "300" } });

/** Said back word by word, in three seconds. */
const LONG =
  "the quick brown fox jumps over the lazy dog and then it sleeps below a tall tree until the sun is gone and the moon is up";

const drafts = (chat: number) =>
  scene.fake.calls
    .filter(({ method, parameters }) => /Draft$/.test(method) && parameters.chat_id === chat)
    .map(({ parameters, outcome }) => ({ text: textOf(parameters), outcome, parameters }));

suite("words that take a while", { concurrency: true }, () => {
  test("in private the words are seen as they come, and a draft is left over by none", async () => {
    const { fake } = scene;
    fake.says(2_201, 2_201, LONG);
    await fake.until(() => fake.chat(2_201).actions.some(({ action }) => action === "typing"), "somebody types");
    const draft = await fake.until(() => fake.chat(2_201).drafts[0], "a draft");
    assert.equal(draft.canStop, true);
    const whole = await saw(fake, 2_201, "the moon is up");
    assert.equal(whole.edits, 1);
    assert.deepEqual(fake.chat(2_201).drafts, []);
    const seen = drafts(2_201);
    assert.ok(seen.length >= 3, `${seen.length} drafts`);
    for (const [at, { text, outcome, parameters }] of seen.entries()) {
      assert.equal(outcome, "ok");
      assert.equal(parameters.draft_id, seen[0]?.parameters.draft_id, "one draft that grows");
      if (at > 0) assert.ok(text.length > (seen[at - 1]?.text.length ?? 0), "a draft grows");
      assert.ok(whole.text.startsWith(text.replace(/…$/, "").slice(0, 40)), text);
    }
    assert.equal(fake.floods.get(2_201), undefined);
  });

  test("in a group words are seen in the answer's own message as they come, where that takes a while", async () => {
    const { fake } = scene;
    const asked = fake.says(-1_202, 2_202, `@our_bot ${LONG}`);
    const begun = await saw(fake, -1_202, "the quick");
    assert.doesNotMatch(begun.text, /what is said here/);
    const whole = await saw(fake, -1_202, "what is said here.");
    assert.equal(whole.message_id, begun.message_id);
    assert.equal(whole.reply_to, asked.message_id);
    assert.equal(fake.shown(-1_202).length, 1);
    assert.ok(whole.edits >= 2 && whole.edits <= 4, `${whole.edits} edits`);
    assert.deepEqual(drafts(-1_202), []);
  });

  test("an answer that is stopped says so, by command and by the stop of its draft", async () => {
    const { fake } = scene;
    fake.says(2_203, 2_203, LONG);
    await fake.until(() => fake.chat(2_203).drafts[0], "a draft");
    await asks(fake, 2_203, "/stop", "(stopped)");
    fake.says(2_204, 2_204, LONG);
    await fake.until(() => fake.chat(2_204).drafts[0], "a draft");
    fake.stopsDraft(2_204);
    await saw(fake, 2_204, "(stopped)");
    await asks(fake, 2_204, "and what is left?", "That I cannot know offline");
    for (const chat of [2_203, 2_204]) assert.doesNotMatch(JSON.stringify(fake.shown(chat)), /moon is up/);
  });

  test("after /reset nothing of the old conversation is shown any more", async () => {
    const { fake } = scene;
    fake.says(2_205, 2_205, LONG);
    await fake.until(() => fake.chat(2_205).drafts[0], "a draft");
    await asks(fake, 2_205, "/reset", "A fresh start");
    const answer = await asks(fake, 2_205, "say hello", "hello");
    assert.doesNotMatch(JSON.stringify(fake.shown(2_205)), /moon is up/);
    assert.ok(answer.message_id > 0);
  });

  test("a message that is changed before its answer is answered as it then is", async () => {
    const { fake } = scene;
    const said = fake.says(2_206, 2_206, "my pet is a cat");
    await fake.until(() => fake.chat(2_206).actions.length > 0, "somebody types");
    fake.edits(2_206, said.message_id, "my pet is a dog");
    await saw(fake, 2_206, /I have changed my message[\s\S]*dog/);
  });

  test("of a message that is changed after its answer the agent is told with the next one", async () => {
    const { fake } = scene;
    const said = fake.says(2_207, 2_207, "my pet is a cat");
    const first = await saw(fake, 2_207, "your pet is");
    fake.edits(2_207, said.message_id, "my pet is a dog");
    fake.says(2_207, 2_207, "do you hear me");
    await saw(fake, 2_207, /a message above was changed and says now: “my pet is a dog”/, { behind: first.message_id });
  });

  test("in a group, whoever deleted a message before its answer came is not answered to, and the agent is told", async () => {
    const { fake } = scene;
    const said = fake.says(-1_208, 2_208, "@our_bot my pet is a cat");
    await fake.until(() => fake.chat(-1_208).actions.length > 0, "somebody types");
    fake.deletes(-1_208, said.message_id);
    const answer = await saw(fake, -1_208, "your pet is");
    assert.equal(answer.reply_to, undefined);
    fake.says(-1_208, 2_208, "@our_bot and now?");
    await saw(fake, -1_208, "the message that you last answered was deleted by its sender", {
      behind: answer.message_id,
    });
  });
});

function textOf({ rich_message, text }: Readonly<Record<string, unknown>>): string {
  return typeof text === "string" ? text : `${Object(rich_message).markdown ?? ""}`;
}
