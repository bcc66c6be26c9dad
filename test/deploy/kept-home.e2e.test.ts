import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Kvm } from "@nats-io/kv";
import { z } from "zod";
import { CONVERSATION_VERSION } from "#actors/turn/mod.ts";
import { connectAs } from "#deploy/access.ts";
import { readBus } from "#deploy/bus-file.ts";
import { openHome } from "#deploy/home.ts";
import type { Client } from "#runtime/mod.ts";
import { openBucket } from "#runtime/nats-bus.ts";
import { commitFilter, logStream, OPERATOR } from "#subjects/mod.ts";
import { eventually } from "#support/eventually.ts";
import { Installation } from "./installation.ts";
import { type Facts, type KeptHome, keptHomes } from "./kept-home.ts";

const answerSchema = z.object({ text: z.string(), answers: z.array(z.number()) });
const statusSchema = z.object({ heard: z.number() });

type Records = Facts["logs"][string];

for (const kept of keptHomes()) {
  test(`${kept.name} opens as it was left, and goes on`, async () => {
    await using here = await Installation.create();
    execFileSync("tar", ["-xzf", kept.archive, "-C", here.root]);
    const before = privateFiles(here.root);
    await here.up();
    await assertWhole(here, kept);
    await assertAnswered(here, kept);
    await assertDead(here, kept);
    const bus = { url: `nats://127.0.0.1:${here.port}`, keysDir: join(here.root, "keys") };
    await using client = await connectAs(OPERATOR, bus);
    await assertSnapshotUsed(client, kept);
    await assertTokenLetsIn(here.root);
    const said = await here.run(["send", "default", "what is my name?", "--wait"]);
    assert.match(said.out, /Ada/);
    for (const [path, text] of Object.entries(before)) assert.equal(privateFiles(here.root)[path], text, path);
    const doctor = await here.run(["doctor"]);
    assert.equal(doctor.code, 0, doctor.out);
  });
}

/** Every record of every conversation is where and what it was. */
async function assertWhole(here: Installation, { facts }: KeptHome): Promise<void> {
  for (const [address, records] of Object.entries(facts.logs)) {
    const now = await recordsOf(here, address);
    assert.ok(records.length > 0, address);
    assert.deepEqual(now.slice(0, records.length).map(essence), records.map(essence), address);
  }
}

/** The message whose step was cut is answered, once. */
async function assertAnswered(here: Installation, { facts: { open } }: KeptHome): Promise<void> {
  const records = await eventually(
    () => recordsOf(here, open.address),
    (now) => now.some(({ event }) => event === "said"),
  );
  assert.deepEqual(
    records.map(({ event }) => event),
    ["heard", "resumed", "said"],
  );
  const { text, answers } = answerSchema.parse(records[2]?.data);
  assert.match(text, new RegExp(open.text.slice(0, -1)));
  assert.deepEqual(answers, [open.seq]);
}

async function assertDead(here: Installation, { facts: { dead } }: KeptHome): Promise<void> {
  const { code, out } = await here.run(["dead", "show", `${dead.seq}`, "--json"]);
  assert.equal(code, 0);
  assert.ok(out.includes(JSON.stringify(dead.body)), out);
}

/** The token of that time still speaks over HTTP. */
async function assertTokenLetsIn(root: string): Promise<void> {
  const { http } = readBus(openHome({ THALASSA_HOME: root, THALASSA_CACHE: openHome().cacheDir })) ?? {};
  const headers = {
    Authorization: `Bearer ${readFileSync(join(root, "http-token"), "utf8").trim()}`,
    "Content-Type": "application/json",
  };
  const body = JSON.stringify({ channel: "kept", text: "hello" });
  const answer = await fetch(`${http}/v1/messages`, { method: "POST", headers, body });
  assert.equal(answer.status, 202, await answer.text());
}

/** Where its form is still read: what came before the snapshot is taken from the log: only the snapshot still knows of it. */
async function assertSnapshotUsed(client: Client, { facts: { logs, snapshot } }: KeptHome): Promise<void> {
  const { address } = snapshot;
  const heard = logs[address]?.filter(({ event }) => event === "heard").length;
  const stored = await (await openBucket(new Kvm(client.wire.js), "STATE")).get(address);
  const isReadable = stored?.json<{ version: number }>().version === CONVERSATION_VERSION;
  // A snapshot of another form is passed by, for then the log has it all.
  if (!isReadable) return assert.equal(statusSchema.parse(await client.ask(address, "status")).heard, heard);
  const purged = await client.wire.jsm.streams.purge(logStream("channel"), {
    filter: commitFilter(address),
    seq: snapshot.seq,
  });
  assert.ok(purged.purged > 32, `${purged.purged} records were before the snapshot`);
  const status = await eventually(
    () => client.ask(address, "status").catch(() => undefined),
    (answer) => answer !== undefined,
  );
  assert.equal(statusSchema.parse(status).heard, heard);
}

async function recordsOf(here: Installation, address: string): Promise<Records> {
  const { code, out, err } = await here.run(["log", address, "--json"]);
  assert.deepEqual({ code, err }, { code: 0, err: "" }, address);
  return out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

function essence({ address, event, seq, id, at, data }: Records[number]) {
  return { address, event, seq, id, at, data };
}

/** Keys, token and the mark of the home: nothing may write them again. */
function privateFiles(root: string): Readonly<Record<string, string>> {
  const keys = readdirSync(join(root, "keys")).map((name) => join("keys", name));
  return Object.fromEntries(
    [...keys, "home.json", "http-token"].map((path) => [path, readFileSync(join(root, path), "utf8")]),
  );
}
