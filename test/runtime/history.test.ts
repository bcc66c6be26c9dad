import assert from "node:assert/strict";
import { test } from "node:test";
import { causesSince } from "#runtime/history.ts";
import { ADA, BEN, countOf, ledgerLog } from "#support/ledger-log.ts";
import { LedgerWorld } from "#support/ledger-world.ts";
import { MemoryBus } from "#support/memory-bus.ts";

const { signal } = new AbortController();

test("an actor without a log is new", async () => {
  const { load } = await ledgerLog(0);
  const { fold, unconfirmed } = await load();
  assert.deepEqual([fold.seq, fold.fence, fold.tail, unconfirmed], [0, 0, [], []]);
});

test("a log far longer than one record names is read whole and in order", async () => {
  const { load, prev } = await ledgerLog(100);
  const { fold, unconfirmed } = await load();
  assert.equal(countOf(fold), 100);
  assert.deepEqual(fold.tail, prev.slice(-32));
  assert.deepEqual(
    unconfirmed.map(({ id }) => id),
    ["a99"],
  );
});

test("a snapshot spares all that came before it", async () => {
  const { store, load, snapshot, addNext } = await ledgerLog(50);
  await snapshot();
  for (let nth = 50; nth < 90; nth++) await addNext(`a${nth}`);
  const asked: number[] = [];
  const { record } = MemoryBus.prototype;
  try {
    MemoryBus.prototype.record = function (address, seq, at) {
      asked.push(seq);
      return record.call(this, address, seq, at);
    };
    const { fold } = await load();
    assert.equal(countOf(fold), 90);
  } finally {
    MemoryBus.prototype.record = record;
  }
  assert.ok(asked.every((seq) => seq >= (store.log.of(ADA)[49]?.seq ?? 0)));
});

test("a snapshot of a past that was put back is ignored, whoever has its sequence now", async () => {
  for (const after of [0, 1, 40]) {
    const log = await ledgerLog(3);
    const restore = log.store.checkpoint();
    await log.addNext("lost");
    await log.addNext("lost too");
    await log.snapshot();
    const kept = new Map(log.store.snapshots);
    restore();
    for (const [key, bytes] of kept) log.store.snapshots.set(key, bytes);
    log.prev.splice(3);
    for (let nth = 0; nth < 4; nth++) await log.add(BEN, `in place of it ${nth}`);
    for (let nth = 0; nth < after; nth++) await log.addNext(`a${nth + 3}`);
    const { fold } = await log.load();
    assert.equal(countOf(fold), 3 + after);
    assert.equal(fold.last?.id, `a${after + 2}`);
  }
});

test("a snapshot of a past that was put back is ignored even where only a forgery stands behind it", async () => {
  const log = await ledgerLog(3);
  const restore = log.store.checkpoint();
  await log.addNext("lost");
  await log.snapshot();
  const kept = new Map(log.store.snapshots);
  restore();
  for (const [key, bytes] of kept) log.store.snapshots.set(key, bytes);
  await log.add(BEN, "in place of it");
  log.store.log.forge(ADA, "added", {});
  assert.equal(countOf((await log.load()).fold), 3);
});

test("a snapshot whose own event was issued again to the same actor is ignored", async () => {
  const log = await ledgerLog(3);
  const restore = log.store.checkpoint();
  await log.addNext("lost");
  await log.snapshot();
  const kept = new Map(log.store.snapshots);
  restore();
  for (const [key, bytes] of kept) log.store.snapshots.set(key, bytes);
  log.prev.splice(3);
  await log.addNext("a3");
  assert.equal((await log.load()).fold.last?.id, "a3");
  await log.addNext("a4");
  assert.equal(countOf((await log.load()).fold), 5);
});

test("a trimmed log is read from what is left of it, a snapshot of what is gone included", async () => {
  const log = await ledgerLog(80);
  await log.snapshot();
  for (let nth = 80; nth < 150; nth++) await log.addNext(`a${nth}`);
  log.store.log.trim(ADA, log.prev[79] ?? 0);
  assert.equal(countOf((await log.load()).fold), 150);
  log.store.log.trim(ADA, log.prev[84] ?? 0);
  assert.equal(countOf((await log.load()).fold), 145);
  log.store.log.trim(ADA, log.prev[140] ?? 0);
  assert.equal(countOf((await log.load()).fold), 89);
  log.store.snapshots.clear();
  assert.equal(countOf((await log.load()).fold), 9);
  assert.equal((await causesSince(log.bus, ADA, log.prev.slice(-32), 0, signal)).has("mail of a10"), false);
});

test("a forged record is passed by, and stands in the fence", async () => {
  const log = await ledgerLog(3);
  for (const count of [3, 4]) {
    const seq = log.store.log.forge(ADA, "added", { tag: "forged", amount: 9, total: 9 });
    const { fold } = await log.load();
    assert.deepEqual([countOf(fold), fold.fence, fold.last?.id], [count, seq, `a${count - 1}`]);
    await log.snapshot();
    assert.deepEqual((await log.load()).fold.tail, log.prev);
    await log.addNext(`a${count}`);
  }
  const { load, store } = await ledgerLog(0);
  store.log.forge(ADA, "added", {});
  const { fold } = await load();
  assert.deepEqual([fold.seq, fold.fence], [0, 1]);
});

test("a mail's commit is found however long ago it was, and not sought before the mail's own time", async () => {
  const { bus, prev } = await ledgerLog(100);
  const found = async (mailId: string, sinceAt: number) =>
    (await causesSince(bus, ADA, prev.slice(-32), sinceAt, signal)).has(mailId);
  assert.equal(await found("mail of a99", 0), true);
  assert.equal(await found("mail of a0", 0), true);
  assert.equal(await found("mail of nobody", 0), false);
  assert.equal(await found("mail of a0", 90), false);
});

test("a log read back is the state that was in memory, whatever was snapshotted", async () => {
  const world = new LedgerWorld({ host: { snapshotEvery: 7 } });
  for (let nth = 0; nth < 40; nth++) world.post(ADA, "add", { tag: `t${nth}`, amount: 1, to: BEN, job: { notes: 1 } });
  await world.rest();
  world.crash();
  await world.check(ADA);
  await world.check(BEN);
});
