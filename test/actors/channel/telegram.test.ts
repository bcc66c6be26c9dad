import assert from "node:assert/strict";
import { test } from "node:test";
import { channel as kind } from "#actors/channel/kind.ts";
import type { ChannelEvent } from "#subjects/channel.ts";
import { telegramContract } from "#subjects/telegram.ts";
import { FIRST_AT, failure, mail, outcome, specOf } from "#support/spec.ts";

const channel = specOf(kind);
const ada = { party: "telegram", id: "4711", role: "owner" } as const;
const CHAT = "main.telegram.4711-t9";
const HERE = "main.channel.telegram-4711-t9-n2";

const heard = (text: string, ref?: string): ChannelEvent => ({
  type: "heard",
  data: { text, who: ada, ...(ref === undefined ? {} : { ref }) },
});
const answer = (...content: object[]) => ({ content, model: "m", stop: "end" }) as never;
const words = (text: string) => ({ type: "text", text });
const call = (name: string, input: object) => ({ type: "tool-call", id: "c1", name, input });

function told(event: ChannelEvent, address: typeof HERE | "main.channel.terminal-default" = HERE): unknown {
  const { telegram } = kind.sends(event, { address, id: "e9", at: FIRST_AT });
  if (telegram === undefined) return undefined;
  assert.ok(telegram.type === "mail" && telegram.verb === "tell");
  assert.equal(telegram.to, CHAT);
  assert.deepEqual(telegramContract.mail.tell.parse(telegram.data), telegram.data);
  return telegram.data;
}

test("an answer names the messages that it is about, as their bridge calls them", () => {
  channel
    .given(heard("one", "17"), heard("two", "18"), heard("three"))
    .when(outcome("think-1", answer(words("1"))))
    .decides({ type: "said", data: { text: "1", answers: [1], re: ["17"], model: "m" } })
    .after.when(outcome("think-2", answer(words("2 and 3"))))
    .decides({ type: "said", data: { text: "2 and 3", answers: [2, 3], re: ["18"], model: "m" } });
  channel
    .given(heard("one"))
    .when(outcome("think-1", answer(words("1"))))
    .decides({ type: "said", data: { text: "1", answers: [1], model: "m" } });
});

test("words in the middle of a turn name them too, and a thought that ends it", () => {
  const spoken = channel
    .given(heard("one", "17"))
    .when(outcome("think-1", answer(call("reply", { text: "A moment.", more: true }))));
  const said = spoken.after.state.turn?.lines.at(-1);
  assert.equal(said?.text, "A moment.");
  spoken.after
    .when(outcome("think-1-2", answer()))
    .decides({ type: "thought", data: { content: [], model: "m", answers: [1], re: ["17"] } });
  const event = kind.decide(
    channel.given(heard("one", "17")).state,
    outcome("think-1", answer(call("reply", { text: "A moment.", more: true }))) as never,
  );
  assert.ok(event?.type === "said");
  assert.deepEqual([event.data.to, event.data.re, event.data.answers], [[1], ["17"], undefined]);
});

test("a turn that fails or is stopped names all that it closes", () => {
  channel
    .given(heard("one", "17"))
    .when(failure("think-1", "threw", "nobody was there"))
    .decides({
      type: "failed",
      data: { reason: "I could not answer: nobody was there. Please say it again.", answers: [1], re: ["17"] },
    });
  channel
    .given(heard("one", "17"), heard("two", "18"))
    .when(mail({ verb: "stop" as const, data: { who: ada } }))
    .decides({ type: "stopped", data: { who: ada, answers: [1, 2], re: ["17", "18"] } });
});

test("a chat is told what its conversation says, and what that closes", () => {
  const re = ["17"];
  assert.deepEqual(told({ type: "said", data: { text: "Yes.", answers: [1], re, model: "m" } }), {
    type: "said",
    text: "Yes.",
    re,
    closes: true,
    model: "m",
  });
  assert.deepEqual(told({ type: "said", data: { text: "Wait.", to: [1], re, model: "m" } }), {
    type: "said",
    text: "Wait.",
    re,
    closes: false,
    model: "m",
  });
  const thought = { content: [], model: "m" };
  assert.deepEqual(told({ type: "thought", data: { ...thought, answers: [1], re } }), {
    type: "ended",
    text: "",
    re,
    closes: true,
  });
  assert.equal(told({ type: "thought", data: thought }), undefined);
  assert.deepEqual(told({ type: "failed", data: { reason: "No.", answers: [1] } }), {
    type: "failed",
    text: "No.",
    closes: true,
  });
  assert.deepEqual(told({ type: "stopped", data: { who: ada, answers: [1], re } }), {
    type: "stopped",
    text: "",
    re,
    closes: true,
  });
  assert.deepEqual(told({ type: "warned", data: { text: "Spent." } }), {
    type: "warned",
    text: "Spent.",
    closes: false,
  });
  assert.equal(told(heard("hello", "17")), undefined);
});

test("a conversation that is had elsewhere tells no chat", () => {
  const event: ChannelEvent = { type: "said", data: { text: "Yes.", answers: [1], model: "m" } };
  assert.equal(told(event, "main.channel.terminal-default"), undefined);
});

test("files that came with a message are heard with it", () => {
  const data = {
    text: "look",
    who: ada,
    files: [{ artifact: "main.telegram.4711-t9/17-0", name: "cat.jpg", type: "image/jpeg", bytes: 48_123 }],
    ref: "17",
  };
  channel
    .given()
    .when(mail({ verb: "hear" as const, data }))
    .decides({ type: "heard", data })
    .after.runs("think-1");
});

test("one person is one person, whatever they are to the agent by now", () => {
  const promoted: ChannelEvent = { type: "heard", data: { text: "a job", who: { ...ada, role: "user" } } };
  const { after } = channel
    .given(heard("hi"), promoted)
    .when(outcome("think-1", answer(words("hello"))))
    .after.when(outcome("think-2", answer(words("Begun."), call("spawn_worker", { task: "x" }))));
  assert.equal(after.state.work.length, 1);
});
