import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { REMEMBERED_MS } from "#bridges/http/holders.ts";
import { revokeToken } from "#deploy/tokens.ts";
import { type KindProcess, spawnKind } from "#support/crash.ts";
import { EventReader } from "#support/event-reader.ts";
import { eventually } from "#support/eventually.ts";
import { HttpBed } from "#support/http-bed.ts";
import { startServer, type TestServer } from "#support/server.ts";

/** A model that takes its time, so that a bridge can be killed in the middle of a turn. */
const SLOW = { THALASSA_OFFLINE_PACE_MS: "0", THALASSA_OFFLINE_DELAY_MS: "800-1000" } as const;

let server: TestServer;
let channel: KindProcess;
before(async () => {
  server = await startServer();
  channel = spawnKind("channel", server, SLOW);
  await channel.ready();
});
after(async () => {
  await channel.kill();
  await server[Symbol.asyncDispose]();
});

type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

async function post(bed: HttpBed, headers: Readonly<Record<string, string>>, body: object): Promise<Answer> {
  const answer = await fetch(`${bed.url}/v1/messages`, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Answer["body"] };
}

/** Asks again, as a client with a key does, until there is an answer. */
async function insist(bed: HttpBed, headers: Readonly<Record<string, string>>, body: object): Promise<Answer> {
  const ask = () => post(bed, headers, body).catch(() => undefined);
  return (await eventually(ask, (answer) => answer?.status === 200, 20_000)) as Answer;
}

async function events(bed: HttpBed, channelName: string, headers: Readonly<Record<string, string>>, query = "") {
  const answer = await fetch(`${bed.url}/v1/channels/${channelName}/events${query}`, { headers });
  assert.equal(answer.status, 200);
  return new EventReader(answer.body);
}

async function texts(bed: HttpBed, name: string): Promise<readonly string[]> {
  await using operator = await bed.operator();
  const records = await operator.history(`main.channel.http-${name}`);
  return records.filter(({ event }) => event === "heard").map(({ data }) => (data as { readonly text: string }).text);
}

test("a message is said once and answered the same, while the bridge is killed under the request", async () => {
  await using bed = new HttpBed(server);
  await bed.start();
  const headers = { ...(await bed.token("killed")), "Idempotency-Key": "k1" };
  const message = { channel: "killed", text: "the build is green", wait: true };
  const cut = post(bed, headers, message).then(
    () => assert.fail("the bridge was killed before there was an answer"),
    () => {},
  );
  await eventually(
    () => texts(bed, "killed"),
    (heard) => heard.length === 1,
  );
  await bed.process.kill();
  await cut;
  await bed.start();
  const first = await insist(bed, headers, message);
  const again = await post(bed, headers, message);
  assert.deepEqual(again, first);
  assert.match(String(first.body.reply), /^You said “the build is green”/);
  assert.deepEqual(await texts(bed, "killed"), ["the build is green"]);
});

test("a message is said once and answered the same, while the bus is killed under the request", async () => {
  await using bed = new HttpBed(server);
  await bed.start();
  const headers = { ...(await bed.token("bus")), "Idempotency-Key": "k1" };
  const message = { channel: "bus", text: "it is late", wait: true };
  const waiting = post(bed, headers, message);
  await eventually(
    () => texts(bed, "bus"),
    (heard) => heard.length === 1,
  );
  await server.kill();
  await delay(200);
  await server.restart();
  const first = await waiting;
  assert.deepEqual([first.status, String(first.body.reply).slice(0, 23)], [200, "You said “it is late”. "]);
  assert.deepEqual(await insist(bed, headers, message), first);
  assert.deepEqual(await texts(bed, "bus"), ["it is late"]);
});

test("a bus that is away is 503 while it is, and the bridge goes on by itself", async () => {
  await using bed = new HttpBed(server);
  await bed.start();
  const headers = { ...(await bed.token("away")), "Idempotency-Key": "k1" };
  await server.kill();
  const message = { channel: "away", text: "it is dark", wait: true };
  const [refused, ready] = await Promise.all([post(bed, headers, message), fetch(`${bed.url}/readyz`)]);
  assert.deepEqual([refused.status, refused.body.code, ready.status], [503, "bus-away", 503]);
  await server.restart();
  assert.match(String((await insist(bed, headers, message)).body.reply), /^You said “it is dark”/);
  assert.deepEqual(await texts(bed, "away"), ["it is dark"]);
});

