import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address } from "#subjects/mod.ts";
import { eventually } from "#support/eventually.ts";
import { DescribedApp } from "./described-app.ts";

const CI: Address = "main.channel.http-ci";
const MESSAGE = { channel: "ci", text: "hello", wait: true } as const;
const CALL = [{ type: "tool-call", id: "c1", name: "look_back", input: { about: "x" } }] as const;

/** An app whose channels hear and do nothing else, and a message that waits there as seq 1. */
async function waitingApp() {
  const app = new DescribedApp({ waitMs: 5_000 });
  app.bus.react = () => undefined;
  const token = app.bus.token("robot", "user");
  const keyed = { ...token, "Idempotency-Key": "build-1" };
  const waiting = app.post(MESSAGE, keyed);
  await eventually(() => app.bus.logs.get(CI)?.length === 1);
  const told = { told: true } as const;
  return {
    ...{ app, token, keyed, waiting },
    say: (text: string, more: { readonly told?: boolean } = told) =>
      app.bus.store(CI, "said", { text, content: CALL, model: "fake", to: [1] }, more),
    end: (event: string, data: object, more: { readonly told?: boolean } = told) =>
      app.bus.store(CI, event, { ...data, answers: [1] }, more),
  };
}

test("a reply is all that was said in the turn, also when it is asked for again", async () => {
  const { app, keyed, waiting, say, end } = await waitingApp();
  say("I look.");
  app.bus.store(CI, "used", { call: "c1", text: "nothing" });
  end("said", { text: "Nothing.", model: "fake" });
  for (const answer of [await waiting, await app.post(MESSAGE, keyed)]) {
    assert.deepEqual([answer.status, answer.body.reply, answer.body.seq], [200, "I look.\n\nNothing.", 4]);
  }
});

test("a reply has what was said before whatever was missed, and the missed words too", async () => {
  const { waiting, say, end } = await waitingApp();
  say("One.");
  say("Two.", { told: false });
  say("Three.");
  end("said", { text: "Four.", model: "fake" });
  assert.equal((await waiting).body.reply, "One.\n\nTwo.\n\nThree.\n\nFour.");
});

test("a reply is whole when its end is told while the log is read for its beginning", async () => {
  const { app, keyed, waiting, say, end } = await waitingApp();
  say("One.");
  say("Two.", { told: false });
  const again = app.post(MESSAGE, keyed);
  app.bus.reconnect();
  end("said", { text: "Three.", model: "fake" });
  for (const { body } of await Promise.all([waiting, again])) assert.equal(body.reply, "One.\n\nTwo.\n\nThree.");
});

test("a turn that ends without a word is answered with what was said before, or with nothing", async () => {
  const spoken = await waitingApp();
  spoken.say("I look.");
  spoken.end("thought", { content: CALL, model: "fake" });
  assert.deepEqual([(await spoken.waiting).status, (await spoken.waiting).body.reply], [200, "I look."]);
  const silent = await waitingApp();
  silent.end("thought", { content: CALL, model: "fake" });
  assert.deepEqual([(await silent.waiting).status, (await silent.waiting).body.reply], [200, ""]);
});

test("a turn that comes to nothing says so with what was said in it", async () => {
  const failed = await waitingApp();
  failed.say("I look.");
  failed.end("failed", { reason: "no model answers" });
  const { status, body } = await failed.waiting;
  assert.deepEqual([status, body.code, body.reply], [502, "turn-failed", "I look."]);
});

test("whoever waits is told who stopped the turn, and whoever stopped it where that stands", async () => {
  const { app, token, waiting } = await waitingApp();
  const stop = await app.ask("/v1/channels/ci/stop", { method: "POST", headers: token });
  assert.deepEqual({ ...stop.body, id: "" }, { id: "", channel: "ci", address: CI, seq: 2 });
  const { status, body } = await waiting;
  assert.deepEqual([status, body.code, body.detail, body.seq], [409, "turn-stopped", "robot stopped this.", 2]);
  assert.deepEqual(app.bus.logs.get(CI)?.[1]?.data, { who: { party: "http", id: "robot" }, answers: [1] });
  assert.equal(app.bus.listeners(CI), 0);
});

test("where nothing goes on there is nothing to stop, and another's channel is not stopped", async () => {
  const app = new DescribedApp();
  const headers = app.bus.token("robot", "user");
  const stop = (name: string) => app.ask(`/v1/channels/${name}/stop`, { method: "POST", headers });
  const idle = await stop("ci");
  assert.deepEqual([idle.status, idle.body.code], [409, "nothing-to-stop"]);
  app.bus.stopCode = "not-today";
  assert.deepEqual((await stop("ci")).body.code, "refused");
  assert.deepEqual((await stop("main.channel.terminal-default")).body.code, "not-allowed");
});
