import assert from "node:assert/strict";
import { test } from "node:test";
import { ledger, type Perform } from "#support/ledger.ts";
import { LedgerWorld } from "#support/ledger-world.ts";

const ADA = ledger("ada");
const BEN = ledger("ben");
const JOB = { notes: 0 };

type Tools = Parameters<Perform>[1];

test("a step that waits for its last try is handed over as one, though its actor was busy with mail meanwhile", async () => {
  const begun: (Tools & { readonly end: () => void; readonly tag: string })[] = [];
  const world = new LedgerWorld({
    perform: ({ tag }, tools) =>
      new Promise((resolve) => begun.push({ ...tools, tag, end: () => resolve({ tag, done: true }) })),
  });
  world.post(ADA, "add", { tag: "a", amount: 1, job: JOB });
  world.post(BEN, "add", { tag: "b", amount: 1, job: JOB });
  await world.scheduler.settle();
  world.crash();
  await world.scheduler.settle();
  world.crash();
  await world.scheduler.settle();
  const told = () => begun.map(({ tag, attempt }) => `${tag}${attempt}`);
  assert.deepEqual(told(), ["a1", "b1", "a2", "b2", "a3"]);
  world.post(BEN, "add", { tag: "c", amount: 1 });
  await world.scheduler.settle();
  begun[4]?.end();
  await world.handOver();
  await world.scheduler.settle();
  assert.deepEqual(told(), ["a1", "b1", "a2", "b2", "a3", "b3"]);
  assert.deepEqual(world.events(BEN), ["added", "resumed", "added", "resumed"]);
});
