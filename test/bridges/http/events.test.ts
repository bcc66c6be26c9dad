import assert from "node:assert/strict";
import { test } from "node:test";
import { REMEMBERED_MS } from "#bridges/http/holders.ts";
import type { Address } from "#subjects/mod.ts";
import { EventReader } from "#support/event-reader.ts";
import { eventually } from "#support/eventually.ts";
import { DescribedApp } from "./described-app.ts";

const CI: Address = "main.channel.http-ci";
const PATH = "/v1/channels/ci/events";
const PATIENT = { keepAliveMs: 60_000, stalledMs: 60_000 } as const;

async function open(app: DescribedApp, path: string, headers: Readonly<Record<string, string>>): Promise<EventReader> {
  const response = await app.request(path, { headers });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("Content-Type"), "text/event-stream");
  return new EventReader(response.body);
}

function say(app: DescribedApp, count: number, told = true): void {
  for (let at = 0; at < count; at++) app.bus.store(CI, "heard", { text: `text ${at}` }, { cause: `c${at}`, told });
}

test("a stream brings the log from where it is wanted, then what comes, in order and once", async () => {
  const app = new DescribedApp({}, PATIENT);
  const token = app.bus.token("robot", "user");
  say(app, 100);
  const reader = await open(app, `${PATH}?from=40`, token);
  await reader.until(({ id }) => id === "70");
  say(app, 50);
  await reader.until(({ id }) => id === "150");
  assert.deepEqual(
    reader.events.map(({ id }) => Number(id)),
    Array.from({ length: 111 }, (_, at) => at + 40),
  );
  assert.deepEqual(reader.events[0]?.event, "heard");
  assert.equal(reader.events[0]?.data?.cause, "c39");
  await reader.leave();
  assert.deepEqual([app.bus.listeners(CI), app.bridge.streamSlots.taken], [0, 0]);
});

test("a stream that says nothing begins now, and says where that is", async () => {
  const app = new DescribedApp({}, PATIENT);
  say(app, 3);
  const reader = await open(app, PATH, app.bus.token("robot", "user"));
  await reader.read();
  assert.equal(reader.lastId, "3");
  say(app, 1);
  await reader.until(({ id }) => id === "4");
  assert.equal(reader.events.length, 1);
  await reader.leave();
});

test("a reader goes on after the last event it has, whatever was told or not in between", async () => {
  const app = new DescribedApp({}, PATIENT);
  const token = app.bus.token("robot", "user");
  say(app, 5);
  const reader = await open(app, `${PATH}?from=0`, token);
  await reader.until(({ id }) => id === "5");
  await reader.leave();
  say(app, 40, false);
  const again = await open(app, `${PATH}?from=0`, { ...token, "Last-Event-ID": reader.lastId });
  await again.until(({ id }) => id === "45");
  say(app, 3, false);
  say(app, 1);
  await again.until(({ id }) => id === "49");
  assert.deepEqual(
    again.events.map(({ id }) => Number(id)),
    Array.from({ length: 44 }, (_, at) => at + 6),
  );
  await again.leave();
});

test("what is told in passing comes without an id", async () => {
  const app = new DescribedApp({}, PATIENT);
  const reader = await open(app, PATH, app.bus.token("robot", "user"));
  await reader.read();
  const coming = reader.until(({ event }) => event === "delta");
  await eventually(() => app.bus.listeners(CI) === 1);
  await new Promise(setImmediate);
  app.bus.glimpse(CI, "delta", { text: "Hel" });
  assert.deepEqual(await coming, [{ event: "delta", data: { text: "Hel" } }]);
  await reader.leave();
});

test("a reader that reads nothing for long holds little, and gets all when it reads on", async () => {
  const app = new DescribedApp({}, PATIENT);
  const reader = await open(app, PATH, app.bus.token("robot", "user"));
  await reader.read();
  say(app, 5_000);
  await reader.until(({ id }) => id === "5000");
  assert.equal(reader.events.length, 5_000);
  await reader.leave();
});

test("a silent stream is kept alive by comments, until its token is revoked", async () => {
  const app = new DescribedApp({}, { keepAliveMs: 20, stalledMs: 60_000 });
  const token = app.bus.token("robot", "user");
  const reader = await open(app, PATH, token);
  while (reader.comments < 3) await reader.read();
  app.bus.revoke(token);
  const startedAt = Date.now();
  const events = await reader.until(({ event }) => event === "closed");
  assert.equal(events.at(-1)?.data?.code, "token-revoked");
  assert.ok(Date.now() - startedAt < REMEMBERED_MS + 2_000);
});

test("a reader that takes nothing is told so and let go", async () => {
  const app = new DescribedApp({}, { keepAliveMs: 5, stalledMs: 30 });
  const reader = await open(app, PATH, app.bus.token("robot", "user"));
  await reader.read();
  await eventually(() => app.bridge.streamSlots.taken === 0);
  const events = await reader.until(() => false);
  assert.equal(events.at(-1)?.data?.code, "slow-reader");
  assert.equal(reader.isOver, true);
});

test("a bridge that stops ends its streams with the reason", async () => {
  const app = new DescribedApp({}, PATIENT);
  const reader = await open(app, PATH, app.bus.token("robot", "user"));
  await reader.read();
  const ending = reader.until(({ event }) => event === "closed");
  app.bridge.stop();
  assert.equal((await ending).at(-1)?.data?.code, "stopping");
  const late = await app.ask(PATH, { headers: app.bus.token("late", "user") });
  assert.deepEqual([late.status, late.body.code], [503, "stopping"]);
});

test("more streams than there may be are told so, and asking for the head opens none", async () => {
  const app = new DescribedApp({ streams: { all: 2, each: 1 } }, PATIENT);
  const [one, other, third] = ["one", "other", "third"].map((name) => app.bus.token(name, "user"));
  assert.ok(one && other && third);
  const readers = [await open(app, PATH, one)];
  assert.equal((await app.request(PATH, { method: "HEAD", headers: other })).status, 200);
  assert.equal(app.bridge.streamSlots.taken, 1);
  const each = await app.ask(PATH, { headers: one });
  assert.deepEqual([each.status, each.body.code], [429, "too-many-streams"]);
  readers.push(await open(app, PATH, other));
  const all = await app.ask(PATH, { headers: third });
  assert.deepEqual([all.status, all.body.code], [503, "busy"]);
  for (const reader of readers) await reader.leave();
});

test("a place that is none is refused", async () => {
  const app = new DescribedApp();
  const token = app.bus.token("robot", "user");
  const from = await app.ask(`${PATH}?from=x`, { headers: token });
  const after = await app.ask(PATH, { headers: { ...token, "Last-Event-ID": "-1" } });
  assert.deepEqual([from.status, after.status, from.body.code], [400, 400, "invalid-request"]);
});
