import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { MAX_TEXT } from "#subjects/turn.ts";
import { eventually } from "#support/eventually.ts";
import { DescribedApp } from "./described-app.ts";

const CI = "main.channel.http-ci";

test("a message is taken with 202 and its address, and says who speaks", async () => {
  const app = new DescribedApp();
  const { status, body } = await app.post({ channel: "ci", text: "hello" }, app.bus.token("robot", "user"));
  assert.equal(status, 202);
  const { id, ...rest } = body;
  assert.deepEqual(rest, { channel: "ci", address: CI });
  const [heard] = app.bus.logs.get(CI) ?? [];
  assert.equal(heard?.cause, id);
  assert.deepEqual(heard?.data, { text: "hello", who: { party: "http", id: "robot" } });
});

test("a message that waits is answered with the reply", async () => {
  const app = new DescribedApp();
  const { status, body } = await app.post({ channel: "ci", text: "hello", wait: true }, app.bus.token("robot", "user"));
  assert.equal(status, 200);
  assert.deepEqual({ ...body, id: "" }, { id: "", channel: "ci", address: CI, reply: "You said “hello”.", seq: 2 });
  assert.equal(app.bus.listeners(CI), 0, "nobody listens once it is answered");
  assert.equal(app.bridge.waitSlots.taken, 0);
});

test("a wait that runs out is 202, and the same key asks again until there is an answer", async () => {
  const app = new DescribedApp({ waitMs: 200 });
  app.bus.react = () => undefined;
  const headers = { ...app.bus.token("robot", "user"), "Idempotency-Key": "build-1" };
  const message = { channel: "ci", text: "hello", wait: true };
  assert.deepEqual(await app.post(message, headers).then(({ status, body }) => [status, body.id]), [
    202,
    "http:robot:build-1",
  ]);
  app.bus.store(CI, "said", { text: "at last", answers: [1], model: "fake" }, { told: false });
  for (let times = 0; times < 2; times++) {
    const { status, body } = await app.post(message, headers);
    assert.deepEqual([status, body.reply, body.seq], [200, "at last", 2]);
  }
  assert.equal(app.bus.logs.get(CI)?.length, 2);
});

test("a key is one message of one token", async () => {
  const app = new DescribedApp();
  const [one, other] = [app.bus.token("one", "user"), app.bus.token("other", "user")];
  const message = { channel: "ci", text: "hello", wait: true };
  const answers = await Promise.all(
    [one, other, one, one].map((token) => app.post(message, { ...token, "Idempotency-Key": "same" })),
  );
  assert.deepEqual(
    answers.map(({ body }) => body.id),
    ["one", "other", "one", "one"].map((name) => `http:${name}:same`),
  );
  const heard = app.bus.logs.get(CI)?.filter(({ event }) => event === "heard");
  assert.equal(heard?.length, 2);
});

test("a key that comes with another text is refused, with and without wait", async () => {
  const app = new DescribedApp();
  const headers = { ...app.bus.token("robot", "user"), "Idempotency-Key": "build-1" };
  await app.post({ channel: "ci", text: "hello" }, headers);
  for (const wait of [false, true]) {
    const { status, body } = await app.post({ channel: "ci", text: "bye", wait }, headers);
    assert.deepEqual([status, body.code, body.seq], [422, "key-reused", 1]);
  }
});

test("a key that no header could carry goes by its hash", async () => {
  const app = new DescribedApp();
  const token = app.bus.token("robot", "user");
  const long = "k".repeat(1_000);
  const { body } = await app.post({ channel: "ci", text: "hello" }, { ...token, "Idempotency-Key": long });
  assert.match(String(body.id), /^http:robot:sha256-[\w-]{43}$/);
  for (const key of [" ", `${long}${long}`]) {
    const refused = await app.post({ channel: "ci", text: "hello" }, { ...token, "Idempotency-Key": key });
    assert.deepEqual([refused.status, refused.body.code], [400, "bad-key"]);
  }
});

test("a turn that fails, a refusal and a full channel are problems with their reason", async () => {
  const app = new DescribedApp();
  const token = app.bus.token("robot", "user");
  const message = { channel: "ci", text: "hello", wait: true };
  app.bus.react = () => ({ event: "failed", data: { reason: "no model answers" } });
  const failed = await app.post(message, token);
  assert.deepEqual([failed.status, failed.body.code, failed.body.detail], [502, "turn-failed", "no model answers"]);
  assert.equal(failed.body.seq, 2);
  app.bus.react = () => ({ refuses: "not-today" });
  const refused = await app.post(message, token);
  assert.deepEqual([refused.status, refused.body.code], [409, "refused"]);
  app.bus.react = () => ({ refuses: "too-many-waiting" });
  const full = await app.post(message, token);
  assert.deepEqual([full.status, full.body.code, full.headers.get("Retry-After")], [429, "channel-full", "5"]);
});

