import assert from "node:assert/strict";
import { test } from "node:test";
import { asks, deadOf, saw, sceneOf } from "#support/telegram/scene.ts";

const scene = sceneOf({ kinds: ["channel", "worker", "cortex"], fake: { bot: { has_topics_enabled: true } } });

test("answers stand in the topic of their message, and two topics are two conversations", async () => {
  const { fake } = scene;
  fake.group({ id: -1_101, title: "Crew", forum: true });
  const nine = fake.says(-1_101, 2_101, "@our_bot my boat is red", { thread: 99 });
  const twelve = fake.says(-1_101, 2_101, "@our_bot my boat is blue", { thread: 102 });
  const general = fake.says(-1_101, 2_101, "@our_bot my boat is green");
  const red = await saw(fake, -1_101, "“red”", { thread: 99 });
  const blue = await saw(fake, -1_101, "“blue”", { thread: 102 });
  const green = await saw(fake, -1_101, "“green”");
  assert.deepEqual(
    [red.reply_to, blue.reply_to, green.reply_to],
    [nine, twelve, general].map((each) => each.message_id),
  );
  assert.equal(green.thread, undefined);
  fake.says(-1_101, 2_101, "@our_bot what is my boat?", { thread: 99 });
  const again = await saw(fake, -1_101, /boat.*red/, { thread: 99, behind: red.message_id });
  assert.doesNotMatch(again.text, /blue|green/);
  assert.ok(fake.chat(-1_101).actions.some(({ thread }) => thread === 99));
});

test("a job for which a topic is wanted is told of in a topic of its own", async () => {
  const { fake } = scene;
  fake.group({ id: -1_102, forum: true });
  const asked = fake.says(-1_102, 2_102, "/new_task Paint the shed", { thread: 95 });
  const said = await saw(fake, -1_102, "It has a topic of its own: Paint the shed", { thread: 95 });
  assert.equal(said.reply_to, asked.message_id);
  const card = await fake.until(
    () => fake.shown(-1_102).find(({ buttons, thread }) => buttons.length > 0 && thread !== 95),
    "a card in a new topic",
  );
  assert.match(card.text, /Paint the shed/);
  fake.says(-1_102, 2_102, "@our_bot my shed is old", { thread: card.thread ?? 0 });
  await saw(fake, -1_102, "your shed is “old”", { thread: card.thread ?? 0 });
});

test("where no topic can be made it is said why", async () => {
  const { fake } = scene;
  fake.group({ id: -1_103, forum: true });
  fake.fault({
    type: "reject",
    method: "createForumTopic",
    chat: -1_103,
    description: "not enough rights to create a topic",
  });
  fake.says(-1_103, 2_103, "/new_task Mow the lawn", { thread: 93 });
  await saw(fake, -1_103, "No topic could be made (Bad Request: not enough rights to create a topic)", { thread: 93 });
});

test("in a group without topics and in private the job is told of where it was wanted", async () => {
  const { fake } = scene;
  const card = await asks(fake, 2_104, "/new_task Dig a pond", "Dig a pond");
  assert.equal(card.thread, undefined);
  assert.ok(card.buttons.length > 0);
});

test("what cannot be shown in a topic that was deleted is a dead letter, and the other topics go on", async () => {
  const { fake } = scene;
  fake.group({ id: -1_105, forum: true });
  fake.says(-1_105, 2_105, "@our_bot my hat is old", { thread: 94 });
  await saw(fake, -1_105, "your hat is", { thread: 94 });
  fake.says(-1_105, 2_105, "@our_bot my coat is new", { thread: 94 });
  fake.deletesTopic(-1_105, 94);
  fake.says(-1_105, 2_105, "@our_bot my scarf is long", { thread: 196 });
  await saw(fake, -1_105, "your scarf is", { thread: 196 });
  const [letter] = await deadOf(scene, "-1105-t94");
  assert.equal(letter?.letter.code, "telegram-topic-gone");
  assert.match(letter?.letter.body ?? "", /coat/);
});

test("topics of a private chat are conversations of their own", async () => {
  const { fake } = scene;
  const full = fake.says(2_106, 2_106, "my cup is full", { thread: 1 });
  const empty = fake.says(2_106, 2_106, "my cup is empty", { thread: 2 });
  assert.notEqual(full.message_thread_id, empty.message_thread_id);
  await saw(fake, 2_106, "“full”", { thread: full.message_thread_id ?? 0 });
  await saw(fake, 2_106, "“empty”", { thread: empty.message_thread_id ?? 0 });
});
