import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { headers } from "@nats-io/transport-node";
import { connectAs } from "#deploy/access.ts";
import { writeBus } from "#deploy/bus-file.ts";
import { checkAccess } from "#deploy/checks/access.ts";
import { checkDurability } from "#deploy/checks/bus.ts";
import { checkServerSettings } from "#deploy/checks/server-settings.ts";
import { checkSnapshots } from "#deploy/checks/snapshots.ts";
import { checkTimers } from "#deploy/checks/timers.ts";
import { checkMail } from "#deploy/checks/work.ts";
import { type Home, openHome } from "#deploy/home.ts";
import { ensureKeys } from "#deploy/keys.ts";
import type { Client } from "#runtime/mod.ts";
import { commitSubject, OPERATOR, subjectOf } from "#subjects/mod.ts";
import { eventually } from "#support/eventually.ts";
import { startServer, type TestServer } from "#support/server.ts";

const ADA = "main.channel.terminal-ada";

let server: TestServer;
let client: Client;
let home: Home;
before(async () => {
  server = await startServer();
  client = await connectAs(OPERATOR, server);
  home = openHome({ THALASSA_HOME: mkdtempSync(join(tmpdir(), "thalassa-doctor-")) });
});
after(async () => {
  await client[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  rmSync(home.root, { recursive: true, force: true });
});

const told = (findings: readonly { readonly level: string; readonly message: string }[]) =>
  findings.map(({ level, message }) => `${level}: ${message}`).join("\n");

test("a server with other limits than nats.conf is found", async () => {
  assert.match(told(await checkServerSettings(client, home)), /^good: messages up to 8\.0 MiB/);
  const conf = (text: string) => text.replace(/max_payload: \d+/, "max_payload: 2097152");
  await using other = await startServer({ conf, provisioned: false });
  await using there = await connectAs(OPERATOR, other);
  assert.match(
    told(await checkServerSettings(there, home)),
    /^bad: max_payload is 2097152, and nats\.conf has 8388608/,
  );
});

test("the durability is read from the server, and one that is set but not in force is told", async () => {
  assert.match(told(await checkDurability(client, home, { THALASSA_HOME: home.root })), /^warn: .* is unknown/);
  writeBus(home, { url: server.url, pid: server.pid ?? 0 });
  if (process.platform !== "linux") return;
  const env = { THALASSA_HOME: home.root };
  assert.match(told(await checkDurability(client, home, env)), /^good: process: .* the last 1 s$/);
  const disk = told(await checkDurability(client, home, { ...env, THALASSA_DURABILITY: "disk" }));
  assert.equal(disk, "warn: process, and disk is set");
});

test("a key that the bus does not know is named", async () => {
  assert.match(told(await checkAccess(server)), /^good: the bus lets all \d+ users in/);
  const keysDir = mkdtempSync(join(tmpdir(), "thalassa-keys-"));
  try {
    ensureKeys(keysDir, ["tap"]);
    const found = told(await checkAccess({ url: server.url, keysDir }));
    assert.match(found, /^bad: tap is not let in: .* does not know this tap key$/m);
    assert.match(found, /^bad: operator is not let in: there is no key for operator/m);
  } finally {
    rmSync(keysDir, { recursive: true, force: true });
  }
});

test("mail that nobody takes is counted", async () => {
  assert.match(told(await checkMail(client)), /^good: channel: none waits/);
  await client.send(ADA, "hear", { text: "hello", who: { party: "terminal", id: "ada" } });
  assert.match(
    told(await checkMail(client)),
    /channel: 1 in the queue, 0 being worked on, 1 not handed out, the oldest/,
  );
});

test("a timer that is late is told, one that waits its time is not", async () => {
  assert.match(told(await checkTimers(client)), /^good: channel: none waits/);
  const dueAt = Date.now() + 60_000;
  await client.wire.js.publish(subjectOf(ADA, "at", "nudge-1"), "{}", {
    schedule: { specification: { at: new Date(dueAt) }, target: `due.${ADA}.hear` },
  });
  assert.match(told(await checkTimers(client)), /^good: channel: 1 wait, none is late/);
  assert.match(told(await checkTimers(client, dueAt + 20_000)), /^bad: channel: 1 of 1 are late, one by 20 s/);
});

test("an actor with a long log and no snapshot is named", async () => {
  assert.equal(told(await checkSnapshots(client)), "good: 0 actors have one");
  const head = headers();
  for (let nth = 0; nth < 256; nth++)
    await client.wire.js.publish(commitSubject(ADA, "heard"), "{}", { headers: head });
  const bare = await eventually(
    async () => told(await checkSnapshots(client)),
    (found) => found.includes("warn"),
  );
  assert.match(
    bare,
    /^warn: channel: 1 of 1 actors have over 256 records and no snapshot, as main\.channel\.terminal-ada with 256$/m,
  );
  await client.wire.js.publish(`$KV.STATE.${ADA}`, "{}");
  assert.match(told(await checkSnapshots(client)), /^good: 1 actor has one, written between 0 s and 0 s ago$/);
});
