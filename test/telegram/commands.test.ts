import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { COMMANDS, helpText, menuFor } from "#bridges/telegram/commands.ts";

test("commands are what Telegram takes as a menu", () => {
  const names = COMMANDS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, about } of COMMANDS) {
    assert.match(name, /^[a-z0-9_]{1,32}$/);
    assert.ok(about.length >= 3 && about.length <= 60, about);
  }
});

test("a menu has what its reader may do", () => {
  const namesFor = (role: "owner" | "user" | "guest") => menuFor(role).map(({ command }) => command);
  assert.deepEqual(namesFor("guest"), ["start", "help"]);
  assert.deepEqual(
    namesFor("owner").filter((name) => !namesFor("user").includes(name)),
    ["run", "approve", "deny", "panic"],
  );
  assert.equal(namesFor("owner").length, COMMANDS.length);
});

test("the help of a role names its commands and no others", () => {
  for (const role of ["owner", "user"] as const) {
    const named = [...helpText(role).matchAll(/^- \/(\w+)/gm)].map(([, name]) => name);
    assert.deepEqual(
      named,
      menuFor(role).map(({ command }) => command),
    );
  }
  assert.match(helpText("guest"), /\/start/);
});

test("the page about Telegram has every command", async () => {
  const page = await readFile("docs/telegram.md", "utf8");
  for (const { name } of COMMANDS) assert.ok(page.includes(`/${name}`), `/${name} is not in docs/telegram.md`);
});
