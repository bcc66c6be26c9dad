import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { readJobPast } from "#bridges/conversation/job-past.ts";
import { readCommand, readPiped } from "#bridges/terminal/command.ts";
import { approvalMeant } from "#bridges/terminal/job-named.ts";
import { jobLine, jobLines } from "#bridges/terminal/job-shown.ts";
import { asksIn, storyLines } from "#bridges/terminal/job-story.ts";
import { recordRows } from "#bridges/terminal/transcript.ts";
import type { LogRecord } from "#runtime/mod.ts";
import { jobsMeant, listed, readJobs } from "#subjects/job-list.ts";

const ADA = { party: "terminal", id: "ada" } as const;
const BEN = { party: "telegram", id: "4711", name: "Ben" } as const;
const HERE = "main.worker.wabc-0";
const APPROVAL = { id: "a1", what: "rm -rf build\nmake", why: "runs are allowed first", until: 1_790_000_000_000 };
const JOB = {
  job: { assignment: { type: "run", text: "rm -rf build\nmake" }, who: BEN, role: "user", env: "main-wabc-0" },
} as const;

let seq = 0;

function record(event: string, data: object): LogRecord {
  return {
    address: HERE,
    event,
    seq: ++seq,
    id: `e${seq}`,
    at: 1_790_000_000_000 + seq,
    data,
    version: 1,
  } as unknown as LogRecord;
}

function storyOf(event: string, data: object): readonly string[] {
  return storyLines(record(event, data)).map((line) => stripVTControlCharacters(line).replace(/^[\d:.]{12} /, ""));
}

test("what is typed about jobs is read, and what cannot be meant is said", () => {
  assert.deepEqual(readCommand("/task  Write  it. "), { type: "task", text: "Write  it." });
  assert.deepEqual(readCommand("/run make -j2"), { type: "run", text: "make -j2" });
  assert.deepEqual(readCommand("/approve"), { type: "approve" });
  assert.deepEqual(readCommand("/deny wabc a2"), { type: "deny", job: "wabc", approval: "a2" });
  assert.deepEqual(readCommand("/abort wabc"), { type: "abort", job: "wabc" });
  assert.deepEqual(readCommand("/abort"), { type: "abort" });
  for (const line of ["/task", "/run ", "/jobs all", "/approve a b c", "/abort a b"]) {
    assert.equal(readCommand(line).type, "unknown", line);
  }
});

test("a piped line about jobs is read as it is in a chat, and any other is said as it stands", () => {
  assert.deepEqual(readPiped("/approve wabc a2"), { type: "approve", job: "wabc", approval: "a2" });
  assert.deepEqual(readPiped("/jobs"), { type: "jobs" });
  assert.equal(readPiped("/jobs all").type, "unknown");
  assert.deepEqual(readPiped("//jobs"), { type: "say", text: "/jobs" });
  for (const line of ["/quit", "/etc/hosts", "/jobsite", "// a remark", "see /approve"]) {
    assert.deepEqual(readPiped(line), { type: "say", text: line });
  }
});

test("a line of a list says what a job waits for, and of one that is over no more than that it is", () => {
  const job = { address: HERE, id: "wabc-0", seq: 1, type: "run", text: "make", who: BEN, at: 1, env: "e" } as const;
  const line = (more: Pick<Parameters<typeof jobLine>[0], "state" | "status" | "approvals">) =>
    stripVTControlCharacters(jobLine({ ...job, ...more }));
  assert.equal(
    line({ state: "needs_approval", approvals: [APPROVAL] }),
    "wabc-0  needs_approval  $ make  waits for a1",
  );
  assert.equal(line({ state: "running", status: "half way" }), "wabc-0  running  $ make  half way");
  assert.equal(line({ state: "completed", status: "all of it" }), "wabc-0  completed  $ make");
});

test("what a record asks an owner for is found, whether all of a job or one call of it", () => {
  assert.deepEqual(asksIn(record("requested", { ...JOB, approval: APPROVAL })), [APPROVAL]);
  assert.deepEqual(asksIn(record("requested", JOB)), []);
  const order = { verb: "exec", data: { env: "e", order: "o", argv: ["make"], timeoutMs: 1 } };
  const asks = [{ call: "c1", order, approval: APPROVAL }];
  assert.deepEqual(asksIn(record("thought", { ...JOB, content: [], model: "m", asks })), [APPROVAL]);
});

test("the log of a job says how it came to stand as it does, by whom and why", () => {
  const past = readJobPast([
    record("requested", { ...JOB, approval: APPROVAL }),
    record("approved", { ...JOB, approval: "a1", who: ADA, left: [], state: "queued" }),
    record("started", { ...JOB, limitMs: 60_000 }),
    record("resumed", { keys: ["x"] }),
    record("attached", { ...JOB, host: "h1", engine: "docker", notes: [] }),
    record("aborting", { ...JOB, who: ADA, why: "enough" }),
    record("aborted", { ...JOB, who: ADA, why: "enough", granted: true }),
  ]);
  assert.deepEqual(
    past?.transitions.map(({ state, who, why }) => [state, who?.id, why]),
    [
      ["needs_approval", "4711", undefined],
      ["queued", "ada", "a1"],
      ["running", undefined, undefined],
      ["aborting", "ada", "enough"],
      ["aborted", "ada", "enough"],
    ],
  );
  assert.deepEqual([past?.state, past?.host, past?.engine, past?.approvals], ["aborted", "h1", "docker", []]);
  assert.equal(readJobPast([record("told", { text: "no job" })]), undefined);
});

