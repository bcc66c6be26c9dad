import assert from "node:assert/strict";
import { test } from "node:test";
import { Caller } from "#bridges/telegram/api/caller.ts";
import { Pace } from "#bridges/telegram/api/pace.ts";
import { FakeTelegram } from "#support/telegram/fake-api.ts";
import { apiOf } from "#support/telegram/fake-bed.ts";

const ADA = 4711;

/** As a process does nothing that was stopped. Units: ms. */
function sleepDeeply(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test("a process that was stopped changes nothing that somebody else has taken over meanwhile", async () => {
  await using fake = await FakeTelegram.start();
  fake.says(ADA, ADA, "hello");
  const caller = new Caller(apiOf(fake), new Pace());
  const ours = new AbortController();
  const of = { place: { chat: ADA, kind: "private" }, calls: [], signal: ours.signal } as const;
  const { message_id } = await caller.sends(of, (api) => api.sendMessage({ chat_id: ADA, text: "…" }));
  sleepDeeply(1_500);
  const late = caller.changes(of, (api) => api.editMessageText({ chat_id: ADA, message_id, text: "half of it" }));
  // Whoever took over says so a moment after the process has gone on.
  setTimeout(() => ours.abort(new Error("somebody else's")), 200);
  await assert.rejects(late, /somebody else's/);
  assert.equal(fake.shown(ADA)[0]?.text, "…");
});

test("a process that was stopped goes on with what is still its own", async () => {
  await using fake = await FakeTelegram.start();
  fake.says(ADA, ADA, "hello");
  const caller = new Caller(apiOf(fake), new Pace());
  const of = { place: { chat: ADA, kind: "private" }, calls: [], signal: new AbortController().signal } as const;
  sleepDeeply(1_500);
  await caller.sends(of, (api) => api.sendMessage({ chat_id: ADA, text: "Hello." }));
  assert.equal(fake.shown(ADA)[0]?.text, "Hello.");
});
