import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { readSeed } from "#deploy/keys.ts";
import { Client } from "#runtime/mod.ts";
import { spawnKind } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import { startServer } from "#support/server.ts";

const PAGE = readFileSync("docs/new-actor.md", "utf8");

test("the walk-through of docs/new-actor.md makes a counter that adds, waits, checks and answers", async () => {
  using project = writtenProject();
  const { counterContract } = await import(pathToFileURL(join(project.root, "subjects/counter.ts")).href);
  const { KINDS } = await import(pathToFileURL(join(project.root, "subjects/kinds.ts")).href);
  assert.equal(KINDS.at(-1), counterContract);

  await using server = await startServer({ kinds: KINDS });
  await using _process = spawnKind("counter", server, {}, join(project.root, "actors/counter/main.ts"));
  const seed = readSeed(server.keysDir, "operator");
  await using client = await Client.connect({ url: server.url, user: "operator", seed, name: "reader" });
  await client.send("main.counter.cups", "add", { by: 3 }, { key: "first" });
  await client.send("main.counter.cups", "add", { by: 3 }, { key: "first" });
  await client.send("main.counter.cups", "add", { by: 4 });

  const events = await eventually(
    async () => (await client.history("main.counter.cups")).map((record) => record.event),
    (seen) => seen.filter((event) => event === "checked").length >= 1 && seen.at(-1) === "checked",
  );
  assert.equal(events.filter((event) => event === "added").length, 2);
  assert.equal(await client.ask("main.counter.cups", "total"), 7);
});

/** The project with the page's files written into it. */
function writtenProject(): { readonly root: string } & Disposable {
  mkdirSync(".tmp", { recursive: true });
  const root = mkdtempSync(join(process.cwd(), ".tmp", "new-actor-"));
  for (const part of ["package.json", "subjects", "actors/runtime"])
    cpSync(part, join(root, part), { recursive: true });
  symlinkSync(join(process.cwd(), "node_modules"), join(root, "node_modules"), "dir");
  for (const [, path = "", text = ""] of PAGE.matchAll(/^```ts (\S+)\n(.*?)^```$/gms)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, path === "subjects/kinds.ts" ? listed(readFileSync(file, "utf8"), text) : text);
  }
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}

function listed(kinds: string, line: string): string {
  const replaced = kinds.replace(/^export const KINDS[^;]*;$/m, line.trim());
  assert.notEqual(replaced, kinds);
  return `import { counterContract } from "./counter.ts";\n${replaced}`;
}
