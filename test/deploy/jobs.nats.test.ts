import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { sendWish } from "#bridges/terminal/job-mail.ts";
import { obeyOnJobs } from "#bridges/terminal/talk-jobs.ts";
import { connectAs } from "#deploy/access.ts";
import type { Client } from "#runtime/mod.ts";
import { type KindProcess, spawnKind } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import { startServer, type TestServer } from "#support/server.ts";

const ADA = { party: "terminal", id: "ada" } as const;
const STRANGER = { party: "telegram", id: "4711" } as const;

const root = mkdtempSync(join(tmpdir(), "thalassa-jobs-"));

let server: TestServer;
let kinds: readonly KindProcess[];
let terminal: Client;
before(async () => {
  server = await startServer();
  kinds = ["worker", "cortex", "channel"].map((kind) => spawnKind(kind, server, { THALASSA_MODELS: "offline" }));
  for (const kind of kinds) await kind.ready();
  terminal = await connectAs("terminal", server);
});
after(async () => {
  await terminal[Symbol.asyncDispose]();
  for (const kind of kinds) await kind.kill();
  await server[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

const env = () => ({
  PATH: process.env.PATH,
  NO_COLOR: "1",
  THALASSA_HOME: root,
  THALASSA_NATS_URL: server.url,
  THALASSA_KEYS: server.keysDir,
});

type Ended = { readonly code: number; readonly out: string; readonly err: string };

async function thalassa(...args: readonly string[]): Promise<Ended> {
  const run = promisify(execFile)(process.execPath, [resolve("deploy/main.ts"), ...args], { env: env() });
  return await run.then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    ({ code, stdout, stderr }) => ({ code, out: stdout, err: stderr }),
  );
}

/** Begins a run, which waits for an owner; gives its id. */
async function waitingRun(...more: readonly string[]): Promise<string> {
  const { code, out, err } = await thalassa("job", "start", "make all", "--run", ...more);
  assert.equal(code, 0, err);
  assert.match(err, /waits for an owner: thalassa job show w/);
  await eventually(async () => (await thalassa("jobs")).out.includes(out.trim()));
  return out.trim();
}

const codeIn = ({ err }: Ended): unknown => JSON.parse(err).error.code;

test("a run waits for an owner, is listed and shown with what it would do, and is over when it is denied", async () => {
  const id = await waitingRun();
  assert.match(
    (await thalassa("jobs")).out,
    new RegExp(`^${id} +needs_approval .* terminal:\\S+ +\\$ make all +waits for a1`, "m"),
  );
  const shown = (await thalassa("job", "show", id)).out;
  assert.match(shown, /needs_approval\nrun +make all\n/);
  assert.match(shown, /waits for an owner:\n {2}a1 [\s\S]*\n {4}make all\n/);
  const denied = await thalassa("job", "deny", id, "--why", "not today");
  assert.deepEqual([denied.code, denied.out], [0, `${id}: aborted\n`], denied.err);
  assert.match((await thalassa("job", "show", id)).out, /aborted by terminal:\S+: Not allowed: not today/);
  const again = await thalassa("job", "approve", id, "--json");
  assert.deepEqual([again.code, codeIn(again)], [1, "no-approval"]);
  const named = await thalassa("job", "approve", id, "a1", "--json");
  assert.deepEqual([named.code, codeIn(named)], [1, "job-refused"]);
  assert.match(named.err, /refuses \(no-approval\)/);
  const logs = (await thalassa("job", "logs", id, "--follow")).out;
  assert.match(logs, /requested +run by terminal:\S+: make all\n[\s\S]*aborted +by terminal:/);
});

test("the same --id is the same job, and what it is told when it has ended goes on as another one", async () => {
  const id = await waitingRun("--id", "build-4711");
  const again = JSON.parse((await thalassa("job", "start", "make all", "--run", "--id", "build-4711", "--json")).out);
  assert.deepEqual([again.id, again.state], [id, "needs_approval"]);
  const aborted = await thalassa("job", "abort", id, "--why", "enough");
  assert.equal(aborted.out, `${id}: aborted\n`, aborted.err);
  const over = JSON.parse((await thalassa("job", "start", "make all", "--run", "--id", "build-4711", "--json")).out);
  assert.deepEqual([over.id, over.state], [id, "aborted"]);
  const { next } = JSON.parse((await thalassa("job", "retry", id, "--json")).out);
  const shown = await eventually(
    async () => (await thalassa("job", "show", next, "--json")).out,
    (out) => out !== "",
  );
  assert.equal(JSON.parse(shown).after, `main.worker.${id}`);
});

test("jobs that nobody may mean are told by code", async () => {
  const [one, other] = [await waitingRun(), await waitingRun()];
  const missing = await thalassa("job", "show", "zebra", "--json");
  assert.deepEqual([missing.code, codeIn(missing)], [2, "job-missing"]);
  const several = await thalassa("job", "show", "w", "--json");
  assert.deepEqual([several.code, codeIn(several)], [2, "job-ambiguous"]);
  assert.equal((await thalassa("jobs", "--state", "flying", "--json")).code, 2);
  assert.equal((await thalassa("job", "start", " ", "--json")).code, 2);
  assert.equal((await thalassa("jobs", "--state", "completed")).out.split("\n").length, 2);
  for (const id of [one, other]) assert.equal((await thalassa("job", "abort", id)).code, 0);
});

test("an owner's word begins a run, and whoever waits for it learns how it ended", async () => {
  const waiting = spawn(process.execPath, [resolve("deploy/main.ts"), "job", "start", "make it", "--run", "--wait"], {
    env: env(),
  });
  const told = Promise.all([text(waiting.stdout), text(waiting.stderr), once(waiting, "exit")]);
  const speaking = { who: ADA, channel: "main.channel.terminal-default" } as const;
  await eventually(
    async () => await obeyOnJobs(terminal, speaking, { type: "jobs" }),
    (lines) => lines.some((line) => line.includes("make it") && line.includes("a1")),
  );
  await assert.rejects(obeyOnJobs(terminal, speaking, { type: "approve" }), {
    code: "no-approval",
    message: /no job of this conversation waits for an owner, and elsewhere w/,
  });
  const listedNow = await obeyOnJobs(terminal, speaking, { type: "jobs" });
  const id = listedNow.find((line) => line.includes("make it"))?.split(" ")[0] ?? "";
  const approved = await obeyOnJobs(terminal, speaking, { type: "approve", job: id });
  assert.deepEqual(approved, [`${id}: approved, and now queued`, "make it"]);
  await eventually(async () => (await thalassa("job", "logs", id)).out.includes("started"));
  // No host has an environment here: it ends because somebody ends it, or because there is none.
  await thalassa("job", "abort", id, "--why", "enough");
  const [, err, [code]] = await told;
  assert.equal(code, 1, err);
  assert.match(err, /a1 by terminal:ada/);
  assert.match(err, new RegExp(`${id} is (aborted|failed)`));
});

test("a job of a conversation is told of there, and a stranger's word is refused with the reason", async () => {
  const speaking = { who: ADA, channel: "main.channel.terminal-work" } as const;
  const lines = await obeyOnJobs(terminal, speaking, { type: "run", text: "make here" });
  assert.match(lines.join("\n"), /^w\S+ waits for an owner: \/approve w\S+$/);
  const job = lines[0]?.split(" ")[0] ?? "";
  await eventually(
    async () => (await terminal.history(speaking.channel)).map(({ event }) => event),
    (events) => events.includes("joined"),
  );
  await eventually(async () =>
    (await obeyOnJobs(terminal, speaking, { type: "jobs" })).some((line) => line.startsWith(job)),
  );
  const stranger = { ...speaking, who: STRANGER };
  await assert.rejects(obeyOnJobs(terminal, stranger, { type: "approve", job }), {
    code: "job-refused",
    message: /refuses \(not-owner\)/,
  });
  const denied = await obeyOnJobs(terminal, speaking, { type: "deny" });
  assert.deepEqual(denied, [`${job}: aborted`, "make here"]);
  await eventually(
    async () => (await terminal.history(speaking.channel)).map(({ event }) => event),
    (events) => events.includes("concluded"),
  );
  await assert.rejects(obeyOnJobs(terminal, speaking, { type: "approve" }), { code: "no-approval" });
});

test("panic is set, told with who and why, and taken back by an owner alone", async () => {
  const on = await thalassa("panic", "on", "--why", "it burns");
  assert.match(
    on.out,
    /^all jobs of agent main are stopped by terminal:\S+: it burns\nrunning: 0 of \d+; waiting: 0\n$/,
    on.err,
  );
  const twice = await thalassa("panic", "on", "--json");
  assert.deepEqual([twice.code, codeIn(twice)], [1, "job-refused"]);
  const wish = { to: "main.cortex.main", verb: "panic", data: { on: false, who: STRANGER } } as const;
  await assert.rejects(sendWish(terminal, wish), { code: "job-refused", message: /steward refuses \(not-owner\)/ });
  assert.equal(JSON.parse((await thalassa("panic", "--json")).out).on, true);
  assert.match((await thalassa("panic", "off")).out, /^jobs of agent main go on\n/);
});

test("ids of jobs are completed", async () => {
  const id = await waitingRun();
  const { out } = await thalassa("complete", "--", "job", "show", id.slice(0, 4));
  assert.match(out, new RegExp(`^${id}\t`, "m"));
});

test("a wish that nobody hears is told with what was last seen, and kept", async () => {
  const id = await waitingRun();
  for (const kind of kinds) await kind.kill();
  const wish = { to: `main.worker.${id}`, verb: "abort", data: { who: ADA } } as const;
  await assert.rejects(sendWish(terminal, wish, 300), {
    code: "job-unanswered",
    message: /has not said within 0\.3 s what came of abort, and .*; what was said is kept/,
  });
});
