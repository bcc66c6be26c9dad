import assert from "node:assert/strict";
import { test } from "node:test";
import { retryLetter } from "#deploy/dead-letters.ts";
import { startServer } from "#support/server.ts";
import { BridgeBed, OWNER } from "#support/telegram/bridge-bed.ts";
import { asks, deadOf, saw } from "#support/telegram/scene.ts";

test("an owner writes and is answered; who asked before that is told of by a retry", async () => {
  await using server = await startServer();
  await using bed = await BridgeBed.start(server);
  const { fake } = bed;
  fake.says(9_001, 9_001, "may I come in?");
  await saw(fake, 9_001, "with this code");
  const [letter] = await deadOf({ bed, fake }, `${OWNER}`);
  assert.equal(letter?.letter.code, "telegram-never-written");
  const said = await asks(fake, OWNER, "my name is Ada", "Nice to meet you, Ada.");
  assert.equal(said.edits, 1, "placed, then given its words");
  await using operator = await bed.operator();
  await retryLetter(operator, letter);
  const { buttons } = await saw(fake, OWNER, "Person 9001 (9001) asks to be let in");
  assert.equal(buttons.length, 2);
  assert.deepEqual(fake.violations, []);
});
