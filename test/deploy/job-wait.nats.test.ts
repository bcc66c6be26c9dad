import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { allJobs } from "#bridges/terminal/job-named.ts";
import { obeyOnJobs } from "#bridges/terminal/talk-jobs.ts";
import { connectAs } from "#deploy/access.ts";
import type { Client } from "#runtime/mod.ts";
import { type KindProcess, spawnKind } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import { HostStandIn, ranTo } from "#support/host-stand-in.ts";
import { startServer, type TestServer } from "#support/server.ts";

const SPEAKING = { who: { party: "terminal", id: "ada" }, channel: "main.channel.terminal-default" } as const;

const root = mkdtempSync(join(tmpdir(), "thalassa-wait-"));

let server: TestServer;
let kinds: KindProcess[];
let terminal: Client;
let operator: Client;
let host: HostStandIn;
before(async () => {
  server = await startServer();
  kinds = ["worker", "cortex"].map((kind) => spawnKind(kind, server));
  for (const kind of kinds) await kind.ready();
  [terminal, operator] = [await connectAs("terminal", server), await connectAs("operator", server)];
  host = await HostStandIn.begin(operator, (argv) =>
    argv.at(-1) === "false" ? ranTo(1, "no such luck") : ranTo(0, "hello from afar"),
  );
});
after(async () => {
  host[Symbol.dispose]();
  for (const client of [terminal, operator]) await client[Symbol.asyncDispose]();
  for (const kind of kinds) await kind.kill();
  await server[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

function command(...args: readonly string[]) {
  const child = spawn(process.execPath, [resolve("deploy/main.ts"), ...args], {
    env: {
      PATH: process.env.PATH,
      NO_COLOR: "1",
      THALASSA_HOME: root,
      THALASSA_NATS_URL: server.url,
      THALASSA_KEYS: server.keysDir,
    },
  });
  return { child, told: Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]) };
}

/** Allows the run of this line, once it waits for that. */
async function allow(line: string): Promise<string> {
  const job = await eventually(
    async () => (await allJobs(terminal)).find(({ text, approvals = [] }) => text === line && approvals.length > 0),
    (found) => found !== undefined,
  );
  await obeyOnJobs(terminal, SPEAKING, { type: "approve", job: job?.id ?? "" });
  return job?.id ?? "";
}

test("whoever waits for a run sees what happens, gets what it wrote, and ends as it ended", async () => {
  const { told } = command("job", "start", "echo hello", "--run", "--wait");
  const id = await allow("echo hello");
  const [out, err, [code]] = await told;
  assert.equal(code, 0, err);
  assert.match(out, /hello from afar/);
  assert.match(err, /attached +environment of stand-in on stand-in\n +\$ echo hello\n/);
  const [story] = await command("job", "logs", id).told;
  assert.match(story, /completed +exit code 0[\s\S]*hello from afar/);
  const [json] = await command("jobs", "--state", "completed", "--json").told;
  assert.equal(JSON.parse(json.split("\n")[0] ?? "").id, id);
});

test("a run that comes to nothing ends whoever waits with 1, and says why", async () => {
  const { told } = command("job", "start", "false", "--run", "--wait", "--json");
  await allow("false");
  const [out, err, [code]] = await told;
  assert.equal(code, 1, err);
  const { state, result } = JSON.parse(out.trimEnd());
  assert.equal(state, "failed");
  assert.match(result, /exit code 1/);
});

test("whoever waits does not notice that the job's process is killed meanwhile", async () => {
  const { told } = command("job", "start", "echo again", "--run", "--wait");
  await eventually(async () => (await allJobs(terminal)).some(({ text }) => text === "echo again"));
  const [worker, ...others] = kinds;
  await worker?.kill();
  const heir = spawnKind("worker", server);
  kinds = [heir, ...others];
  await heir.ready();
  await allow("echo again");
  const [out, err, [code]] = await told;
  assert.deepEqual([code, out.includes("hello from afar")], [0, true], err);
});

test("a list that is watched shows what changes, and ends when it is told to", async () => {
  const { child, told } = command("jobs", "--watch", "--json");
  const lines: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (data: string) => lines.push(data));
  await eventually(() => lines.join("").includes('"completed"'));
  await obeyOnJobs(terminal, SPEAKING, { type: "run", text: "make later" });
  await eventually(() => lines.join("").includes("make later"));
  child.kill("SIGTERM");
  const [, err, [code]] = await told;
  assert.equal(code, 0, err);
});
