import assert from "node:assert/strict";
import { test } from "node:test";
import type { StepInput } from "#runtime/actor.ts";
import { Closed } from "#runtime/errors.ts";
import { StepRunner } from "#runtime/steps.ts";
import { scrubberOf } from "#subjects/scrub.ts";
import { ledger, ledgerKind, type Perform } from "#support/ledger.ts";
import { LedgerWorld, type WorldOptions } from "#support/ledger-world.ts";
import { memoryArtifacts } from "#support/memory-artifacts.ts";
import { MemoryBus } from "#support/memory-bus.ts";
import { MemoryStore } from "#support/memory-store.ts";

const ADA = ledger("ada");
const BEN = ledger("ben");
const JOB = { notes: 0 };

type Tools = Parameters<Perform>[1];

/** A world whose jobs are in the test's hands: each begun one is noted and ends when the test says so. */
function worldOfJobs(options: WorldOptions = {}) {
  const begun: (Tools & { readonly end: () => void; readonly tag: string })[] = [];
  const world = new LedgerWorld({
    ...options,
    perform: ({ tag }, tools) =>
      new Promise((resolve) => begun.push({ ...tools, tag, end: () => resolve({ tag, done: true }) })),
  });
  const attempts = (): readonly number[] => begun.map(({ attempt }) => attempt);
  return { world, begun, attempts };
}

test("a death of its process is a step's next attempt, said in the log before it begins", async () => {
  const { world, attempts } = worldOfJobs();
  world.post(ADA, "add", { tag: "a", amount: 1, job: JOB });
  await world.scheduler.settle();
  world.crash();
  await world.scheduler.settle();
  assert.deepEqual(attempts(), [1, 2]);
  assert.deepEqual(world.events(ADA), ["added", "resumed"]);
});

test("a reload leaves running steps alone", async () => {
  const { world, attempts, begun } = worldOfJobs();
  world.post(ADA, "add", { tag: "a", amount: 1, job: JOB });
  await world.scheduler.settle();
  world.store.log.forge(ADA, "added", {});
  world.post(ADA, "add", { tag: "b", amount: 1 });
  await world.scheduler.settle();
  begun[0]?.end();
  await world.rest();
  assert.deepEqual(attempts(), [1]);
  assert.deepEqual(world.events(ADA), ["added", "added", "worked"]);
  assert.ok(world.lines.some(({ message }) => message.includes("moved past seq")));
});

test("a step left to the next owner in good order has its first attempt there", async () => {
  const { world, attempts } = worldOfJobs();
  world.post(ADA, "add", { tag: "a", amount: 1, job: JOB });
  await world.until("it was added", () => world.log(ADA).length > 0);
  await world.handOver();
  await world.scheduler.settle();
  assert.deepEqual(attempts(), [1]);
  assert.deepEqual(world.events(ADA), ["added"]);
  assert.equal(world.store.mail.waiting().length, 1);
});

test("a step cut by a hand-over counts as begun", async () => {
  const { world, attempts } = worldOfJobs();
  world.post(ADA, "add", { tag: "a", amount: 1, job: JOB });
  await world.scheduler.settle();
  await world.handOver();
  await world.scheduler.settle();
  assert.deepEqual(attempts(), [1, 2]);
});

test("three deaths under a step are the end of it, and its kind is told", async () => {
  const { world, attempts } = worldOfJobs();
  world.post(ADA, "add", { tag: "a", amount: 1, job: JOB });
  for (let deaths = 0; deaths < 3; deaths++) {
    await world.scheduler.settle();
    world.crash();
  }
  await world.rest();
  assert.deepEqual(attempts(), [1, 2, 3]);
  assert.deepEqual(world.events(ADA), ["added", "resumed", "resumed", "failed"]);
  assert.match(JSON.stringify(world.log(ADA).at(-1)?.data), /died 3 times/);
});

test("deaths are counted across snapshots", async () => {
  const { world, attempts } = worldOfJobs({ host: { snapshotEvery: 1 } });
  world.post(ADA, "add", { tag: "a", amount: 1, job: JOB });
  for (let deaths = 0; deaths < 4; deaths++) {
    await world.scheduler.settle();
    world.crash();
  }
  assert.deepEqual(attempts(), [1, 2, 3]);
});

