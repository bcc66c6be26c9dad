import assert from "node:assert/strict";
import { test } from "node:test";
import { hashOf, isTokenShaped, newToken } from "#bridges/http/token.ts";
import { DescribedApp } from "./described-app.ts";

const HELLO = { channel: "ci", text: "hello" };

test("a token has 256 bits of chance and is known by its hash", () => {
  const token = newToken();
  assert.ok(isTokenShaped(token));
  assert.notEqual(token, newToken());
  assert.match(hashOf(token), /^[0-9a-f]{64}$/);
});

test("who has no token or an unknown one is told how to come in", async () => {
  const app = new DescribedApp();
  for (const [authorization, code] of [
    [undefined, "no-token"],
    ["Basic abc", "no-token"],
    ["Bearer x", "unknown-token"],
    [`Bearer ${newToken()}`, "unknown-token"],
  ] as const) {
    const { status, body, headers } = await app.post(HELLO, authorization ? { Authorization: authorization } : {});
    assert.deepEqual([status, body.code], [401, code]);
    assert.match(headers.get("WWW-Authenticate") ?? "", /^Bearer realm="thalassa"/);
  }
});

test("an address that guesses is refused unseen, and one that knows its token is not", async () => {
  const app = new DescribedApp();
  const known = app.bus.token("robot", "user");
  const guess = () => app.post(HELLO, { Authorization: `Bearer ${newToken()}` });
  const statuses = await Promise.all(Array.from({ length: 60 }, async () => (await guess()).status));
  assert.deepEqual([statuses[0], statuses.at(-1)], [401, 429]);
  assert.equal((await app.post(HELLO, known)).status, 202);
});

test("a token that asks too often is told when to come back, and others are not", async () => {
  const app = new DescribedApp({ ratePerSecond: 3 });
  const [busy, calm] = [app.bus.token("busy", "user"), app.bus.token("calm", "user")];
  const answers = await Promise.all(Array.from({ length: 5 }, () => app.post(HELLO, busy)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [202, 202, 202, 429, 429]);
  const refused = answers.find(({ status }) => status === 429);
  assert.deepEqual([refused?.body.code, refused?.headers.get("Retry-After")], ["too-many-requests", "1"]);
  assert.equal((await app.post(HELLO, calm)).status, 202);
});

test("a user has the channels of this bridge, an owner all of them", async () => {
  const app = new DescribedApp();
  const [user, owner] = [app.bus.token("robot", "user"), app.bus.token("ada", "owner")];
  const channels = ["ci", "main.channel.http-ci", "main.channel.terminal-default"];
  const statuses = async (token: Readonly<Record<string, string>>) =>
    Promise.all(channels.map(async (channel) => (await app.post({ ...HELLO, channel }, token)).status));
  assert.deepEqual(await statuses(user), [202, 202, 403]);
  assert.deepEqual(await statuses(owner), [202, 202, 202]);
  const missing = await app.post({ ...HELLO, agent: "other" }, user);
  assert.deepEqual([missing.status, missing.body.code], [404, "no-agent"]);
  app.bus.agents.add("agent.other");
  const other = await app.post({ ...HELLO, agent: "other" }, user);
  assert.equal(other.body.address, "other.channel.http-ci");
  const { status, body } = await app.ask("/v1/channels/main.channel.terminal-default/events", { headers: user });
  assert.deepEqual([status, body.code], [403, "not-allowed"]);
});

test("an owner reads a state, now and as of then", async () => {
  const app = new DescribedApp();
  const [user, owner] = [app.bus.token("robot", "user"), app.bus.token("ada", "owner")];
  const asked: unknown[] = [];
  app.bus.ask = async (...question) => {
    asked.push(question);
    return { seq: 7, state: { heard: 1 } };
  };
  const address = "main.channel.http-ci";
  const { status, body } = await app.ask(`/v1/state/${address}`, { headers: owner });
  assert.deepEqual([status, body], [200, { address, seq: 7, state: { heard: 1 } }]);
  for (const at of ["3", "2026-11-21T12:00:00Z"]) await app.ask(`/v1/state/${address}?at=${at}`, { headers: owner });
  const time = Date.parse("2026-11-21T12:00:00Z");
  assert.deepEqual(asked, [
    [address, "state", undefined],
    [address, "state", { seq: 3 }],
    [address, "state", { time }],
  ]);
  const refused = await app.ask(`/v1/state/${address}`, { headers: user });
  assert.deepEqual([refused.status, refused.body.code], [403, "not-allowed"]);
});

test("a state that there is not says why", async () => {
  const app = new DescribedApp();
  const owner = app.bus.token("ada", "owner");
  const answer = async (path: string) => {
    const { status, body } = await app.ask(path, { headers: owner });
    return [status, body.code];
  };
  assert.deepEqual(await answer("/v1/state/main.channel.http-none"), [404, "no-log"]);
  assert.deepEqual(await answer("/v1/state/main.nobody.x"), [404, "no-log"]);
  assert.deepEqual(await answer("/v1/state/ci"), [400, "invalid-request"]);
  assert.deepEqual(await answer("/v1/state/main.channel.http-ci?at=yesterday"), [400, "invalid-request"]);
  app.bus.ask = () => Promise.reject(new Error("nobody answered"));
  assert.deepEqual(await answer("/v1/state/main.channel.http-ci"), [503, "actor-away"]);
});

test("what is no path or no method of it is a problem that says what there is", async () => {
  const app = new DescribedApp();
  const none = await app.ask("/v2/messages");
  assert.deepEqual([none.status, none.body.code], [404, "no-route"]);
  const wrong = await app.ask("/v1/messages", { method: "DELETE", headers: app.bus.token("robot", "user") });
  assert.deepEqual([wrong.status, wrong.body.code, wrong.headers.get("Allow")], [405, "wrong-method", "POST"]);
  const health = await app.ask("/healthz", { method: "POST" });
  assert.equal(health.headers.get("Allow"), "GET, HEAD");
});

test("the process says that it lives, and whether messages are answered, to everybody", async () => {
  const app = new DescribedApp();
  assert.deepEqual((await app.ask("/healthz")).body, { status: "ok" });
  assert.equal((await app.ask("/readyz")).status, 200);
  app.bus.isServed = false;
  const { status, body, headers } = await app.ask("/readyz");
  assert.deepEqual([status, body.code, headers.get("Retry-After")], [503, "not-ready", "1"]);
  assert.equal((await app.ask("/healthz")).status, 200);
  app.bridge.stop();
  assert.match(String((await app.ask("/readyz")).body.detail), /stopping/);
});

test("what nobody foresaw is told as our mistake, without what it was", async () => {
  const app = new DescribedApp();
  app.bus.ask = async () => ({ nonsense: "secret" });
  const { status, body } = await app.ask("/v1/state/main.channel.a", { headers: app.bus.token("ada", "owner") });
  assert.deepEqual([status, body.code], [500, "internal"]);
  assert.doesNotMatch(JSON.stringify(body), /secret/);
});