test("calls that an owner has to allow are open until they are answered or the job ends", () => {
  const asks = [{ call: "c1", order: { verb: "get", data: { env: "e", order: "o", path: "p" } }, approval: APPROVAL }];
  const begun = record("requested", JOB);
  const asked = record("thought", { ...JOB, content: [], model: "a", asks });
  assert.deepEqual(readJobPast([begun, asked])?.approvals, [APPROVAL]);
  assert.deepEqual(
    readJobPast([begun, asked, record("failed", { ...JOB, reason: "no", outcome: "failed" })])?.approvals,
    [],
  );
});

test("a job's story has its thoughts, its commands and the beginning of what they brought", () => {
  assert.deepEqual(storyOf("requested", { ...JOB, approval: APPROVAL }), [
    "requested run by Ben (telegram:4711): rm -rf build",
    "    make",
    "    a1 runs are allowed first (until 2026-09-21 14:13 UTC)",
    "      rm -rf build",
    "      make",
  ]);
  const content = [
    { type: "text", text: "I look." },
    { type: "tool-call", id: "c1", name: "shell", input: { command: "ls \u001b[2J", seconds: 5 } },
  ];
  assert.deepEqual(storyOf("thought", { ...JOB, content, model: "a" }), [
    "thought   I look.",
    "    → shell $ ls \\x1b[2J",
  ]);
  const long = Array.from({ length: 20 }, (_, at) => `line ${at}`).join("\n");
  const used = storyOf("used", { call: "c1", text: long });
  assert.deepEqual([used.length, used[1], used.at(-1)], [14, "    line 0", "    … 8 lines more"]);
  assert.deepEqual(storyOf("left", { ...JOB, host: "h1" }), []);
  assert.deepEqual(storyOf("nonsense", {}), []);
});

test("a job is shown with all of what an owner is asked to allow", () => {
  const past = readJobPast([record("requested", { ...JOB, approval: APPROVAL })]);
  assert.ok(past);
  const { job, transitions, approvals, state } = past;
  const { assignment, ...kept } = job;
  const picture = { id: "wabc-0", address: HERE, state, ...assignment, ...kept };
  const shown = jobLines({ ...picture, approvals: [...approvals], transitions: [...transitions] })
    .map(stripVTControlCharacters)
    .join("\n");
  assert.match(
    shown,
    /^main\.worker\.wabc-0 {2}needs_approval\nrun +rm -rf build\n +make\nfor +Ben \(telegram:4711\), user/,
  );
  assert.match(shown, /waits for an owner:\n {2}a1 .*\n {4}rm -rf build\n {4}make\n/);
});

test("a job is meant by its address, its id, or what only its id begins with", () => {
  const text = (at: number) =>
    JSON.stringify({ seq: 1, state: "completed", type: "task", text: "t", who: ADA, at, env: "e" });
  const jobs = readJobs([
    { key: "jobs.main.wab-0", text: text(1) },
    { key: "jobs.main.wabc-0", text: text(2) },
    { key: "jobs.side.wab-0", text: text(3) },
    { key: "jobs.main.wbad-0", text: "{" },
  ]);
  const meant = (name: string) => jobsMeant(jobs, name).map(({ address }) => address);
  assert.deepEqual(meant("main.worker.wab-0"), ["main.worker.wab-0"]);
  assert.deepEqual(meant("wab-0"), ["side.worker.wab-0", "main.worker.wab-0"]);
  assert.deepEqual(meant("wabc"), ["main.worker.wabc-0"]);
  assert.deepEqual(meant("wbad"), []);
  assert.deepEqual(listed(jobs, {}, 90_000_000), []);
  assert.equal(listed(jobs, { all: true }, 90_000_000).length, 3);
});

test("what is to be allowed has to be one thing", () => {
  assert.equal(approvalMeant(HERE, [APPROVAL], undefined), "a1");
  assert.equal(approvalMeant(HERE, [], "a7"), "a7");
  assert.throws(() => approvalMeant(HERE, [], undefined), { code: "no-approval", message: /job show wabc-0/ });
  const two = [APPROVAL, { ...APPROVAL, id: "a2" }];
  assert.throws(() => approvalMeant(HERE, two, undefined), { code: "no-approval", message: /a1 \(rm -rf build/ });
});

test("a job that somebody begins for a conversation is shown in it", () => {
  const joined = { ...record("joined", { from: HERE, task: "make", who: BEN }), address: "main.channel.x" as const };
  const rows = recordRows({ ...joined, version: 3 }, ADA, 60).map(stripVTControlCharacters);
  assert.deepEqual(rows, ["  a job for Ben (telegram) (wabc-0): make"]);
});
