import assert from "node:assert/strict";
import { test } from "node:test";
import { type KindProcess, pidOf } from "#support/crash.ts";
import { asks, eventsOf, saw, sceneOf } from "#support/telegram/scene.ts";

const scene = sceneOf({ mayFlood: true });

/** Of all that are shown to a person, those with these words. */
const shown = (chat: number, words: string) => scene.fake.shown(chat).filter(({ text }) => text.includes(words));

test("of two bridges one takes in what comes; where it is killed the other does, and nothing is lost or doubled", async () => {
  const { fake, bed } = scene;
  await bed.bridge();
  await asks(fake, 2_702, "my pen is black", "your pen is");
  const before = fake.calls.length;
  const people = Array.from({ length: 12 }, (_, n) => 27_100 + n);
  for (const person of people.slice(0, 6)) fake.says(person, person, `my number is ${person}`);
  await fake.until(() => fake.calls.slice(before).some(({ method }) => method === "sendMessage"), "the first answers");
  await (await polling()).kill();
  for (const person of people.slice(6)) fake.says(person, person, `my number is ${person}`);
  for (const person of people) await saw(fake, person, `your number is “${person}”`, { mostMs: 30_000 });
  for (const person of people) {
    assert.equal(
      (await eventsOf(scene, `main.channel.telegram-${person}`, "heard")).length,
      1,
      `${person} is heard once`,
    );
    assert.equal(shown(person, "your number").length, 1, `${person} is answered once`);
    assert.ok(fake.shown(person).length <= 2, "at most one message without words");
  }
  const conflicts = fake.calls
    .slice(before)
    .filter(({ outcome, error }) => outcome === "refused" && /409|Conflict/.test(`${error}`));
  assert.ok(conflicts.length <= 1, `${conflicts.length} conflicts`);
});

test("a bridge that stands still is followed by another one, and does nothing twice when it goes on", async () => {
  const { fake, bed } = scene;
  await bed.bridge();
  await asks(fake, 2_710, "my hill is high", "your hill is");
  const still = await polling();
  still.stop();
  const people = Array.from({ length: 6 }, (_, n) => 27_200 + n);
  for (const person of people) fake.says(person, person, `my number is ${person}`);
  for (const person of people) await saw(fake, person, `your number is “${person}”`, { mostMs: 30_000 });
  still.cont();
  await asks(fake, 2_711, "my vale is deep", "your vale is");
  for (const person of people) {
    assert.equal(
      (await eventsOf(scene, `main.channel.telegram-${person}`, "heard")).length,
      1,
      `${person} is heard once`,
    );
    assert.equal(shown(person, "your number").length, 1, `${person} is answered once`);
  }
});

test("a bridge that is asked to leave hands over, and what comes meanwhile is heard by the next", async () => {
  const { fake, bed } = scene;
  await asks(fake, 2_703, "my ink is blue", "your ink is");
  const old = bridges().filter(({ isAlive }) => isAlive);
  const leaving = Promise.all(old.map((each) => each.leave()));
  fake.says(2_704, 2_704, "my paper is white");
  await Promise.all([leaving, bed.bridge()]);
  await saw(fake, 2_704, "your paper is", { mostMs: 20_000 });
  await asks(fake, 2_705, "my desk is brown", "your desk is");
  assert.equal(shown(2_704, "your paper is").length, 1);
});

function bridges(): readonly KindProcess[] {
  return scene.bed.processes.filter(({ kind }) => kind === "telegram");
}

/** The bridge that takes in what comes: whoever wrote last in the poller's log. */
async function polling(): Promise<KindProcess> {
  await using operator = await scene.bed.operator();
  const last = await operator.last("main.telegram.poller");
  const bridge = bridges().find(({ pid }) => pid === pidOf(last?.process ?? ""));
  assert.ok(bridge?.isAlive, `${last?.process} is no bridge that lives`);
  return bridge;
}
