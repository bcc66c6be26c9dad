import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMANDS, menuFor } from "#bridges/telegram/commands.ts";
import { OWNER } from "#support/telegram/bridge-bed.ts";
import { asks, saw, sceneOf } from "#support/telegram/scene.ts";

const scene = sceneOf();

/** What each command is answered with where nothing goes on, given by an owner. */
const ANSWERS: Readonly<Record<string, string | RegExp>> = {
  start: /^Hello\. Say what you want;[\s\S]*\/panic/,
  help: /Commands[\s\S]*\/status – What goes on here just now[\s\S]*\/run line – /,
  new: "A fresh start",
  reset: "A fresh start",
  stop: "Nothing waits for an answer here just now.",
  status: /Conversation: main\.channel\.telegram-\d+\s+Nothing waits for an answer\./,
  task: "Say what is to be done: /task",
  new_task: "Say what is to be done: /task",
  jobs: "No jobs. /task begins one.",
  abort: "There is no job here that this could mean",
  cancel: "There is no job here that this could mean",
  retry: "There is no job here that this could mean",
  model: /^Answers here come from: /,
  usage: /^Spent today \(\d{4}-\d\d-\d\d, UTC\):[\s\S]*here: 0 tokens/,
  agents: "main (talks here)",
  run: "Say what is to be done: /run ls -la",
  approve: "There is no job here that this could mean",
  deny: "There is no job here that this could mean",
  panic: "Say /panic on or /panic off.",
};

test("every command is answered where it is given", async () => {
  const { fake } = scene;
  const said = Object.entries(ANSWERS);
  await Promise.all(
    said.map(async ([name, words], at) => {
      const { edits } = await asks(fake, 100_100 + at, name === "panic" ? "/panic perhaps" : `/${name}`, words);
      assert.equal(edits, 1, `/${name} is placed once and given its words`);
    }),
  );
  assert.deepEqual(
    COMMANDS.map(({ name }) => name).filter((name) => !(name in ANSWERS)),
    [],
  );
});

test("menus list what their readers may do, and nothing else", async () => {
  const { fake } = scene;
  const everybody = await fake.until(() => fake.commands.get("default"), "a menu for everybody");
  const own = await fake.until(() => fake.commands.get(`chat/${OWNER}`), "a menu for the owner");
  assert.deepEqual(everybody, menuFor("user"));
  assert.deepEqual(own, menuFor("owner"));
  const names = (menu: typeof own) => menu.map(({ command }) => command);
  assert.deepEqual(
    names(own),
    COMMANDS.map(({ name }) => name),
  );
  assert.deepEqual(
    names(own).filter((name) => !names(everybody).includes(name)),
    ["run", "approve", "deny", "panic"],
  );
});

test("a command that there is not is said to be none, and one in capitals is the same as one in small letters", async () => {
  const { fake } = scene;
  await asks(fake, 1_030, "/dance all night", "There is no command /dance; /help lists those there are.");
  await asks(fake, 1_031, "/STATUS", "Nothing waits for an answer.");
});

test("after /new the conversation knows nothing of before", async () => {
  const { fake } = scene;
  await asks(fake, 1_040, "my colour is teal", "your colour is “teal”");
  await asks(fake, 1_040, "/new", "A fresh start");
  const answer = await asks(fake, 1_040, "what is my colour?", /colour/i);
  assert.doesNotMatch(answer.text, /teal/);
  await asks(fake, 1_040, "/status", "Conversation: main.channel.telegram-1040-n2");
});

test("in a group a command is answered as a reply, and /reset begins afresh", async () => {
  const { fake } = scene;
  fake.group({ id: -1_050, title: "Crew" });
  const given = fake.says(-1_050, 1_050, "/reset");
  const fresh = await saw(fake, -1_050, "A fresh start");
  assert.equal(fresh.reply_to, given.message_id);
  fake.says(-1_050, 1_050, "/status");
  await saw(fake, -1_050, "Conversation: main.channel.telegram--1050-n2");
});

test("in a group a command that is not ours is somebody else's, and so is one that names another bot", async () => {
  const { fake } = scene;
  fake.says(-1_055, 1_055, "/dance all night");
  fake.says(-1_055, 1_055, "/status@another_bot");
  const ours = fake.says(-1_055, 1_055, "/agents@our_bot");
  const answer = await saw(fake, -1_055, "main (talks here)");
  assert.equal(answer.reply_to, ours.message_id);
  assert.equal(fake.shown(-1_055).length, 1);
});

test("panic says what it did, on and off", async () => {
  const { fake } = scene;
  await asks(fake, 1_060, "/panic on too much goes on", /^All jobs are .*until \/panic off\./);
  await asks(fake, 1_060, "/panic off", /^Jobs (?:may )?go on\./);
});

test("people who were let in are told in /help what they may, and guests nothing but how to ask", async () => {
  const { fake } = scene;
  const help = await asks(fake, 2_070, "/help", "Commands");
  assert.doesNotMatch(help.text, /\/run|\/panic/);
  await asks(fake, 9_070, "/help", "I talk only with people whom my owner has let in.");
});
