import assert from "node:assert/strict";
import { test } from "node:test";
import { Api, GrammyError, HttpError } from "grammy";
import { startedFake } from "#support/telegram/fake-bed.ts";
import type { FakeOptions } from "#support/telegram/fake-options.ts";

const ADA = 4711;
const BEN = 4712;
const GROUP = -1_001_234;

async function started(options?: FakeOptions) {
  const bed = await startedFake(options);
  for (const person of [ADA, BEN]) bed.fake.says(person, person, "hi");
  bed.fake.says(GROUP, ADA, "hi");
  return bed;
}

/** How a call went wrong: the number of the refusal, or that the network did. */
async function failure(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "none";
  } catch (thrown) {
    if (thrown instanceof GrammyError) return `${thrown.error_code} ${thrown.description}`;
    assert.ok(thrown instanceof HttpError, `${thrown}`);
    return "network";
  }
}

test("an answer is lost after the call has acted", async () => {
  await using bed = await started();
  bed.fake.fault({ type: "lose-answer", method: "sendMessage" });
  assert.equal(await failure(bed.api.sendMessage(ADA, "said")), "network");
  assert.equal(bed.fake.shown(ADA)[0]?.text, "said");
  assert.equal(bed.fake.calls.at(-1)?.outcome, "lost");
  assert.equal(await failure(bed.api.sendMessage(ADA, "again")), "none");
  bed.fake.fault({ type: "lose-answer" });
  assert.equal(await failure(bed.api.sendMessage(ADA, "")), "network");
  assert.deepEqual(bed.fake.violations, ["sendMessage: Bad Request: message text is empty"]);
});

test("a call that times out has acted or not, and is never answered", async () => {
  await using bed = await started();
  const impatient = new Api(bed.fake.token, { apiRoot: bed.fake.url, timeoutSeconds: 0.2 });
  bed.fake.fault({ type: "time-out", method: "sendMessage" });
  bed.fake.fault({ type: "time-out", method: "sendMessage", acts: true });
  assert.equal(await failure(impatient.sendMessage(ADA, "no")), "network");
  assert.equal(await failure(impatient.sendMessage(ADA, "yes")), "network");
  assert.deepEqual(
    bed.fake.shown(ADA).map(({ text }) => text),
    ["yes"],
  );
  assert.deepEqual(
    bed.fake.calls.map(({ outcome }) => outcome),
    ["hung", "hung"],
  );
});

test("faults answer as Telegram does, for the chat and the method that are meant, as often as is said", async () => {
  await using bed = await started();
  const { api, fake } = bed;
  fake.fault({ type: "429", retryAfter: 3, chat: ADA });
  fake.fault({ type: "502", method: ["sendMessage"], chat: BEN, times: 2 });
  assert.equal(await failure(api.sendMessage(ADA, "x")), "429 Too Many Requests: retry after 3");
  assert.equal(await failure(api.sendMessage(ADA, "x")), "none");
  assert.equal(await failure(api.sendMessage(BEN, "x")), "502 Bad Gateway");
  assert.equal(await failure(api.sendMessage(BEN, "x")), "502 Bad Gateway");
  assert.equal(await failure(api.sendMessage(BEN, "x")), "none");
  fake.fault({ type: "409", method: "getUpdates" });
  assert.match(await failure(api.getUpdates()), /^409 Conflict: terminated by other getUpdates request/);
  fake.fault({ type: "reset" });
  assert.equal(await failure(api.getMe()), "network");
  fake.fault({ type: "blocked", chat: BEN, after: 1 });
  assert.equal(await failure(api.sendMessage(BEN, "x")), "none");
  assert.equal(await failure(api.sendMessage(BEN, "x")), "403 Forbidden: bot was blocked by the user");
  fake.fault({
    type: "reject",
    description: "Bad Request: can't parse rich message",
    when: ({ text }) => text === "y",
  });
  assert.equal(await failure(api.sendMessage(ADA, "x")), "none");
  assert.equal(await failure(api.sendMessage(ADA, "y")), "400 Bad Request: can't parse rich message");
  assert.deepEqual(fake.violations, []);
  const outcomes = fake.calls.map(({ outcome }) => outcome).filter((outcome) => outcome !== "ok");
  assert.deepEqual(outcomes, ["flooded", "failed", "failed", "refused", "failed", "refused", "refused"]);
});

