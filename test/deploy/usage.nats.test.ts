import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { connectAs } from "#deploy/access.ts";
import { budgetsFrom } from "#models/mod.ts";
import type { Client } from "#runtime/mod.ts";
import { postMail } from "#runtime/nats-bus.ts";
import { type Charge, dayOf } from "#subjects/charge.ts";
import type { Address } from "#subjects/mod.ts";
import { type KindProcess, spawnKind } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import { startServer, type TestServer } from "#support/server.ts";

const LIMITS = { THALASSA_BUDGET_DAY_USD: "0.01", THALASSA_BUDGET_WARN_USD: "0.004" };

const { signal } = new AbortController();

const root = mkdtempSync(join(tmpdir(), "thalassa-usage-"));

let server: TestServer;
let cortex: KindProcess;
let channel: Client;
before(async () => {
  server = await startServer();
  cortex = spawnKind("cortex", server, LIMITS);
  await cortex.ready();
  channel = await connectAs("channel", server);
});
after(async () => {
  await channel[Symbol.asyncDispose]();
  await cortex.kill();
  await server[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

const ci = { party: "http", id: "ci" } as const;

let posted = 0;

/** A charge as a conversation's own process sends it. */
async function charge(microUsd: number, more: Partial<Charge> = {}, at = Date.now()): Promise<void> {
  const from: Address = more.for ?? "main.channel.terminal-default";
  const data: Charge = {
    input: 100,
    output: 5,
    cacheRead: 0,
    cacheWrite: 0,
    microUsd,
    model: "openai/a",
    for: from,
    ...more,
  };
  const id = `charge-${posted++}`;
  const to = from.startsWith("side.") ? ("side.cortex.main" as const) : ("main.cortex.main" as const);
  await postMail(
    channel.wire,
    { to, verb: "charge", data, id, at, version: 1, from, correlation: id, trace: "" },
    signal,
  );
}

async function thalassa(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const env = {
    PATH: process.env.PATH,
    THALASSA_HOME: root,
    THALASSA_NATS_URL: server.url,
    THALASSA_KEYS: server.keysDir,
    ...LIMITS,
  };
  const run = promisify(execFile)(process.execPath, [resolve("deploy/main.ts"), ...args], { env });
  return await run.then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    ({ code, stdout, stderr }) => ({ code, out: stdout, err: stderr }),
  );
}

const entry = async (key: string): Promise<unknown> => await channel.entry("VIEWS", `budgets.main.${key}`);

test("an agent that has spent nothing is said to have", async () => {
  const { code, out } = await thalassa("usage");
  assert.equal(code, 0);
  assert.match(
    out,
    /^nothing was spent by agent main in the last 7 days\n.*\$0\.01.*\(budget\.day_usd\), told at \$0\.0040/,
  );
  const json = await thalassa("usage", "--agent", "other", "--days", "1", "--json");
  assert.equal(json.out.split("\n").length, 2, json.out);
});

test("charges are counted once each, over the death of the process that counts them", async () => {
  const today = dayOf(Date.now());
  for (let at = 0; at < 10; at++) await charge(100, { who: ci });
  await cortex.kill();
  for (let at = 0; at < 10; at++) await charge(100, { for: "main.channel.http-ci", model: "anthropic/b" });
  cortex = spawnKind("cortex", server, LIMITS);
  await cortex.ready();
  const wanted = (total: number, calls: number) => ({ day: today, tokens: 105 * calls, microUsd: total });
  const seen = await eventually(
    () => entry("agent"),
    (now) => (now as { microUsd?: number } | undefined)?.microUsd === 2_000,
  );
  assert.deepEqual({ ...(seen as object), seq: 0 }, { ...wanted(2_000, 20), seq: 0 });
  for (const key of ["channel-terminal-default", "channel-http-ci", "person-http-ci"]) {
    assert.deepEqual({ ...((await entry(key)) as object), seq: 0 }, { ...wanted(1_000, 10), seq: 0 }, key);
  }
});

test("where the money went is told by day and by name", async () => {
  const { code, out, err } = await thalassa("usage");
  assert.equal(code, 0, err);
  assert.match(out, /^\d{4}-\d\d-\d\d today +20 +2,100 +\$0\.0020 +\S+ % of \$0\.01/m);
  assert.match(out, /^http-ci +1,050 +\$0\.0010/m);
  assert.match((await thalassa("usage", "--by", "model")).out, /^anthropic\/b +1,050 +\$0\.0010/m);
  const { out: json } = await thalassa("usage", "--days", "1", "--by", "person", "--json");
  const [limits, day, ...rest] = json
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual([limits.limits[0].setting, rest], ["budget.day_usd", []]);
  assert.deepEqual(day.by, { person: { "http-ci": { tokens: 1_050, microUsd: 1_000 } } });
  const state = JSON.parse((await thalassa("state", "main.cortex.main", "--at", "1", "--json")).out);
  assert.equal(state.state.days[0].microUsd, 100, "the ledger as it was after the first charge");
});

test("a limit stops the next call at the gate, and the conversation is told once", async () => {
  const gate = budgetsFrom((key) => channel.entryText("VIEWS", key), LIMITS);
  const conversation: Address = "main.channel.terminal-default";
  await gate.allow({ conversation, who: ci });
  for (let at = 0; at < 4; at++) await charge(4_000);
  await eventually(
    () => entry("agent"),
    (now) => (now as { microUsd: number }).microUsd === 18_000,
  );
  await assert.rejects(gate.allow({ conversation }), { code: "budget-spent", message: /\(\$0\.0180 of \$0\.0100\)/ });
  await gate.allow({ conversation: "side.channel.x" });
  const told = await warnings();
  assert.equal(told.length, 2);
  assert.match(told[0] ?? "", /^This agent has spent \$0\.0060 on .* At \$0\.01/);
  assert.match(told[1] ?? "", /^This agent has spent \$0\.0100 on .* budget\.day_usd 0\.02, /);
});

test("whoever charges another agent is refused, and that one's ledger has nothing of it", async () => {
  await using operator = await connectAs("operator", server);
  const refusals: string[] = [];
  operator.wire.nc.subscribe("thalassa.main.cortex.main.live.refusal", {
    callback: (_, message) => void refusals.push(message.string()),
  });
  await operator.wire.nc.flush();
  await charge(1, { for: "main.branch.b1-0" });
  const [refusal = ""] = await eventually(
    () => refusals,
    (all) => all.length > 0,
  );
  assert.match(refusal, /charge-foreign/);
});

test("a number of days that cannot be is refused", async () => {
  const { code, err } = await thalassa("usage", "--days", "99", "--json");
  assert.deepEqual([code, JSON.parse(err).error.code], [2, "bad-use"]);
});

test("a cortex that nobody runs is said to be missing", async () => {
  await cortex.kill();
  const { code, err } = await thalassa("usage", "--json");
  assert.deepEqual([code, JSON.parse(err).error.code], [1, "unanswered"]);
});

/** What conversations were told, oldest first; no channel runs here, so it lies in their mail. */
async function warnings(): Promise<readonly string[]> {
  await using operator = await connectAs("operator", server);
  const { jsm } = operator.wire;
  const { state } = await jsm.streams.info("MAIL_CHANNEL");
  const texts: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const message = await jsm.streams.getMessage("MAIL_CHANNEL", { seq });
    if (message?.subject.endsWith(".warn")) texts.push(message.json<{ text: string }>().text);
  }
  return texts;
}