test("a reader that comes back after the bridge was killed misses nothing and sees nothing twice", async () => {
  await using bed = new HttpBed(server);
  await bed.start();
  const headers = await bed.token("reader");
  const say = (text: string) => post(bed, headers, { channel: "read", text });
  const reader = await events(bed, "read", headers, "?from=0");
  await say("one");
  await reader.until(({ event }) => event === "said");
  const killed = reader.until(() => false).catch(() => {});
  await bed.process.kill();
  await killed;
  await bed.start();
  for (const text of ["two", "three"]) await say(text);
  const again = await events(bed, "read", { ...headers, "Last-Event-ID": reader.lastId });
  await again.until(({ event, data }) => event === "said" && String(data?.text).includes("three"));
  await again.leave();
  const stored = [...reader.events, ...again.events].filter(({ id }) => id !== undefined);
  const heard = stored.filter(({ event }) => event === "heard").map(({ data }) => data?.text);
  assert.deepEqual(heard, ["one", "two", "three"]);
  const seqs = stored.map(({ id }) => Number(id));
  assert.deepEqual(
    seqs,
    [...new Set(seqs)].sort((one, other) => one - other),
  );
});

test("a reader stays on while the bus is killed", async () => {
  await using bed = new HttpBed(server);
  await bed.start();
  const headers = await bed.token("stays");
  const reader = await events(bed, "stays", headers);
  await reader.read();
  await server.kill();
  await server.restart();
  await insist(bed, { ...headers, "Idempotency-Key": "k1" }, { channel: "stays", text: "back?", wait: true });
  await reader.until(({ event }) => event === "said");
  assert.deepEqual(
    reader.events.filter(({ id }) => id !== undefined).map(({ event }) => event),
    ["heard", "said"],
  );
  await reader.leave();
});

test("a bridge that is told to stop answers who waits with 202 and ends its streams", async () => {
  await using bed = new HttpBed(server);
  await bed.start();
  const headers = { ...(await bed.token("stopping")), "Idempotency-Key": "k1" };
  const message = { channel: "stopping", text: "it rains", wait: true };
  const reader = await events(bed, "stopping", headers, "?from=0");
  const waiting = post(bed, headers, message);
  const ending = reader.until(({ event }) => event === "closed");
  await eventually(
    () => texts(bed, "stopping"),
    (heard) => heard.length === 1,
  );
  const startedAt = performance.now();
  await bed.process.leave();
  assert.ok(performance.now() - startedAt < 2_000, "it ends at once");
  assert.equal((await waiting).status, 202);
  assert.equal((await ending).at(-1)?.data?.code, "stopping");
  const said = bed.process.lines.map(({ event }) => event);
  assert.deepEqual(
    said.filter((event) => event !== undefined),
    ["ready", "stopping", "stream-ended", "stopped"],
  );
  await bed.start();
  assert.match(String((await insist(bed, headers, message)).body.reply), /^You said “it rains”/);
});

test("a bridge whose supervisor is gone stops", async () => {
  await using bed = new HttpBed(server);
  await bed.start();
  bed.process.abandon();
  await eventually(() => !bed.process.isAlive);
  assert.ok(bed.process.lines.some(({ reason }) => reason === "its supervisor is gone"));
});

test("a token is let in until it is revoked, at most for a few seconds more", async () => {
  await using bed = new HttpBed(server);
  await bed.start();
  const headers = await bed.token("revoked");
  const message = { channel: "revoked", text: "hello" };
  assert.equal((await post(bed, headers, message)).status, 202);
  await using operator = await bed.operator();
  assert.equal(await revokeToken(operator, "revoked"), 1);
  const revokedAt = Date.now();
  await eventually(
    () => post(bed, headers, message),
    ({ status }) => status === 401,
  );
  assert.ok(Date.now() - revokedAt < REMEMBERED_MS + 1_000);
});

test("an owner reads how a channel stands", async () => {
  await using bed = new HttpBed(server);
  await bed.start();
  const headers = await bed.token("ada", "owner");
  await post(bed, headers, { channel: "state", text: "hello", wait: true });
  const answer = await fetch(`${bed.url}/v1/state/main.channel.http-state`, { headers });
  const { seq, state } = (await answer.json()) as { readonly seq: number; readonly state: { readonly said: number } };
  assert.deepEqual([answer.status, seq > 0, state.said], [200, true, 1]);
  const none = await fetch(`${bed.url}/v1/state/main.channel.http-nothing`, { headers });
  assert.equal(none.status, 404);
});