test("what cannot be a message is refused with what is wrong", async () => {
  const app = new DescribedApp();
  const token = app.bus.token("robot", "user");
  const good = { channel: "ci", text: "hello" };
  const refusals: readonly (readonly [unknown, number, string])[] = [
    ["{", 400, "malformed-json"],
    [{}, 400, "invalid-request"],
    [{ ...good, text: "  " }, 400, "invalid-request"],
    [{ ...good, wait: "yes" }, 400, "invalid-request"],
    [{ ...good, channel: "ä".repeat(200) }, 400, "bad-channel"],
    [{ channel: "main.channel.http-ci", agent: "other", text: "hello" }, 400, "bad-channel"],
    [{ ...good, text: "x".repeat(MAX_TEXT + 1) }, 413, "text-too-long"],
    [{ ...good, text: "x".repeat(512 * 1024) }, 413, "too-large"],
  ];
  for (const [body, status, code] of refusals) {
    const answer = await app.post(body, token);
    assert.deepEqual([answer.status, answer.body.code], [status, code]);
  }
  const plain = await app.post("hello", { ...token, "Content-Type": "text/plain" });
  assert.deepEqual([plain.status, plain.body.code], [415, "not-json"]);
  assert.equal(app.bus.sent.length, 0);
  const longest = await app.post({ ...good, text: "x".repeat(MAX_TEXT) }, token);
  assert.equal(longest.status, 202);
});

test("a body that does not say its length is counted", async () => {
  const app = new DescribedApp();
  const chunks = Array.from({ length: 20 }, () => new TextEncoder().encode(" ".repeat(64 * 1024)));
  const answer = await app.ask("/v1/messages", {
    method: "POST",
    headers: { ...app.bus.token("robot", "user"), "Content-Type": "application/json" },
    body: ReadableStream.from(chunks),
    duplex: "half",
  } as RequestInit);
  assert.deepEqual([answer.status, answer.body.code], [413, "too-large"]);
});

test("a bus that is away is 503 with when to ask again", async () => {
  const app = new DescribedApp();
  const token = app.bus.token("robot", "user");
  await app.post({ channel: "ci", text: "hello" }, token);
  app.bus.isAway = true;
  const { status, body, headers } = await app.post({ channel: "ci", text: "hello", wait: true }, token);
  assert.deepEqual([status, body.code, headers.get("Retry-After")], [503, "bus-away", "2"]);
  assert.equal(app.bridge.waitSlots.taken, 0);
});

test("what was told while the connection was broken is read from the log", async () => {
  const app = new DescribedApp({ waitMs: 5_000 });
  app.bus.react = () => undefined;
  const message = { channel: "ci", text: "hello", wait: true };
  const waiting = app.post(message, app.bus.token("robot", "user"));
  await eventually(() => app.bus.logs.get(CI)?.length === 1);
  app.bus.store(CI, "said", { text: "meanwhile", answers: [1], model: "fake" }, { told: false });
  app.bus.reconnect();
  assert.equal((await waiting).body.reply, "meanwhile");
});

test("a record that was never told is noticed by the next one", async () => {
  const app = new DescribedApp({ waitMs: 5_000 });
  app.bus.react = () => undefined;
  const waiting = app.post({ channel: "ci", text: "hello", wait: true }, app.bus.token("robot", "user"));
  await eventually(() => app.bus.logs.get(CI)?.length === 1);
  app.bus.store(CI, "said", { text: "missed", answers: [1], model: "fake" }, { told: false });
  app.bus.store(CI, "heard", { text: "another" }, { cause: "another" });
  assert.equal((await waiting).body.reply, "missed");
});

test("more waiting requests than there may be are told so, and a long text takes more room", async () => {
  const app = new DescribedApp({ waitMs: 5_000, waits: { all: 20, each: 18 } });
  app.bus.react = () => undefined;
  const [one, other] = [app.bus.token("one", "user"), app.bus.token("other", "user")];
  const waiting = [
    app.post({ channel: "ci", text: "x".repeat(MAX_TEXT), wait: true }, one),
    app.post({ channel: "ci", text: "short", wait: true }, one),
    app.post({ channel: "ci", text: "short", wait: true }, one),
  ];
  await eventually(() => app.bridge.waitSlots.taken === 18);
  const each = await app.post({ channel: "ci", text: "short", wait: true }, one);
  assert.deepEqual([each.status, each.body.code], [429, "too-many-waits"]);
  assert.ok(each.headers.get("Retry-After"));
  const all = await app.post({ channel: "ci", text: "x".repeat(3 * 4_096), wait: true }, other);
  assert.deepEqual([all.status, all.body.code], [503, "busy"]);
  assert.equal((await app.post({ channel: "ci", text: "no wait" }, one)).status, 202);
  app.bridge.stop();
  assert.deepEqual(
    (await Promise.all(waiting)).map(({ status }) => status),
    [202, 202, 202],
  );
  assert.equal(app.bridge.waitSlots.taken, 0);
});

test("a bridge that stops lets those who wait go with 202, and takes no more", async () => {
  const app = new DescribedApp({ waitMs: 5_000 });
  app.bus.react = () => undefined;
  const token = app.bus.token("robot", "user");
  const waiting = app.post({ channel: "ci", text: "hello", wait: true }, token);
  await eventually(() => app.bus.sent.length === 1);
  await delay(0);
  app.bridge.stop();
  assert.equal((await waiting).status, 202);
  const late = await app.post({ channel: "ci", text: "hello" }, token);
  assert.deepEqual([late.status, late.body.code], [503, "stopping"]);
});
