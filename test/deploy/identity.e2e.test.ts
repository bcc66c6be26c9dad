import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { eventually } from "#support/eventually.ts";
import { Installation } from "./installation.ts";

test("an edit is in the prompt of the next answer, also of a process that was killed in between", async () => {
  await using here = await Installation.create();
  const up = await here.up();
  let asked = 0;
  const ask = async () => {
    asked++;
    return (await here.run(["send", "default", "who are you?", "--wait"])).out;
  };
  assert.match(await ask(), /^I am Thalassa,/);
  const edited = await here.run(["identity", "edit", "IDENTITY"], "", { EDITOR: "sed -i -e s/Thalassa/Nereid/" });
  assert.equal(edited.out, "IDENTITY of agent main is set; it is in use within 2 s at the latest\n");
  await eventually(ask, (answer) => answer.startsWith("I am Nereid,"));
  process.kill(up.pidOf("channel"), "SIGKILL");
  await up.saw(({ event, name, again }) => event === "ready" && name === "channel" && again === true);
  assert.match(await ask(), /^I am Nereid,/);
  const { out } = await here.run(["prompt", "default", "--json"]);
  const { address, system, messages } = JSON.parse(out);
  assert.deepEqual([address, messages], ["main.channel.terminal-default", asked * 2]);
  assert.deepEqual(
    system.map(({ name, level }: { readonly name: string; readonly level: string }) => `${name} ${level}`),
    ["SOUL built in", "IDENTITY own", "USER built in", "channel built in"],
  );
  assert.match((await here.run(["prompt", "default"])).out, /── IDENTITY, own, about \d+ tokens\n# Nereid\n/);
});

test("texts are shown with their level, set from a file, and reset", async () => {
  await using here = await Installation.create();
  await here.up();
  const file = join(here.root, "soul.md");
  await writeFile(file, "You are brief.\n\n");
  assert.equal((await here.run(["identity", "set", "soul.md", "--file", file, "--shared"])).code, 0);
  assert.deepEqual(await here.run(["identity", "show", "SOUL"]), {
    code: 0,
    out: "You are brief.\n",
    err: "SOUL of agent main: shared\n",
  });
  await here.run(["identity", "set", "SOUL", "--file", "-"], "You are long.");
  assert.match((await here.run(["identity"])).out, /^SOUL +own +13 +You are long\.$/m);
  const reset = await here.run(["identity", "reset", "SOUL", "--json"]);
  assert.deepEqual(JSON.parse(reset.out), { name: "SOUL", of: "main", changed: true, level: "shared" });
  const failed = await here.run(["identity", "edit", "SOUL", "--json"], "", { EDITOR: "exit 3;" });
  assert.equal(JSON.parse(failed.err).error.code, "editor-failed");
  const empty = await here.run(["identity", "edit", "SOUL"], "", { EDITOR: "cat /dev/null >" });
  assert.match(empty.err, /the text is empty; nothing was changed/);
  const long = await here.run(["identity", "edit", "SOUL"], "", { EDITOR: "yes words | head -c 70000 >" });
  const path = /what you wrote is kept in (\S+)/.exec(long.err)?.[1] ?? "";
  assert.equal((await readFile(path, "utf8")).length, 70_000);
  await rm(dirname(path), { recursive: true });
  for (const wrong of [
    ["show", "MOOD"],
    ["show", "--agent", "main", "--shared"],
    ["set", "SOUL", "--file", "/none"],
  ]) {
    const { code, err } = await here.run(["identity", ...wrong, "--json"]);
    assert.deepEqual([code, JSON.parse(err).error.code], [2, "bad-use"], wrong.join(" "));
  }
});

test("agents are made, talked to, bound and deleted, and nobody talks to one that is not there", async () => {
  await using here = await Installation.create();
  await here.up();
  const nobody = await here.run(["send", "work", "hello", "--agent", "helper", "--json"]);
  const { code, message } = JSON.parse(nobody.err).error;
  assert.deepEqual([nobody.code, code, message], [2, "agent-missing", "there is no agent helper; there is main"]);
  for (const args of [
    ["chat", "--agent", "helper"],
    ["chat", "--channel", "helper.channel.terminal-work"],
  ]) {
    assert.match((await here.run(args, "hello\n")).err, /there is no agent helper; there is main/);
  }
  assert.equal((await here.run(["agents", "create", "helper", "--about", "Helps."])).code, 0);
  await here.run(["agents", "bind", "terminal-garden*", "helper"]);
  assert.match((await here.run(["send", "garden", "who are you?", "--wait"])).out, /^I am Helper,/);
  assert.match((await here.run(["chat", "--channel", "garden-2"], "who are you?\n")).out, /^I am Helper,/);
  assert.match(
    (await here.run(["send", "garden", "who are you?", "--wait", "--agent", "main"])).out,
    /^I am Thalassa,/,
  );
  assert.match((await here.run(["log", "garden"])).out, /I am Helper,/);
  assert.match((await here.run(["agents"])).out, /^helper +\d{4}-\d\d-\d\d +IDENTITY +terminal-garden\* +Helps\.$/m);
  assert.equal((await here.run(["agents", "delete", "helper"])).code, 2, "nobody confirms it");
  assert.equal((await here.run(["agents", "delete", "main", "--yes"])).code, 2);
  assert.equal((await here.run(["agents", "delete", "helper", "--yes"])).code, 0);
  assert.match((await here.run(["log", "helper.channel.terminal-garden"])).out, /I am Helper,/);
  assert.match((await here.run(["send", "garden", "who are you?", "--wait"])).out, /^I am Thalassa,/);
});
