import assert from "node:assert/strict";
import { test } from "node:test";
import { composeAnswer } from "#models/answer.ts";
import type { Line, Window } from "#models/window.ts";

const ada = { party: "terminal", id: "ada" } as const;
const bob = { party: "terminal", id: "bob" } as const;
const NOTE = "I run offline: no language model is connected, so I answer only from what is said here.";

/** A conversation of one person in which each message was answered at once, and what is answered to each. */
const examples: readonly (readonly [name: string, turns: readonly (readonly [message: string, answer: string])[]])[] = [
  ["a statement is quoted", [["The sky is blue", "You said “The sky is blue”."]]],
  [
    "a statement made again is noticed",
    [
      ["ping", "You said “ping”."],
      ["ping", "You said “ping” again."],
    ],
  ],
  [
    "a question nobody answered here is not guessed at",
    [["Is it late?", "You asked “Is it late?”. That I cannot know offline."]],
  ],
  ["a greeting is greeted", [["Hello there!", "Hello! What is on your mind?"]]],
  ["thanks are welcome", [["Thank you so much!", "You are welcome."]]],
  [
    "the first message is remembered",
    [
      ["I like fish", "You said “I like fish”."],
      ["ok", "You said “ok”."],
      ["What did I say first?", "The first thing you said was “I like fish”."],
      ["what was my first message", "The first thing you said was “I like fish”."],
      ["What is the first thing I said here?", "The first thing you said was “I like fish”."],
    ],
  ],
  [
    "a first question about the first message says so",
    [["what did I say first?", "This is the first thing you have said here."]],
  ],
  [
    "the last message is remembered",
    [
      ["one", "You said “one”."],
      ["What did I say before?", "Before this you said “one”."],
      ["Please tell me what did I say last", "Before this you said “What did I say before?”."],
      ["what was the last thing I said?", "Before this you said “Please tell me what did I say last”."],
    ],
  ],
  ["nothing before is said plainly", [["what did I just say?", "You said nothing before this."]]],
  [
    "a name is remembered, the last one told counts",
    [
      ["Hi, my name is Ada Lovelace and I count.", "Nice to meet you, Ada Lovelace."],
      ["What is my name?", "Your name is Ada Lovelace."],
      ["My name is what?", "You asked “My name is what?”. That I cannot know offline."],
      ["Tell me what my name is", "Your name is Ada Lovelace."],
      ["Call me Countess", "Nice to meet you, Countess."],
      ["Do you remember my name?", "Your name is Countess."],
      ["I'm Grace Hopper, by the way", "Nice to meet you, Grace Hopper."],
      ["who am I?", "Your name is Countess."],
      ["hello", "Hello, Countess! What is on your mind?"],
    ],
  ],
  ["a small name is told with my name is", [["my name's grace.", "Nice to meet you, grace."]]],
  ["a state of mind is no name", [["I am tired", "You said “I am tired”."]]],
  [
    "a name not told is taken from where the message came from",
    [["what's my name?", "You have not told me your name, but the terminal knows you as “ada”."]],
  ],
  [
    "a fact is remembered, the last one told counts",
    [
      ["My favourite colour is teal", "I will remember that your favourite colour is “teal”."],
      ["remember that my favourite colour is blue.", "I will remember that your favourite colour is “blue”."],
      ["Can you tell me what is my favourite colour?", "You told me that your favourite colour is “blue”."],
      ["where is my hat?", "You have not told me about your “hat”."],
    ],
  ],
  [
    "messages are counted",
    [
      ["How many messages?", "I have heard one message here, this one included, and not answered yet."],
      ["how many messages so far?", "I have heard 2 messages here, this one included, and answered once."],
      ["how many messages have I sent?", "I have heard 3 messages here, this one included, and answered twice."],
    ],
  ],
  [
    "an answer is repeated without growing",
    [
      ["hm", "You said “hm”."],
      ["one", "You said “one”."],
      ["Repeat that", "I said: “You said “one”.”"],
      ["say that again, please", "I said: “You said “one”.”"],
      ["repeat after me: fish", "“fish”"],
    ],
  ],
  [
    "a recapitulation quotes the newest messages",
    [
      ...["a", "b", "c", "d", "e", "f"].map((letter) => [letter, `You said “${letter}”.`] as const),
      ["recap", "You said “b”, then “c”, then “d”, then “e”, then “f”, after one earlier message."],
    ],
  ],
  ["what it is", [["Are you a real person?", `I am Thalassa, an agent that lives in its log. ${NOTE}`]]],
];

