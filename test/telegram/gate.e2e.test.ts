import assert from "node:assert/strict";
import { test } from "node:test";
import { OWNER } from "#support/telegram/bridge-bed.ts";
import { ADA, asks, presses, saw, sceneOf } from "#support/telegram/scene.ts";

/** Another owner. */
const SECOND = 4_712;

const scene = sceneOf({
  env: {
    THALASSA_TELEGRAM_MAX_PROMPT: "500",
    THALASSA_TELEGRAM_USER_PER_MINUTE: "6",
    THALASSA_TELEGRAM_OWNERS: `${OWNER}, ${SECOND}`,
  },
});

test("a stranger is given one code, and let in by an owner's press, which everybody sees", async () => {
  const { fake } = scene;
  fake.membership(SECOND, SECOND, "member");
  const [bob, code] = await asking(9001, "Bob");
  const other = await saw(fake, SECOND, "Bob (9001) asks to be let in");
  fake.says(9001, bob, "is anybody there?");
  fake.says(9001, bob, "my city is Lisbon");
  const notice = await saw(fake, OWNER, `Bob (9001) asks to be let in, with the code ${code}`);
  assert.deepEqual(
    notice.buttons.map(({ text }) => text),
    ["Let in", "Do not let in"],
  );
  assert.equal(await presses(fake, OWNER, ADA, notice, "Let in"), "Let in.");
  await saw(fake, OWNER, "Bob (9001) was let in by Ada.");
  await saw(fake, 9001, "You are let in.");
  await saw(fake, SECOND, "Bob (9001) was let in by Ada.");
  assert.equal(await presses(fake, SECOND, SECOND, other, "Do not let in"), "That was decided already.");
  const after = fake.shown(OWNER).find(({ message_id }) => message_id === notice.message_id);
  assert.equal(after?.text, "Bob (9001) was let in by Ada.");
  assert.deepEqual(after?.buttons, []);
  assert.equal(await presses(fake, OWNER, ADA, notice, "Do not let in"), "That was decided already.");
  const answer = await asks(fake, 9001, "my river is the Tejo", /your river/);
  assert.doesNotMatch(answer.text, /Lisbon|city/, "nothing is kept of what a stranger says");
  assert.equal(fake.shown(9001).length, 3, "a code, the decision, an answer");
});

test("a stranger who is not let in is told so, and heard no more", async () => {
  const { fake } = scene;
  const [eve, code] = await asking(9002, "Eve [x](https://example.org)");
  const notice = await saw(fake, OWNER, `with the code ${code}`);
  assert.doesNotMatch(JSON.stringify(notice), /\]\(/, "a name is no link");
  assert.equal(await presses(fake, OWNER, ADA, notice, "Do not let in"), "Not let in.");
  await saw(fake, 9002, "you were not let in");
  fake.says(9002, eve, "please!");
  await asks(fake, 2002, "and I am heard", "and I am heard");
  assert.equal(fake.shown(9002).length, 2);
});

test("a stranger presses what is not theirs, and only an owner decides", async () => {
  const { fake } = scene;
  await asking(9003, "Mallory");
  const notice = await saw(fake, OWNER, "Mallory (9003) asks");
  assert.equal(await presses(fake, OWNER, 9003, notice, "Let in"), "This is not for you.");
  assert.equal(await presses(fake, OWNER, 2003, notice, "Let in"), "Only an owner may decide that.");
  const forged = { ...notice, buttons: [{ text: "Let in", data: "AAAAAAAAAAAAAAA5zzzzzz.CODECODE" }] };
  assert.equal(await presses(fake, OWNER, ADA, forged, "Let in"), "This button is not valid any more.");
});

test("strangers in groups are told nothing", async () => {
  const { fake } = scene;
  fake.says(-1004, 9004, "@our_bot hello");
  fake.says(-1004, 9004, "/help");
  const heard = fake.says(-1004, 2004, "@our_bot the river is wide");
  const answer = await saw(fake, -1004, "the river is wide");
  assert.equal(answer.reply_to, heard.message_id);
  assert.equal(fake.shown(-1004).length, 1);
  assert.deepEqual(fake.shown(9004), []);
});

test("in a group the bot answers where it is meant: a mention, an answer to it, a command", async () => {
  const { fake } = scene;
  fake.says(-1005, 2005, "nobody is meant by the fish");
  fake.says(-1005, 2005, "@our_bot somebody is meant by the bird");
  const first = await saw(fake, -1005, "by the bird");
  fake.says(-1005, 2005, "and this is meant by the snake", { replyTo: first.message_id });
  await saw(fake, -1005, "by the snake");
  fake.says(-1005, 2005, "/help@another_bot");
  const command = fake.says(-1005, 2005, "/status@our_bot");
  const status = await saw(fake, -1005, "Conversation: main.channel.telegram--1005");
  assert.equal(status.reply_to, command.message_id);
  assert.doesNotMatch(JSON.stringify(fake.shown(-1005)), /fish|Commands/);
  assert.equal(fake.shown(-1005).length, 3);
});

test("somebody who writes too much is told so once, and heard up to there", async () => {
  const { fake } = scene;
  for (let n = 1; n <= 9; n++) fake.says(2006, 2006, `this is number ${n}`);
  await saw(fake, 2006, "I take 6 messages a minute from each person");
  await saw(fake, 2006, "this is number 6", { mostMs: 20_000 });
  const all = fake.shown(2006).map(({ text }) => text);
  assert.equal(all.filter((text) => text.includes("too much")).length, 1);
  for (let n = 1; n <= 6; n++) assert.equal(all.join().split(`number ${n}”`).length, 2, `number ${n} is answered once`);
  assert.doesNotMatch(all.join(), /number [789]/);
});

test("a message that is too long is not heard, and its sender told how long it may be", async () => {
  const { fake } = scene;
  const long = fake.says(2007, 2007, "x".repeat(501));
  const turned = await saw(fake, 2007, "That is 501 characters, and I take 500");
  assert.equal(turned.reply_to, long.message_id);
  await asks(fake, 2007, "shorter then", "shorter then");
  assert.doesNotMatch(JSON.stringify(fake.shown(2007)), /xxxx/);
});

test("what only owners may is refused to others", async () => {
  const { fake } = scene;
  for (const [at, command] of ["run", "panic", "approve", "deny"].entries()) {
    await asks(fake, 20_080 + at, `/${command} x`, `Only an owner may use /${command}.`);
  }
});

/** Somebody who is not known writes, and is told a code. */
async function asking(id: number, name: string) {
  const { fake } = scene;
  const person = { id, first_name: name };
  fake.says(id, person, "hello, may I come in?");
  const { text } = await saw(fake, id, "with this code");
  const [, code = ""] = /code: (\w{8})\b/.exec(text) ?? [];
  return [person, code] as const;
}
