import assert from "node:assert/strict";
import { test } from "node:test";
import { ledger, type Perform } from "#support/ledger.ts";
import { LedgerWorld } from "#support/ledger-world.ts";

const ADA = ledger("ada");
const BEN = ledger("ben");

/** A world in which the claim wakes one actor, and nobody's steps end before the test says so. */
function worldWithResident() {
  const begun: { readonly tag: string; readonly attempt: number; readonly end: () => void }[] = [];
  const perform: Perform = ({ tag }, { attempt }) =>
    new Promise((resolve) => begun.push({ tag, attempt, end: () => resolve({ tag, done: true }) }));
  return { world: new LedgerWorld({ resident: ADA, perform }), begun };
}

test("an actor that its claim wakes keeps no mail as its alarm clock, and any other does", async () => {
  const { world, begun } = worldWithResident();
  for (const to of [ADA, BEN]) world.post(to, "add", { tag: "a", amount: 1, job: { notes: 0, endless: true } });
  await world.until("both work", () => begun.length === 2);
  await world.scheduler.settle();
  assert.deepEqual(
    world.store.mail.waiting().map(({ address }) => address),
    [BEN],
  );
});

test("an actor that its claim wakes goes on after a crash without any mail, and its mail takes effect once", async () => {
  const { world, begun } = worldWithResident();
  world.post(ADA, "add", { tag: "a", amount: 1, job: { notes: 0 } });
  await world.until("it works", () => begun.length === 1);
  await world.scheduler.settle();
  assert.deepEqual(world.store.mail.waiting(), []);
  world.crash();
  await world.until("it works again", () => begun.length === 2);
  assert.deepEqual([begun[1]?.attempt, world.events(ADA)], [2, ["added", "resumed"]]);
  begun[1]?.end();
  await world.rest();
  assert.deepEqual(world.events(ADA), ["added", "resumed", "worked"]);
  await world.check(ADA);
});