for (const [name, turns] of examples) {
  test(`offline model: ${name}`, () => {
    const lines: Line[] = [];
    for (const [index, [message, answer]] of turns.entries()) {
      lines.push(user(lines.length + 1, message));
      const text = composeAnswer(windowOf(lines, { heard: index + 1, said: index }));
      assert.equal(text.replace(` ${NOTE}`, ""), answer.replace(` ${NOTE}`, ""));
      lines.push({ role: "agent", seq: lines.length + 1, text });
    }
  });
}

test("the first answer says that the model is offline, the second one does not", () => {
  assert.equal(composeAnswer(windowOf([user(1, "fish")])), `You said “fish”. ${NOTE}`);
  assert.equal(composeAnswer(windowOf([user(3, "fish")], { heard: 2, said: 1 })), "You said “fish”.");
});

test("help says what can be asked and that the model is offline, once", () => {
  const text = composeAnswer(windowOf([user(1, "/help")]));
  assert.match(text, /^I keep this conversation and answer from it\./);
  assert.equal(text.split(NOTE).length, 2);
});

test("several messages are answered in order, each with the ones before it in mind", () => {
  const lines = [
    user(1, "my name is Ada"),
    user(2, "what is my name?"),
    user(3, "repeat that"),
    user(4, "how many messages?"),
  ];
  const window: Window = { lines, answers: [1, 2, 3, 4], before: 0, heard: 4, said: 5 };
  assert.deepEqual(composeAnswer(window).split("\n"), [
    "Nice to meet you, Ada.",
    "Your name is Ada.",
    "I said: “Your name is Ada.”",
    "I have heard 4 messages here, this one included, and answered 5 times.",
  ]);
});

test("what has left the window is owned up to", () => {
  const lines = [user(90, "what is my name?")];
  const text = composeAnswer({ lines, answers: [90], before: 40, first: user(1, "hi"), heard: 21, said: 20 });
  assert.match(text, /\(40 earlier lines are outside what I can see\.\)$/);
});

test("the very first message is known also when it has left the window", () => {
  const lines = [user(90, "what did I say first?")];
  const text = composeAnswer({ lines, answers: [90], before: 40, first: user(1, "hi"), heard: 21, said: 20 });
  assert.equal(text, "The first thing you said was “hi”.");
});

test("people in one conversation are told apart", () => {
  const lines = [
    user(1, "my name is Ada"),
    user(2, "my name is Bob", bob),
    user(3, "what is my name?"),
    user(4, "what did I say first?", bob),
  ];
  const text = composeAnswer({ lines, answers: [3, 4], before: 0, heard: 4, said: 2 });
  assert.equal(text, "Your name is Ada.\nThe first thing you said was “my name is Bob”.");
});

test("a long message is quoted in part, with an ellipsis", () => {
  const text = composeAnswer(windowOf([user(3, "many words ".repeat(6_000))], { heard: 2, said: 1 }));
  assert.match(text, /^You said “(many words )+many( words)?…”\.$/);
  assert.ok(text.length < 230);
});

test("a message of nothing but space is answered too", () => {
  assert.equal(
    composeAnswer(windowOf([user(3, " \n ")], { heard: 2, said: 1 })),
    "There was nothing to read in your message.",
  );
});

function user(seq: number, text: string, who: Line["who"] = ada): Line {
  return { role: "user", seq, text, ...(who ? { who } : {}) };
}

function windowOf(lines: readonly Line[], counts = { heard: 1, said: 0 }): Window {
  return { lines, answers: lines.slice(-1).map((line) => line.seq), before: 0, ...counts };
}
