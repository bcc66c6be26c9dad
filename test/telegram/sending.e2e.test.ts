import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { retryLetter } from "#deploy/dead-letters.ts";
import { OWNER } from "#support/telegram/bridge-bed.ts";
import { apiOf } from "#support/telegram/fake-bed.ts";
import { ADA, asks, deadOf, presses, saw, sceneOf } from "#support/telegram/scene.ts";

const scene = sceneOf();

const texts = (chat: number) => scene.fake.shown(chat).map(({ text }) => text);

suite("what is shown while calls go wrong", { concurrency: true }, () => {
  test("stands there once, below at most one message without words, where the answer to its placing was lost", async () => {
    const { fake } = scene;
    fake.fault({ type: "lose-answer", method: "sendMessage", chat: 2_501 });
    await asks(fake, 2_501, "my key is lost", "your key is");
    assert.equal(texts(2_501).filter((text) => text.includes("your key is")).length, 1);
    assert.deepEqual(
      texts(2_501).filter((text) => !text.includes("your key is")),
      ["…"],
    );
  });

  test("stands there once where the answer to its words was lost, or a server gave up over them", async () => {
    const { fake } = scene;
    fake.fault({ type: "lose-answer", method: "editMessageText", chat: 2_502 });
    fake.fault({ type: "502", method: "editMessageText", chat: 2_502, acts: true });
    fake.fault({ type: "502", method: "sendMessage", chat: 2_502 });
    await asks(fake, 2_502, "my door is shut", "your door is");
    await fake.until(
      () => fake.calls.filter(({ parameters }) => parameters.chat_id === 2_502).length >= 4,
      "all tries",
    );
    assert.equal(texts(2_502).length, 1);
  });

  test("waits as long as a flood says, while other chats go on", async () => {
    const { fake } = scene;
    const flood = fake.fault({ type: "429", method: "sendMessage", chat: 2_503, retryAfter: 4 });
    const began = Date.now();
    fake.says(2_503, 2_503, "my boat is slow");
    await fake.until(() => flood.taken === 1, "a flood");
    await asks(fake, 2_504, "my car is fast", "your car is");
    assert.deepEqual(texts(2_503), [], "others wait for nobody");
    const said = await saw(fake, 2_503, "your boat is");
    assert.ok(said.at - began >= 4_000, `after ${said.at - began} ms`);
    const sent = fake.calls.filter(
      ({ method, parameters }) => method === "sendMessage" && parameters.chat_id === 2_503,
    );
    assert.equal(sent.length, 2, "nobody asks again before it is time");
  });

  test("is a dead letter where the bot was blocked, and is shown by a retry when it is not any more", async () => {
    const { fake } = scene;
    await asks(fake, 2_505, "my lamp is dim", "your lamp is");
    fake.says(2_505, 2_505, "my chair is broken");
    fake.membership(2_505, 2_505, "kicked");
    const letters = await deadOf(scene, "2505");
    const letter = letters.find((each) => each.letter.body.includes("chair"));
    assert.ok(letter, JSON.stringify(letters));
    assert.ok(["telegram-blocked", "telegram-gone"].includes(letter.letter.code), letter.letter.code);
    fake.membership(2_505, 2_505, "member");
    await asks(fake, 2_505, "my table is fine", "your table is");
    assert.ok(!texts(2_505).some((text) => text.includes("chair")));
    await using operator = await scene.bed.operator();
    await retryLetter(operator, letter);
    await saw(fake, 2_505, "chair", { mostMs: 15_000 });
    assert.equal(texts(2_505).filter((text) => text.includes("chair")).length, 1);
  });

  test("is a dead letter where Telegram itself says that it is blocked, and nothing is tried after that", async () => {
    const { fake } = scene;
    fake.fault({ type: "blocked", chat: 2_506, times: 100 });
    fake.says(2_506, 2_506, "my roof is flat");
    const [letter] = await deadOf(scene, "2506");
    assert.equal(letter?.letter.code, "telegram-blocked");
    assert.match(letter?.letter.body ?? "", /your roof is/);
    assert.deepEqual(texts(2_506), []);
  });

  test("is placed anew where somebody took it away before its words came", async () => {
    const { fake } = scene;
    fake.fault({ type: "reject", method: "editMessageText", chat: 2_507, description: "message to edit not found" });
    await asks(fake, 2_507, "my hand is cold", "your hand is");
    assert.equal(texts(2_507).filter((text) => text.includes("your hand is")).length, 1);
  });

  test("goes on in the group that a group has become", async () => {
    const { fake } = scene;
    fake.group({ id: -2_508, type: "group" });
    fake.says(-2_508, 2_508, "@our_bot my house is small");
    await saw(fake, -2_508, "your house is");
    fake.migrates(-2_508, -1_002_508);
    fake.says(-1_002_508, 2_508, "@our_bot my house is large");
    await saw(fake, -1_002_508, "your house is “large”");
  });

  test("is taken in by a poller that another one has pushed away, and whose server fails", async () => {
    const { fake } = scene;
    for (const type of ["409", "502", "reset"] as const) fake.fault({ type, method: "getUpdates" });
    await asks(fake, 2_509, "my patience is long", "your patience is");
  });

  test("is taken in again after somebody has set a webhook for the bot", async () => {
    const { fake } = scene;
    await asks(fake, 2_511, "my line is open", "your line is");
    await apiOf(fake).setWebhook("http://127.0.0.1:9/nowhere");
    fake.says(2_511, 2_511, "my line is mended");
    await saw(fake, 2_511, "“mended”", { mostMs: 20_000 });
    assert.equal(fake.webhook, undefined);
  });

  test("answers a press though the answer to that was lost", async () => {
    const { fake } = scene;
    fake.says(9_510, 9_510, "let me in");
    const notice = await saw(fake, OWNER, "Person 9510 (9510) asks");
    fake.fault({ type: "lose-answer", method: "answerCallbackQuery" });
    assert.equal(await presses(fake, OWNER, ADA, notice, "Let in"), "Let in.");
    await saw(fake, 9_510, "You are let in.");
  });
});
