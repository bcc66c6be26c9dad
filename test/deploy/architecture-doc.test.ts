import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { architectureDoc } from "#deploy/architecture-doc.ts";
import { LAYERS, layerOf } from "#deploy/layers.ts";
import { CLIENTS, KINDS } from "#subjects/kinds.ts";
import { allRights } from "#subjects/permissions.ts";
import { BUCKETS, kindStreams, SHARED_STREAMS } from "#subjects/streams.ts";
import { TEST_KINDS } from "#support/contracts.ts";

const NAMES = ["accounts", "life", "streams", "reach", "layers"];
const plan = { kinds: KINDS, clients: CLIENTS, layers: LAYERS };
const page = (names: readonly string[]): string =>
  names.map((name) => `Words.\n\n<!-- drawn: ${name} -->\nold\n<!-- end -->\n`).join("\n");

test("drawings are made anew between their marks, and the words stay", () => {
  const drawn = architectureDoc(page(NAMES), plan);
  assert.equal(drawn.match(/^Words\.$/gm)?.length, NAMES.length);
  assert.doesNotMatch(drawn, /^old$/m);
  assert.equal(architectureDoc(drawn, plan), drawn);
});

test("a page that lacks a drawing, or has one that nobody makes, is refused", () => {
  assert.throws(() => architectureDoc(page(NAMES.slice(1)), plan), /lacks the drawing accounts/);
  assert.throws(() => architectureDoc(page([...NAMES, "clouds"]), plan), /the drawing clouds/);
  assert.throws(() => architectureDoc(page([...NAMES, "life"]), plan), /the drawing life once too often/);
});

test("the drawings have every user, and everything that keeps messages, of whatever kinds there are", () => {
  const drawn = architectureDoc(page(NAMES), { ...plan, kinds: TEST_KINDS });
  for (const { user } of allRights(TEST_KINDS, CLIENTS)) assert.ok(drawn.includes(`(["${user}`), user);
  const stores = [...TEST_KINDS.flatMap(kindStreams), ...SHARED_STREAMS].map(({ name }) => name);
  for (const name of [...stores, ...BUCKETS.map((bucket) => `KV ${bucket.name}`)]) {
    assert.ok(drawn.includes(`| \`${name}\` |`), name);
  }
});

test("the table says what the rights say: the tap writes nowhere, a kind writes its log and pulls its mail", () => {
  const rows = architectureDoc(page(NAMES), plan)
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.split(" | ").map((cell) => cell.replaceAll(/^\| |\s*\|$/g, "")));
  const head = rows.find(([first]) => first === "kept in") ?? [];
  const can = (user: string, store: string): string | undefined =>
    rows.find(([first]) => first === `\`${store}\``)?.[head.indexOf(`\`${user}\``)];
  assert.equal(can("channel", "LOG_CHANNEL"), "writes, reads");
  assert.equal(can("channel", "MAIL_CHANNEL"), "pulls");
  assert.equal(can("terminal", "MAIL_CHANNEL"), "writes");
  assert.equal(can("http", "KV SECRETS"), "reads");
  assert.ok(rows.every((row) => row[head.indexOf("`tap`")] !== "writes"));
});

test("every line of a drawing is one that the drawer knows", () => {
  const drawn = readFileSync("docs/architecture.md", "utf8").matchAll(/```mermaid\nflowchart \w\w\n([\s\S]*?)```/g);
  const known =
    /^\s*(?:subgraph \w+\["[^"]+"\]|end|\w+(?:\["|\[\("|\(\[")[^"]+(?:"\]|"\)\]|"\]\))|\w+ (?:-->|-\.->|==>)(?:\|"[^"]+"\|)? \w+)$/;
  const lines = [...drawn].flatMap(([, body = ""]) => body.trimEnd().split("\n"));
  assert.ok(lines.length > 30);
  assert.deepEqual(
    lines.filter((line) => !known.test(line)),
    [],
  );
});

test("the first layer that fits a path is its layer", () => {
  assert.equal(layerOf("actors/runtime/wire.ts")?.room, "actors/runtime");
  assert.equal(layerOf("actors/channel/decide.ts")?.room, "actors/*");
  assert.equal(layerOf("bridges/http/app.ts")?.room, "bridges/http");
  assert.equal(layerOf("deploy/cli/dead.ts")?.room, "deploy");
  assert.equal(layerOf("package.json"), undefined);
});
