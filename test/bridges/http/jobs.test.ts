import assert from "node:assert/strict";
import { test } from "node:test";
import type { JobState } from "#subjects/job.ts";
import type { Address } from "#subjects/mod.ts";
import { EventReader } from "#support/event-reader.ts";
import { type Answer, DescribedApp } from "./described-app.ts";

const ROBOT = { party: "http", id: "robot" } as const;
const ADA = { party: "telegram", id: "4711", name: "Ada" } as const;
const RUN: Address = "main.worker.wrun-0";
const APPROVAL = { id: "a1", what: "rm -rf build", why: "a run is approved first", until: 1_800_000_000_000 } as const;

const jobOf = (type: "task" | "run", text: string, who: object = ROBOT) => ({
  job: { assignment: { type, text }, who, role: "owner", env: "main-wrun-0" },
});

/** An app whose jobs begin at once, tasks queued and runs waiting for an owner, and do what they are told. */
function jobsApp() {
  const app = new DescribedApp();
  app.bus.judge = (_to, verb, data) => {
    const { assignment, who } = data as { readonly assignment: { type: "task" | "run"; text: string }; who: object };
    if (verb !== "spawn") return undefined;
    const approval = assignment.type === "run" ? { approval: APPROVAL } : {};
    return { event: "requested", data: { ...jobOf(assignment.type, assignment.text, who), ...approval } };
  };
  const owner = app.bus.token("robot", "owner");
  const post = (path: string, body?: object, headers: Readonly<Record<string, string>> = owner): Promise<Answer> =>
    app.ask(path, {
      method: "POST",
      headers: body === undefined ? headers : { ...headers, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return { app, owner, post };
}

/** A run that waits for an owner, in its log and in the view. */
function waitingRun(app: DescribedApp, who: object = ROBOT, state: JobState = "needs_approval"): void {
  app.bus.store(RUN, "requested", { ...jobOf("run", "rm -rf build", who), approval: APPROVAL });
  app.bus.views.set("jobs.main.wrun-0", {
    ...{ seq: 1, state, type: "run", text: "rm -rf build", who, at: Date.now(), env: "main-wrun-0" },
    ...(state === "needs_approval" ? { approvals: [APPROVAL] } : {}),
  });
}

test("a job is begun once for one key, and another task under that key is refused", async () => {
  const { app, owner, post } = jobsApp();
  const keyed = { ...owner, "Idempotency-Key": "build-4711" };
  const first = await post("/v1/jobs", { task: "Write a web server.", channel: "ci" }, keyed);
  assert.deepEqual([first.status, first.body.state], [202, "queued"]);
  const again = await post("/v1/jobs", { task: "Write a web server.", channel: "ci" }, keyed);
  assert.deepEqual(again.body, first.body);
  assert.equal(app.bus.logs.get(first.body.address as Address)?.length, 1);
  const other = await post("/v1/jobs", { task: "Write a poem." }, keyed);
  assert.deepEqual([other.status, other.body.code], [422, "key-reused"]);
  const alike = await post("/v1/jobs", { task: "Write a poem." }, { ...owner, "Idempotency-Key": "build-4712" });
  assert.notEqual(alike.body.id, first.body.id);
});

test("a job is told of to the channel that is named, and is its agent's", async () => {
  const { app, post } = jobsApp();
  let told: Readonly<Record<string, unknown>> = {};
  const judge = app.bus.judge;
  app.bus.judge = (to, verb, data) => {
    told = data;
    return judge(to, verb, data);
  };
  app.bus.agents.add("agent.side");
  const { body } = await post("/v1/jobs", { run: "make", channel: "ci", agent: "side" });
  assert.match(String(body.address), /^side\.worker\.w/);
  assert.equal(body.state, "needs_approval");
  assert.deepEqual(told, { assignment: { type: "run", text: "make" }, who: ROBOT, for: "side.channel.http-ci" });
  const nobody = await post("/v1/jobs", { run: "make", agent: "nobody" });
  assert.deepEqual([nobody.status, nobody.body.code], [404, "no-agent"]);
  const both = await post("/v1/jobs", { run: "make", task: "Make it." });
  assert.deepEqual([both.status, both.body.code], [400, "invalid-request"]);
});

test("what waits for an owner is allowed by its name, or without one where it is the only thing", async () => {
  const { app, owner, post } = jobsApp();
  waitingRun(app);
  app.bus.judge = (_to, verb, { approval, who }) =>
    verb === "approve" && approval === "a1"
      ? { event: "approved", data: { ...jobOf("run", "rm -rf build"), approval, who, left: [], state: "queued" } }
      : { refuses: "no-approval", reason: `nothing waits as ${approval}` };
  const wrong = await post("/v1/jobs/wrun-0/approve", { approval: "a2" });
  assert.deepEqual([wrong.status, wrong.body.code, wrong.body.refusal], [409, "refused", "no-approval"]);
  const keyed = { ...owner, "Idempotency-Key": "allow-1" };
  const { status, body } = await post("/v1/jobs/wrun-0/approve", undefined, keyed);
  assert.deepEqual([status, body.event, body.state], [200, "approved", "queued"]);
  app.bus.views.set("jobs.main.wrun-0", { ...app.bus.views.get("jobs.main.wrun-0"), state: "queued", approvals: [] });
  assert.deepEqual((await post("/v1/jobs/wrun-0/approve", undefined, keyed)).body, body);
  const late = await post("/v1/jobs/wrun-0/deny", { why: "no" });
  assert.deepEqual([late.status, late.body.code], [409, "no-approval"]);
});

test("what a job refuses to this person is 403 with its own code and reason", async () => {
  const { app, post } = jobsApp();
  waitingRun(app);
  app.bus.judge = () => ({ refuses: "not-owner", reason: "only an owner may allow this" });
  const { status, body } = await post("/v1/jobs/wrun-0/approve");
  assert.deepEqual([status, body.code, body.refusal], [403, "job-forbidden", "not-owner"]);
  assert.equal(body.detail, "only an owner may allow this");
});

test("a token of role user begins jobs, sees those of this bridge, and allows nothing", async () => {
  const { app, post } = jobsApp();
  const user = app.bus.token("guest", "user");
  assert.equal((await post("/v1/jobs", { task: "Look." }, user)).status, 202);
  waitingRun(app, ROBOT);
  assert.equal((await app.ask("/v1/jobs/wrun-0", { headers: user })).status, 200);
  for (const verb of ["approve", "deny", "abort", "retry"]) {
    const { status, body } = await post(`/v1/jobs/wrun-0/${verb}`, undefined, user);
    assert.deepEqual([status, body.code], [403, "not-allowed"], verb);
  }
  waitingRun(app, ADA);
  const foreign = await app.ask("/v1/jobs/wrun-0", { headers: user });
  assert.deepEqual([foreign.status, foreign.body.code], [403, "not-allowed"]);
  assert.deepEqual((await app.ask("/v1/jobs", { headers: user })).body, { jobs: [] });
  const panic = await post("/v1/admin/panic", { on: true }, user);
  assert.deepEqual([panic.status, panic.body.code], [403, "not-allowed"]);
});

test("jobs are listed newest first, ended ones of the last day, or those in some states", async () => {
  const { app, owner } = jobsApp();
  const entry = (state: JobState, at: number) => ({
    ...{ seq: 1, state, type: "task", text: "t", who: ADA, at, env: "e" },
  });
  const now = Date.now();
  app.bus.views.set("jobs.main.wold-0", entry("completed", now - 90_000_000));
  app.bus.views.set("jobs.main.wnew-0", entry("completed", now - 1_000));
  app.bus.views.set("jobs.side.wrun-0", entry("running", now - 100_000_000));
  app.bus.views.set("jobs.main.garbled", { state: "flying" });
  const ids = async (query: string) => {
    const { jobs } = (await app.ask(`/v1/jobs${query}`, { headers: owner })).body;
    return (jobs as readonly { readonly id: string }[]).map(({ id }) => id);
  };
  assert.deepEqual(await ids(""), ["wnew-0", "wrun-0"]);
  assert.deepEqual(await ids("?all=true"), ["wnew-0", "wold-0", "wrun-0"]);
  assert.deepEqual(await ids("?state=running,queued"), ["wrun-0"]);
  assert.deepEqual(await ids("?agent=main"), ["wnew-0"]);
  const flying = await app.ask("/v1/jobs?state=flying", { headers: owner });
  assert.deepEqual([flying.status, flying.body.code], [400, "invalid-request"]);
});

test("a job is shown with how it came to stand as it does, by whom and why", async () => {
  const { app, owner } = jobsApp();
  waitingRun(app, ADA);
  app.bus.store(RUN, "denied", {
    ...jobOf("run", "rm -rf build", ADA),
    ...{ approval: "a1", who: ROBOT, why: "not today", left: [], state: "aborted" },
  });
  app.bus.views.set("environments.main.main-wrun-0", {
    ...{ seq: 1, host: "h1", by: RUN, state: "up", engine: "docker", at: 1 },
    previews: [{ port: 80, url: "http://127.0.0.1:9000", until: 2 }],
  });
  const { body } = await app.ask("/v1/jobs/wrun-0", { headers: owner });
  assert.deepEqual(
    (body.transitions as readonly { event: string; state: string; who: object; why?: string }[]).map(
      ({ event, state, who, why }) => [event, state, who, why],
    ),
    [
      ["requested", "needs_approval", ADA, undefined],
      ["denied", "aborted", ROBOT, "not today"],
    ],
  );
  assert.deepEqual([body.text, body.approvals, (body.previews as object[]).length], ["rm -rf build", [], 1]);
  const nothing = await app.ask("/v1/jobs/main.worker.wnone-0", { headers: owner });
  assert.deepEqual([nothing.status, nothing.body.code], [404, "no-job"]);
  const channel = await app.ask("/v1/jobs/main.channel.http-ci", { headers: owner });
  assert.deepEqual([channel.status, channel.body.code], [404, "no-job"]);
});

test("what a job is told after its end names the job that goes on", async () => {
  const { app, post } = jobsApp();
  waitingRun(app, ROBOT, "completed");
  app.bus.judge = (_to, _verb, { text, who }) => ({
    event: "renewed",
    data: { ...jobOf("run", "rm -rf build"), who, text, before: "" },
  });
  const { status, body } = await post("/v1/jobs/wrun-0/tell", { text: "and the tests" });
  assert.deepEqual([status, body.event, body.state], [200, "renewed", "completed"]);
  assert.match(String(body.next), /^main\.worker\.we\d+-0$/);
});

test("events of a job are streamed from where its reader was", async () => {
  const { app, owner } = jobsApp();
  waitingRun(app);
  app.bus.store(RUN, "started", { ...jobOf("run", "rm -rf build"), limitMs: 1 });
  const response = await app.request("/v1/jobs/wrun-0/events?from=0", { headers: { ...owner, "Last-Event-ID": "1" } });
  assert.equal(response.status, 200);
  const reader = new EventReader(response.body);
  await reader.until(({ event }) => event === "started");
  app.bus.store(RUN, "completed", { ...jobOf("run", "rm -rf build"), text: "done" });
  await reader.until(({ event }) => event === "completed");
  assert.deepEqual(
    reader.events.map(({ event }) => event),
    ["started", "completed"],
  );
  await reader.leave();
  const none = await app.ask("/v1/jobs/wnone-0/events", { headers: owner });
  assert.deepEqual([none.status, none.body.code], [404, "no-job"]);
});

test("panic is set by an owner, and told with what runs", async () => {
  const { app, owner, post } = jobsApp();
  let panic: object | undefined;
  app.bus.judge = (to, verb, { on, who, why }) => {
    assert.deepEqual([to, verb], ["main.cortex.main", "panic"]);
    if (on === (panic !== undefined)) return { refuses: "panic-on", reason: "all jobs are stopped already" };
    panic = on === true ? { who, why, at: 7 } : undefined;
    return { event: "panicked", data: { who, why, halted: [] } };
  };
  app.bus.ask = async () => ({ running: [], queued: 2, limit: 8, ...(panic === undefined ? {} : { panic }) });
  const before = await app.ask("/v1/admin/panic", { headers: owner });
  assert.deepEqual(before.body, { agent: "main", on: false, running: [], queued: 2, limit: 8 });
  const set = await post("/v1/admin/panic", { on: true, why: "it burns" });
  assert.deepEqual([set.status, set.body.on, set.body.panic], [200, true, { who: ROBOT, why: "it burns", at: 7 }]);
  const again = await post("/v1/admin/panic", { on: true });
  assert.deepEqual([again.status, again.body.code, again.body.refusal], [409, "refused", "panic-on"]);
});
