import assert from "node:assert/strict";
import { test } from "node:test";
import { Closed, NewerSchema } from "#runtime/errors.ts";
import { recordsBack } from "#runtime/lineage.ts";
import { type Reader, readState } from "#runtime/recovery.ts";
import { FORK, type Fork } from "#subjects/mod.ts";
import { type LedgerState, ledger, ledgerKind } from "#support/ledger.ts";
import { ADA, BEN, countOf, ledgerLog } from "#support/ledger-log.ts";
import { LedgerWorld } from "#support/ledger-world.ts";
import { MemoryBus } from "#support/memory-bus.ts";
import { entryOf, recordsOf } from "#support/record.ts";

const KIND = ledgerKind();
const TWIN = ledger("twin");
const { signal } = new AbortController();

/** Reads by a bus, and notes which records it asks for. */
function noting(bus: MemoryBus) {
  const asked: number[] = [];
  const reader: Reader = {
    last: (...of) => bus.last(...of),
    next: (...of) => bus.next(...of),
    loadSnapshot: (...of) => bus.loadSnapshot(...of),
    record: (address, seq, until) => {
      asked.push(seq);
      return bus.record(address, seq, until);
    },
  };
  return { reader, asked };
}

/** How many events of ADA are in what is read of her, as of her event of that number, and how many records that took. */
async function readAt({ bus, prev }: Awaited<ReturnType<typeof ledgerLog>>, nth: number, kind = KIND) {
  const { reader, asked } = noting(bus);
  const state = await readState(reader, kind, { from: ADA, seq: prev[nth] ?? 0 }, signal);
  return { count: countOf({ state }), asked: asked.length };
}

test("a past is read from an older snapshot and the events after it alone", async () => {
  const log = await ledgerLog(100);
  await log.snapshot();
  for (let nth = 100; nth < 300; nth++) await log.addNext(`a${nth}`);
  assert.equal((await readAt(log, 99)).count, 100);
  assert.deepEqual(await readAt(log, 139), { count: 140, asked: 41 });
  log.store.snapshots.clear();
  assert.deepEqual(await readAt(log, 139), { count: 140, asked: 140 });
});

test("a snapshot that is newer than the past, or of another version, is as good as none", async () => {
  const log = await ledgerLog(50);
  await log.snapshot();
  assert.equal((await readAt(log, 9)).count, 10);
  await log.addNext("a50");
  assert.deepEqual(await readAt(log, 50, ledgerKind({ stateVersion: 2 })), { count: 51, asked: 51 });
});

test("a snapshot of what was put back is not believed", async () => {
  const log = await ledgerLog(3);
  const restore = log.store.checkpoint();
  await log.addNext("lost");
  await log.snapshot();
  const kept = new Map(log.store.snapshots);
  restore();
  for (const [key, bytes] of kept) log.store.snapshots.set(key, bytes);
  log.prev.splice(3);
  for (const id of ["a3", "a4"]) await log.addNext(id);
  assert.equal((await readAt(log, 4)).count, 5);
});

test("of a past that was trimmed there is what is left of it, and what a snapshot from before that knows", async () => {
  const log = await ledgerLog(50);
  await log.snapshot();
  for (let nth = 50; nth < 150; nth++) await log.addNext(`a${nth}`);
  log.store.log.trim(ADA, log.prev[69] ?? 0);
  assert.equal((await readAt(log, 79)).count, 60, "50 of the snapshot, 10 of the log");
  assert.equal((await readAt(log, 59)).count, 50, "the event itself is gone");
  log.store.snapshots.clear();
  assert.equal((await readAt(log, 79)).count, 10);
  assert.equal((await readAt(log, 59)).count, 0);
});

test("what was forged is passed by, also where it is the newest or stands where the past is to end", async () => {
  const log = await ledgerLog(5);
  await log.snapshot();
  const seq = log.store.log.forge(ADA, "added", { tag: "forged", amount: 9, total: 9 });
  assert.equal((await readAt(log, 3)).count, 4);
  for (const snapshots of [1, 0]) {
    if (snapshots === 0) log.store.snapshots.clear();
    assert.equal(countOf({ state: await readState(log.bus, KIND, { from: ADA, seq }, signal) }), 5);
  }
  const back = await recordsOf(recordsBack(log.bus, { from: ADA, seq }, signal));
  assert.deepEqual(
    back.map(({ id }) => id),
    ["a4", "a3", "a2", "a1", "a0"],
  );
});