test("a step that never ends is never given up", async () => {
  const { world, attempts } = worldOfJobs();
  world.post(ADA, "add", { tag: "a", amount: 1, job: { notes: 0, endless: true } });
  for (let deaths = 0; deaths < 5; deaths++) {
    await world.scheduler.settle();
    world.crash();
  }
  await world.scheduler.settle();
  assert.deepEqual(attempts(), [1, 2, 3, 4, 5, 6]);
});

test("an innocent neighbour of a step that kills its process is not given up", async () => {
  let doomed = false;
  const world = new LedgerWorld({
    perform: async ({ tag }) => {
      if (tag === "killer") doomed = true;
      for (let turn = 0; turn < 8; turn++) await world.scheduler.turn(`works on ${tag}`, world.owner.process);
      return { tag, done: true };
    },
  });
  world.post(BEN, "add", { tag: "innocent", amount: 1, job: JOB });
  world.post(ADA, "add", { tag: "killer", amount: 1, job: JOB });
  let deaths = 0;
  while (await world.scheduler.step()) {
    if (!doomed || !world.events(BEN).includes("added")) continue;
    deaths++;
    world.crash();
    doomed = false;
  }
  await world.rest();
  assert.equal(deaths, 3);
  assert.equal(world.events(ADA).at(-1), "failed");
  assert.equal(world.events(BEN).at(-1), "worked");
});

test("suspects run one at a time, and each when the one before it has ended", async () => {
  const { world, begun } = worldOfJobs();
  for (const [tag, to] of [
    ["a", ADA],
    ["b", BEN],
  ] as const)
    world.post(to, "add", { tag, amount: 1, job: JOB });
  for (let deaths = 0; deaths < 2; deaths++) {
    await world.scheduler.settle();
    world.crash();
  }
  await world.scheduler.settle();
  const last = (): readonly string[] => begun.slice(4).map(({ tag, attempt }) => `${tag} ${attempt}`);
  assert.equal(last().length, 1);
  assert.equal(world.store.mail.waiting().length, 2);
  begun[4]?.end();
  await world.scheduler.settle();
  assert.deepEqual(last().toSorted(), ["a 3", "b 3"]);
  begun[5]?.end();
  await world.rest();
});

test("an emission is an input like any other, told to the step once it was judged", async () => {
  const { world, begun } = worldOfJobs();
  world.post(ADA, "add", { tag: "a", amount: 1, job: JOB });
  await world.scheduler.settle();
  const emitted = begun[0]?.emit({ tag: "a", note: 1 });
  assert.ok(emitted);
  await world.run(emitted);
  assert.deepEqual(world.events(ADA), ["added", "noted"]);
});

test("an emission that is not judged here is not said to be", async () => {
  const { world, begun } = worldOfJobs();
  world.post(ADA, "add", { tag: "a", amount: 1, job: JOB });
  await world.scheduler.settle();
  const emitted = begun[0]?.emit({ tag: "a", note: 1 });
  world.owner.close();
  await assert.rejects(async () => emitted, Closed);
  await assert.rejects(async () => begun[0]?.emit({ tag: "a", note: 2 }), Closed);
});

test("an emission that comes after its step was cancelled is not said to be judged", async () => {
  const { world, begun } = worldOfJobs();
  world.post(ADA, "add", { tag: "a", amount: 1, job: JOB });
  await world.scheduler.settle();
  world.post(ADA, "cancel", { tag: "a" });
  await world.until("it is being cancelled", () => world.scheduler.labels().includes("p1 append cancelled"));
  const emitted = begun[0]?.emit({ tag: "a", note: 1 });
  await world.scheduler.settle();
  await assert.rejects(async () => emitted, Closed);
  assert.deepEqual(world.events(ADA), ["added", "cancelled"]);
});

