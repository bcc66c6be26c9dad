import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "#support/eventually.ts";
import { PollerBed } from "#support/telegram/poller-bed.ts";

const ADA = 4711;

test("the poller says who the bot is, sets menus, and hands on what comes", async () => {
  await using bed = await PollerBed.start();
  bed.fake.says(ADA, ADA, "hello");
  bed.begin();
  const { updates, numbers, codes } = await bed.batch(({ updates }) => updates.length > 0);
  assert.deepEqual(bed.brought[0], { type: "connected", bot: "our_bot", id: bed.fake.bot.id, mode: "polling" });
  const [update] = updates;
  assert.deepEqual([update?.agent, update?.place.chat], ["agent-of-telegram-4711", ADA]);
  assert.ok(update?.incoming.type === "message" && update.incoming.text === "hello");
  assert.deepEqual([numbers, codes.length], [[update.update], 1]);
  assert.match(codes[0] ?? "", /^[A-HJ-NP-Z2-9]{8}$/);
  await bed.fake.until(({ commands }) => commands.has("chat/1"), "the owner's menu");
  assert.ok(bed.fake.commands.get("chat/1")?.some(({ command }) => command === "approve"));
  assert.ok(!bed.fake.commands.get("default")?.some(({ command }) => command === "approve"));
  assert.deepEqual(bed.fake.violations, []);
});

test("an update is confirmed to Telegram only after it was handed on", async () => {
  await using bed = await PollerBed.start();
  const hold = Promise.withResolvers<void>();
  bed.onBatch = () => hold.promise;
  bed.fake.says(ADA, ADA, "one");
  bed.fake.says(ADA, ADA, "two");
  bed.begin();
  await bed.batch(({ updates }) => updates.length === 2);
  // Nothing could be waited for: what must not happen is the next question.
  await delay(50);
  assert.equal(bed.fake.pending, 2);
  hold.resolve();
  await bed.fake.until(({ pending }) => pending === 0, "the confirmation");
});

test("what the process that died had not confirmed is brought to the next one", async () => {
  await using bed = await PollerBed.start();
  bed.onBatch = () => new Promise(() => {});
  bed.fake.says(ADA, ADA, "one");
  bed.begin();
  await bed.batch(({ updates }) => updates.length === 1);
  await bed.end();
  bed.onBatch = async () => {};
  bed.begin();
  await eventually(
    () => bed.batches.length,
    (count) => count === 2,
  );
  assert.deepEqual(bed.batches[0]?.numbers, bed.batches[1]?.numbers);
});

test("numbers that begin anew far below are taken in", async () => {
  await using bed = await PollerBed.start({ longPollMs: 30 });
  bed.fake.pushes({ update_id: 900_000, message: message("before") });
  bed.begin();
  await bed.batch(({ numbers }) => numbers.includes(900_000));
  await bed.fake.until(({ calls }) => {
    const asked = calls.filter(({ method }) => method === "getUpdates");
    return asked.length > 2 && asked.at(-1)?.parameters.offset === undefined;
  }, "a question without an offset");
  bed.fake.pushes({ update_id: 5, message: message("after") });
  await bed.batch(({ numbers }) => numbers.includes(5));
});

test("a webhook of before is taken away", async () => {
  await using bed = await PollerBed.start();
  await bed.api.setWebhook("https://bot.example.org/telegram");
  bed.begin();
  bed.fake.says(ADA, ADA, "hello");
  await bed.batch(({ updates }) => updates.length === 1);
  assert.equal(bed.fake.webhook, undefined);
});

test("another poller is told of, ridden out, and no more told of when it is gone", async () => {
  await using bed = await PollerBed.start({ longPollMs: 50 });
  bed.fake.fault({ type: "409", method: "getUpdates", times: 2 });
  bed.begin();
  await bed.connected(({ problem }) => problem?.includes("Another program") === true);
  await bed.connected(({ problem }) => problem === undefined, 1);
  assert.equal(bed.brought.filter(({ type }) => type === "connected").length, 3);
});

test("a server that fails is told of after some tries, a short trouble is not", async () => {
  await using bed = await PollerBed.start({ longPollMs: 50 });
  bed.fake.fault({ type: "502", method: "getUpdates", times: 2 });
  bed.begin();
  bed.fake.says(ADA, ADA, "hello");
  await bed.batch(({ updates }) => updates.length === 1);
  assert.equal(bed.brought.filter(({ type }) => type === "connected").length, 1);
  bed.fake.fault({ type: "reset", method: "getUpdates", times: 3 });
  await bed.connected(({ problem }) => problem?.includes("cannot be reached") === true);
  await bed.connected(({ problem }) => problem === undefined, 1);
});

test("a token that Telegram does not know is told of at once", async () => {
  await using bed = await PollerBed.start();
  bed.fake.fault({ type: "reject", code: 401, description: "Unauthorized", method: "getMe" });
  bed.begin();
  const { bot } = await bed.connected(({ problem }) => problem?.includes("does not know this token") === true);
  assert.equal(bot, undefined);
});

test("a pause that Telegram asks for is kept", async () => {
  await using bed = await PollerBed.start();
  bed.fake.fault({ type: "429", retryAfter: 1, method: "getUpdates" });
  bed.fake.says(ADA, ADA, "hello");
  const begun = performance.now();
  bed.begin();
  await bed.batch(({ updates }) => updates.length === 1);
  assert.ok(performance.now() - begun >= 990);
});

test("a long poll ends at once with its signal", async () => {
  await using bed = await PollerBed.start();
  bed.begin();
  await bed.fake.until(({ calls }) => calls.some(({ method }) => method === "getUpdates"), "the first question");
  const begun = performance.now();
  await bed.end();
  assert.ok(performance.now() - begun < 1_000);
});

test("what comes is cut into batches that an event can hold, each number in one", async () => {
  await using bed = await PollerBed.start();
  const numbers = Array.from({ length: 20 }, () => bed.fake.pushes({ message: message("ä".repeat(8_000)) }));
  const huge = bed.fake.pushes({ message: { odd: "x".repeat(400_000) } });
  bed.begin();
  await eventually(
    () => bed.batches.flatMap((batch) => batch.numbers).length,
    (count) => count === 21,
  );
  assert.deepEqual(
    bed.batches.flatMap((batch) => batch.numbers),
    [...numbers, huge],
  );
  for (const batch of bed.batches) assert.ok(JSON.stringify(batch.updates).length <= 128 * 1024);
  assert.ok(bed.batches.length > 1);
  const unread = bed.batches.flatMap((batch) => batch.unread);
  assert.ok(unread.length === 1 && JSON.stringify(unread).length < 100_000);
});

test("the log does not have the token in it", async () => {
  await using bed = await PollerBed.start();
  bed.fake.fault({ type: "reset", method: "getMe" });
  bed.fake.fault({ type: "502", method: "getUpdates" });
  bed.begin();
  bed.fake.says(ADA, ADA, "hello");
  await bed.batch(({ updates }) => updates.length === 1);
  assert.ok(bed.lines.length >= 2);
  assert.doesNotMatch(JSON.stringify(bed.lines), /a-token-that-opens-nothing/);
});

function message(text: string) {
  return { message_id: 1, date: 1, chat: { id: ADA, type: "private" }, from: { id: ADA, first_name: "Ada" }, text };
}