test("a fault with a chance strikes the same calls with the same seed, until it is over", async () => {
  const struck: string[] = [];
  for (const _ of [1, 2]) {
    await using bed = await started({ limits: "none", seed: 7 });
    const standing = bed.fake.fault({ type: "502", chance: 0.5 });
    const went: string[] = [];
    for (let call = 0; call < 12; call++) went.push(await failure(bed.api.getMe()));
    struck.push(went.join());
    assert.equal(standing.taken, went.filter((one) => one !== "none").length);
    assert.ok(standing.taken > 0 && standing.taken < 12);
    standing.stop();
    assert.equal(await failure(bed.api.getMe()), "none");
  }
  assert.equal(struck[0], struck[1]);
});

test("the download of a file can go wrong", async () => {
  await using bed = await started();
  const sent = bed.fake.sendsFile(ADA, ADA, { sort: "voice", bytes: new Uint8Array(9) });
  const { file_path } = await bed.api.getFile(sent.voice?.file_id ?? "");
  const url = `${bed.fake.url}/file/bot${bed.fake.token}/${file_path}`;
  bed.fake.fault({ type: "reset", method: "file" });
  await assert.rejects(fetch(url));
  assert.equal((await (await fetch(url)).arrayBuffer()).byteLength, 9);
});

test("a chat bears so many messages, edits among them, in a time; other chats and methods are free", async () => {
  await using bed = await started({ limits: { private: { most: 2, perMs: 1_500 } } });
  const { api, fake } = bed;
  const { message_id } = await api.sendMessage(ADA, "1");
  await api.editMessageText(ADA, message_id, "2");
  assert.equal(await failure(api.sendMessage(ADA, "3")), "429 Too Many Requests: retry after 2");
  assert.equal(await failure(api.sendMessage(BEN, "1")), "none");
  await api.sendChatAction(ADA, "typing");
  assert.deepEqual([...fake.floods], [[ADA, 1]]);
  assert.equal(fake.calls.find(({ outcome }) => outcome === "flooded")?.method, "sendMessage");
  assert.deepEqual(fake.violations, []);
});

test("groups, all chats together, and drafts have bounds of their own", async () => {
  const rate = (most: number) => ({ most, perMs: 60_000 });
  await using bed = await started({ limits: { group: rate(1), all: rate(3), draft: rate(1), private: rate(9) } });
  const { api } = bed;
  await api.sendMessage(GROUP, "1");
  assert.match(await failure(api.sendMessage(GROUP, "2")), /^429 .* retry after 60$/);
  await api.sendMessage(ADA, "2");
  await api.sendMessage(BEN, "3");
  assert.match(await failure(api.sendMessage(BEN, "4")), /^429/);
  const draft = { chat_id: ADA, draft_id: 1, text: "x" };
  await api.raw.sendMessageDraft(draft);
  assert.match(await failure(api.raw.sendMessageDraft(draft)), /^429/);
});

test("a window that has passed is free again, unless Telegram is merciless with calls that came too early", async () => {
  const limits = { private: { most: 1, perMs: 60 } };
  await using bed = await started({ limits });
  await bed.api.sendMessage(ADA, "1");
  assert.match(await failure(bed.api.sendMessage(ADA, "2")), /retry after 1$/);
  await bed.fake.until(async () => (await failure(bed.api.sendMessage(ADA, "3"))) === "none", "there is room again");
  await using hard = await started({ limits: { ...limits, merciless: true } });
  await hard.api.sendMessage(ADA, "1");
  assert.match(await failure(hard.api.sendMessage(ADA, "2")), /retry after 1$/);
  assert.match(await failure(hard.api.sendMessage(ADA, "3")), /retry after 2$/);
  assert.match(await failure(hard.api.sendMessage(ADA, "4")), /retry after 3$/);
});

test("a wait that is in vain says what it waited for and what it last saw", async () => {
  await using bed = await started();
  await bed.api.sendMessage(ADA, "something else");
  await assert.rejects(
    bed.fake.until((fake) => fake.shown(ADA).find(({ text }) => text === "hello"), "a greeting", 60),
    /not within 60 ms: a greeting; last seen: .*something else.*sendMessage: ok/s,
  );
  const soon = bed.fake.until((fake) => fake.shown(BEN).at(-1), "something for Ben");
  await bed.api.sendMessage(BEN, "there");
  assert.equal((await soon).text, "there");
});
