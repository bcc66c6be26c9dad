import assert from "node:assert/strict";
import { test } from "node:test";
import { BUILT_IN, builtInText, FRESH_MS, promptsFrom, systemOf, TEXT_NAMES } from "#actors/prompts/mod.ts";

test("an agent has its own text, else the shared one, else the built-in one", async () => {
  const { prompts, entries, wait } = textsIn({ "shared.SOUL": "all", "helper.SOUL": "own" });
  assert.deepEqual(await prompts.text("helper", "SOUL"), { name: "SOUL", level: "own", text: "own" });
  assert.deepEqual(await prompts.text("main", "SOUL"), { name: "SOUL", level: "shared", text: "all" });
  const { level, text } = await prompts.text("main", "USER");
  assert.deepEqual([level, text], ["built in", builtInText("USER")]);
  entries.delete("helper.SOUL");
  wait(FRESH_MS);
  assert.equal((await prompts.text("helper", "SOUL")).level, "shared");
});

test("an edit is in use after two seconds at the latest, and turns in between ask nobody", async () => {
  const { prompts, entries, asked, wait } = textsIn({ "main.SOUL": "old" });
  await Promise.all(Array.from({ length: 100 }, () => prompts.text("main", "SOUL")));
  assert.deepEqual(asked, ["main.SOUL", "shared.SOUL"]);
  entries.set("main.SOUL", "new");
  wait(FRESH_MS - 1);
  assert.equal((await prompts.text("main", "SOUL")).text, "old");
  wait(1);
  assert.equal((await prompts.text("main", "SOUL")).text, "new");
  assert.equal(asked.length, 4);
  assert.equal(FRESH_MS, 2_000);
});

test("a bus that is away is asked once, and all who wait get what it says in the end", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  let asked = 0;
  let nowMs = 0;
  const read = () => {
    asked++;
    return promise;
  };
  const prompts = promptsFrom(read, () => nowMs);
  const first = prompts.text("main", "SOUL");
  nowMs += 10 * FRESH_MS;
  const second = prompts.text("main", "SOUL");
  assert.equal(asked, 2, "once an entry");
  resolve("text");
  assert.deepEqual([(await first).text, (await second).text], ["text", "text"]);
  assert.equal((await prompts.text("main", "SOUL")).text, "text");
  assert.equal(asked, 2);
});

test("what could not be read is asked for again by the next one", async () => {
  let isAway = true;
  const prompts = promptsFrom(
    async () => {
      if (isAway) throw new Error("away");
      return "text";
    },
    () => 0,
  );
  await assert.rejects(prompts.text("main", "SOUL"), /away/);
  isAway = false;
  assert.equal((await prompts.text("main", "SOUL")).text, "text");
});

test("a prompt begins with who the agent is and ends with what its kind asks of it", async () => {
  assert.deepEqual(TEXT_NAMES, ["SOUL", "IDENTITY", "USER", "channel", "branch", "worker"]);
  const system = await systemOf(BUILT_IN, "main", "channel");
  assert.deepEqual(
    system.map(({ name }) => name),
    ["SOUL", "IDENTITY", "USER", "channel"],
  );
  for (const { name, level, text } of system) {
    assert.equal(level, "built in");
    assert.ok(text.length > 100 && text.length < 2_000 && text === text.trim(), name);
  }
  assert.deepEqual(await systemOf(BUILT_IN, "main", "channel"), system);
});

test("a text that nobody knows is refused with those there are", () => {
  assert.throws(() => builtInText("MOOD"), /there is no text MOOD; use one of SOUL, IDENTITY, USER, channel/);
});

function textsIn(texts: Readonly<Record<string, string>>) {
  const entries = new Map(Object.entries(texts));
  const asked: string[] = [];
  let nowMs = 0;
  const read = async (key: string) => {
    asked.push(key);
    return entries.get(key);
  };
  const wait = (ms: number): void => {
    nowMs += ms;
  };
  return { prompts: promptsFrom(read, () => nowMs), entries, asked, wait };
}