test("a past that nobody has is the beginning, and one between two events is that of the one before", async () => {
  const log = await ledgerLog(5);
  const between = { from: ADA, seq: (log.prev[2] ?? 0) + 1 };
  assert.equal(countOf({ state: await readState(log.bus, KIND, between, signal) }), 3);
  const nobodys = { from: ledger("nobody"), seq: 3 };
  assert.deepEqual(await readState(log.bus, KIND, nobodys, signal), KIND.initial(ADA));
  assert.deepEqual(await recordsOf(recordsBack(log.bus, nobodys, signal)), []);
});

test("a past that a newer version wrote is not read by an older one", async () => {
  const log = await ledgerLog(2);
  const { seq } = await log.bus.append(entryOf(ADA, "a2", { version: 2, prev: log.prev }), log.prev[1] ?? 0, signal);
  await assert.rejects(readState(log.bus, KIND, { from: ADA, seq }, signal), NewerSchema);
  assert.equal((await readAt(log, 1)).count, 2);
});

test("a long past is walked back a page at a time, and no further than it is asked for", async () => {
  const log = await ledgerLog(100);
  const { reader, asked } = noting(log.bus);
  const past = { from: ADA, seq: log.prev[89] ?? 0 };
  const found: string[] = [];
  for await (const page of recordsBack(reader, past, signal)) {
    found.push(...page.map(({ id }) => id));
    if (found.includes("a80")) break;
  }
  assert.deepEqual(
    found,
    Array.from({ length: 33 }, (_, nth) => `a${89 - nth}`),
  );
  assert.equal(asked.length, 33);
});

/** A world in which a job of BEN's looks into a past, and what it saw there. */
function worldOfReaders(past: () => Fork) {
  const seen: { readonly state: LedgerState; readonly events: readonly string[] }[] = [];
  const world = new LedgerWorld({
    host: { snapshotEvery: 3 },
    perform: async ({ tag }, { read, back }) => {
      const state = (await read(past(), KIND)) as LedgerState;
      const events = (await recordsOf(back(past()))).map(({ event }) => event);
      seen.push({ state, events });
      return { tag, done: true };
    },
  });
  return { world, seen };
}

test("a step reads the past of another actor, what that inherited included, and writes nothing by it", async () => {
  let past: Fork = { from: TWIN, seq: 1 };
  const { world, seen } = worldOfReaders(() => past);
  for (let nth = 0; nth < 7; nth++) world.post(ADA, "add", { tag: `a${nth}`, amount: 1 });
  await world.rest();
  world.post(TWIN, FORK, { from: ADA, seq: world.log(ADA)[4]?.seq ?? 0 });
  for (let nth = 0; nth < 4; nth++) world.post(TWIN, "add", { tag: `t${nth}`, amount: 10 });
  await world.rest();
  const before = [...world.log(ADA), ...world.log(TWIN)].length;
  past = { from: TWIN, seq: world.log(TWIN)[2]?.seq ?? 0 };
  world.post(BEN, "add", { tag: "look", amount: 1, job: { notes: 0 } });
  await world.rest();
  const added = (count: number): readonly string[] => Array.from({ length: count }, () => "added");
  assert.deepEqual(
    seen.map(({ state, events }) => [state.total, events]),
    [[25, [...added(2), "forked", ...added(5)]]],
  );
  past = { from: TWIN, seq: world.log(ADA)[1]?.seq ?? 0 };
  world.post(BEN, "add", { tag: "look further", amount: 1, job: { notes: 0 } });
  await world.rest();
  assert.deepEqual([seen[1]?.state.total, seen[1]?.events], [2, added(2)]);
  assert.equal([...world.log(ADA), ...world.log(TWIN)].length, before);
  assert.deepEqual(world.events(BEN), ["added", "worked", "added", "worked"]);
});

test("what a step reads ends with the step", async () => {
  const log = await ledgerLog(3);
  const gone = AbortSignal.abort();
  const past = { from: ADA, seq: log.prev[2] ?? 0 };
  await assert.rejects(readState(new MemoryBus(log.store, "p"), KIND, past, gone), Closed);
  await assert.rejects(recordsOf(recordsBack(log.bus, past, gone)), Closed);
});
