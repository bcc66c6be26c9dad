import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Stored } from "#chaos/stored.ts";
import { type FakeBed, startedFake } from "#support/telegram/fake-bed.ts";
import { channelOf, type Room, type Written } from "./crowd.ts";
import { checkShown, type RoomCheck } from "./shown-checks.ts";

const GROUP: Room = { chat: -5, isTopic: false };

let bed: FakeBed;
let written: Written[];
let log: Stored[];

beforeEach(async () => {
  bed = await startedFake();
  written = [];
  log = [];
});

afterEach(() => bed[Symbol.asyncDispose]());

/** Somebody writes, and the conversation says something to it; gives the number of what was written. */
function asks(text: string): number {
  const { message_id: message } = bed.fake.says(GROUP.chat, 7, text);
  written.push({ room: GROUP, message, text, at: Date.now() });
  const data = { text: `You said ${text}.`, re: [`${message}`], answers: [1] };
  log.push({ address: channelOf(GROUP), event: "said", data } as unknown as Stored);
  return message;
}

async function places(to: number): Promise<number> {
  const sent = await bed.api.sendMessage(GROUP.chat, "…", { reply_parameters: { message_id: to } });
  return sent.message_id;
}

async function shows(text: string, to: number): Promise<void> {
  const message_id = await places(to);
  await bed.api.raw.editMessageText({ chat_id: GROUP.chat, message_id, rich_message: { markdown: text } });
}

function check(): RoomCheck {
  return checkShown(bed.fake, log, written, [GROUP], []);
}

function found(): string {
  return check()
    .violations.map(({ what }) => what)
    .join("\n");
}

test("what is shown as it was said is right, and took a while", async () => {
  const [one, two] = [asks("one"), asks("two")];
  await shows("You said one.", one);
  await shows("You said two.", two);
  const { violations, left, latencies } = check();
  assert.deepEqual([violations, left, latencies.length], [[], [], 2]);
});

test("what is shown twice or not at all is found", async () => {
  const one = asks("one");
  asks("two");
  await shows("You said one.", one);
  assert.match(found(), /2 answers, 1 shown \(1 missing, 0 more than once\)/);
  await shows("You said one.", one);
  assert.match(found(), /2 answers, 2 shown \(1 missing, 1 more than once\)/);
});

test("what is shown in another order is found", async () => {
  const [one, two] = [asks("one"), asks("two")];
  await shows("You said two.", two);
  await shows("You said one.", one);
  assert.match(found(), /\(0 missing, 0 more than once\); the 1th is "You said two\."/);
});

test("an empty message is right only where its cause is known", async () => {
  const one = asks("one");
  bed.fake.fault({ type: "lose-answer", method: "sendMessage" });
  await assert.rejects(places(one));
  await shows("You said one.", one);
  assert.deepEqual(check().left, [{ chat: GROUP.chat, why: "answer lost" }]);
  assert.equal(found(), "");
  await places(one);
  assert.match(found(), /is empty, and nothing tells why/);
});

test("an answer to another message than its own is found", async () => {
  const [one, two] = [asks("one"), asks("two")];
  await shows("You said one.", two);
  await shows("You said two.", one);
  assert.match(found(), new RegExp(`answers ${two} instead of ${one}`));
});
