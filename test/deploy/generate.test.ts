import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { generate } from "#deploy/generate.ts";
import { jsonShape } from "#deploy/json-shape.ts";
import { subjectsDoc } from "#deploy/subjects-doc.ts";
import { channelContract } from "#subjects/channel.ts";
import { CLIENTS } from "#subjects/kinds.ts";
import { auditorContract, TEST_KINDS } from "#support/contracts.ts";

test("the generated files of the repository are what their sources say", async () => {
  assert.deepEqual(await generate(process.cwd(), false), []);
});

test("a generated file is checked without being touched, and written when told so", async () => {
  const root = await mkdtemp(join(tmpdir(), "thalassa-generate-"));
  try {
    const files = [{ path: "docs/a.md", render: (current: string) => `${current.split("|")[0]}|new` }];
    assert.deepEqual(await generate(root, false, files), ["docs/a.md"]);
    assert.deepEqual(await generate(root, true, files), ["docs/a.md"]);
    await writeFile(join(root, "docs/a.md"), "kept|old");
    assert.deepEqual(await generate(root, false, files), ["docs/a.md"]);
    assert.equal(await readFile(join(root, "docs/a.md"), "utf8"), "kept|old");
    await generate(root, true, files);
    assert.equal(await readFile(join(root, "docs/a.md"), "utf8"), "kept|new");
    assert.deepEqual(await generate(root, true, files), []);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

test("a body is shown as a person would write it down", () => {
  assert.equal(jsonShape(channelContract.events.stopped.pick({ answers: true })), "{ answers: [integer, …] }");
  assert.match(jsonShape(channelContract.mail.hear), /who: \{ party: "telegram" \| "terminal" .* name\?: string/);
});

test("the page of subjects has every kind, client and user", () => {
  const page = subjectsDoc(TEST_KINDS, CLIENTS);
  for (const { kind } of TEST_KINDS) {
    assert.match(page, new RegExp(`^### ${kind}$`, "m"));
    assert.ok(page.includes(`\`MAIL_${kind.toUpperCase()}\``), kind);
  }
  for (const { client, account } of CLIENTS) assert.ok(page.includes(`### ${client} (${account})`), client);
  assert.match(subjectsDoc([auditorContract], []), /Reads nothing\. Reads the past of `ledger`\./);
  for (const line of page.split("\n").filter((text) => text.startsWith("| ")))
    assert.doesNotMatch(line, /undefined|\[object/);
});