test("an emission whose sends fail takes effect once", async () => {
  const { world, begun } = worldOfJobs();
  world.post(ADA, "add", { tag: "a", amount: 1, to: BEN, job: JOB });
  await world.scheduler.settle();
  Object.assign(world.store.faults, { errors: 1, errorsOf: "post receive" });
  begun[0]?.end();
  await world.until("there was trouble", () => world.lines.some(({ level }) => level === "error"));
  await world.until("it was sent after all", () => world.events(BEN).length === 2);
  assert.deepEqual(world.events(ADA), ["added", "worked"]);
  assert.deepEqual(world.events(BEN), ["received", "received"]);
});

test("a step no longer wanted is aborted, its outcome judged by nobody, its alarm clock let go", async () => {
  const { world, begun } = worldOfJobs();
  world.post(ADA, "add", { tag: "a", amount: 1, job: JOB });
  await world.scheduler.settle();
  world.post(ADA, "cancel", { tag: "a" });
  await world.scheduler.settle();
  assert.equal(begun[0]?.signal.aborted, true);
  begun[0]?.end();
  await world.scheduler.settle();
  assert.deepEqual(world.events(ADA), ["added", "cancelled"]);
  assert.deepEqual(world.store.mail.waiting(), []);
});

test("a step that throws has failed, and so has one whose outcome its kind cannot judge", async () => {
  const world = new LedgerWorld();
  world.post(ADA, "add", { tag: "a", amount: 1, job: { notes: 0, wrong: "throw" } });
  world.post(ADA, "add", { tag: "b", amount: 1, job: { notes: 0, wrong: "decide" } });
  await world.rest();
  const reasons = world
    .log(ADA)
    .filter(({ event }) => event === "failed")
    .map(({ data }) => data);
  assert.deepEqual(reasons, [
    { tag: "a", reason: "this job cannot be done" },
    { tag: "b", reason: "decide threw: cannot judge this" },
  ]);
});

test("an actor keeps one mail unacknowledged while a step runs, whatever else comes", async () => {
  const { world, begun } = worldOfJobs();
  world.post(ADA, "add", { tag: "a", amount: 1, job: JOB });
  world.post(ADA, "add", { tag: "b", amount: 1 });
  world.post(ADA, "add", { tag: "c", amount: 0 });
  await world.scheduler.settle();
  assert.deepEqual(
    world.store.mail.waiting().map(({ seq }) => seq),
    [1],
  );
  assert.equal(world.owner.actor(ADA).unacknowledged, 1);
  begun[0]?.end();
  await world.rest();
});

test("an actor that closes starts nothing and acknowledges nothing more", async () => {
  const { world, begun } = worldOfJobs();
  world.post(ADA, "add", { tag: "a", amount: 1, job: JOB });
  await world.until("it was added", () => world.log(ADA).length > 0);
  const { owner } = world;
  owner.close();
  await world.scheduler.settle();
  assert.deepEqual(begun, []);
  assert.equal(world.store.mail.waiting().length, 1);
});

test("a step that threw and one that was given up are told apart by their code, and no key is told with them", async () => {
  const inputs: StepInput<unknown>[] = [];
  const kind = ledgerKind({
    perform: () => Promise.reject(new Error(`no model answers to sk-${"a1B2".repeat(8)}, nor to our-own-word`)),
  });
  const port = {
    kind,
    address: ADA,
    bus: new MemoryBus(new MemoryStore(), "p"),
    artifacts: memoryArtifacts,
    clock: () => 7,
    options: { scrub: scrubberOf(["our-own-word"]) },
  };
  const runner = new StepRunner(port, async (_, input) => {
    inputs.push(input);
  });
  const story = { correlation: "c", traceId: "0".repeat(32) };
  runner.start("first", { type: "work" }, 1, story);
  runner.abandon("second", story);
  await new Promise(setImmediate);
  const told = inputs.map((input) => (input.type === "failure" ? [input.key, input.code, input.reason] : []));
  assert.deepEqual(told.toSorted(), [
    ["first", "threw", "no model answers to [hidden], nor to [hidden]"],
    ["second", "abandoned", "its process died 3 times while this ran"],
  ]);
});
