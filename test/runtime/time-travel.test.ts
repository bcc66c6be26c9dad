import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { LogRecord } from "#runtime/bus.ts";
import { foldAt, recordsBack, upTo } from "#runtime/lineage.ts";
import { readState } from "#runtime/recovery.ts";
import { type Address, FORK, FORKED } from "#subjects/mod.ts";
import { type LedgerState, ledger, ledgerKind } from "#support/ledger.ts";
import { LedgerWorld, replay } from "#support/ledger-world.ts";
import { MemoryBus } from "#support/memory-bus.ts";
import { recordsOf } from "#support/record.ts";
import { seededPick } from "#support/scheduler.ts";

const ADA = ledger("ada");
const BEN = ledger("ben");
const TWIN = ledger("twin");
const HEIR = ledger("heir");
const KIND = ledgerKind();
const { signal } = new AbortController();

/** A world in which ADA has added so many times, with work and mail to BEN. */
async function worldOf(count: number, options: ConstructorParameters<typeof LedgerWorld>[0] = {}) {
  const world = new LedgerWorld(options);
  add(world, ADA, count, "a");
  await world.rest();
  return world;
}

function add(world: LedgerWorld, to: Address, count: number, tag: string): void {
  for (let nth = 0; nth < count; nth++)
    world.post(to, "add", { tag: `${tag}${nth}`, amount: 1, to: BEN, job: { notes: 1 } });
}

const seqsOf = (world: LedgerWorld, address: Address): readonly number[] => world.log(address).map(({ seq }) => seq);

async function fork(world: LedgerWorld, from: Address, seq: number, to: Address): Promise<void> {
  world.post(to, FORK, { from, seq });
  await world.rest();
}

/** The state at a sequence as a reader of the store finds it. */
async function stateAt(world: LedgerWorld, address: Address, moment: Parameters<typeof foldAt>[3]) {
  const bus = new MemoryBus(world.store, "reader");
  const { seq, state } = await world.run(foldAt(bus, KIND, address, moment, signal));
  return { seq, state: state as LedgerState };
}

const refusals = (world: LedgerWorld): readonly unknown[] =>
  world.store.live.filter(({ noun }) => noun === "refusal").map(({ data }) => (data as { code: string }).code);

test("a state as of any moment is the fold of the log up to there", async () => {
  const world = await worldOf(20, { host: { snapshotEvery: 5 } });
  const records = world.log(ADA);
  for (const [at, record] of records.entries()) {
    const wanted = replay(KIND, ADA, records.slice(0, at + 1));
    assert.deepEqual(await stateAt(world, ADA, { seq: record.seq }), { seq: record.seq, state: wanted });
  }
  assert.deepEqual((await stateAt(world, ADA, {})).state, await world.state(ADA));
});

test("a moment between two events is that of the one before it", async () => {
  const world = await worldOf(1);
  world.store.advance(1_000);
  add(world, ADA, 1, "late");
  await world.rest();
  const [first, ...rest] = world.log(ADA);
  assert.ok(first);
  const late = rest.find(({ at }) => at > first.at);
  assert.ok(late);
  assert.equal((await stateAt(world, ADA, { seq: late.seq - 1 })).state.total, 1);
  assert.equal((await stateAt(world, ADA, { time: late.at - 1 })).state.total, 1);
  assert.equal((await stateAt(world, ADA, { time: late.at })).state.total, 2);
  assert.deepEqual(await stateAt(world, ADA, { seq: 0 }), { seq: 0, state: KIND.initial(ADA) });
});

test("a fork goes on from the other's past, and neither hears of the other again", async () => {
  const world = await worldOf(10);
  const before = await world.state(ADA);
  await fork(world, ADA, seqsOf(world, ADA).at(-1) ?? 0, TWIN);
  assert.deepEqual(await world.state(TWIN), before);
  add(world, TWIN, 3, "t");
  add(world, ADA, 1, "more");
  await world.rest();
  assert.equal((await world.state(TWIN)).total, before.total + 3);
  assert.equal((await world.state(ADA)).total, before.total + 1);
});

test("mail under an id that the other has handled is new to a fork", async () => {
  const world = await worldOf(2);
  const [{ id } = { id: "" }] = world.posted;
  await fork(world, ADA, seqsOf(world, ADA).at(-1) ?? 0, TWIN);
  const { total } = await world.state(TWIN);
  world.post(TWIN, "add", { tag: "again", amount: 1, to: BEN }, id);
  await world.rest();
  assert.equal((await world.state(TWIN)).total, total + 1);
  world.repeat(world.posted.length - 1);
  await world.rest();
  assert.equal((await world.state(TWIN)).total, total + 1, "and then a repeat");
});

test("what is written for a fork does not grow with its past", async () => {
  const written = async (count: number): Promise<number> => {
    const world = await worldOf(count);
    await fork(world, ADA, seqsOf(world, ADA).at(-1) ?? 0, TWIN);
    return JSON.stringify(world.log(TWIN).map(({ event, data }) => ({ event, data }))).length;
  };
  assert.ok((await written(80)) <= (await written(2)) + 3, "only the digits of a sequence may be more");
});

test("a fork sends nothing again that the other had sent", async () => {
  const world = await worldOf(10);
  const received = world.events(BEN).length;
  await fork(world, ADA, seqsOf(world, ADA).at(-1) ?? 0, TWIN);
  world.crash();
  await world.state(TWIN);
  await world.rest();
  assert.equal(world.events(BEN).length, received);
});

test("a fork takes up the work that was open at its moment, as its own", async () => {
  const world = await worldOf(1);
  const added = world.log(ADA).find(({ event }) => event === "added");
  await fork(world, ADA, added?.seq ?? 0, TWIN);
  assert.deepEqual(world.events(TWIN), ["forked", "noted", "worked"]);
});

test("a fork can be forked, before its own beginning too", async () => {
  const world = await worldOf(6);
  const [, , third] = seqsOf(world, ADA);
  const all = await world.state(ADA);
  await fork(world, ADA, seqsOf(world, ADA).at(-1) ?? 0, TWIN);
  add(world, TWIN, 2, "t");
  await world.rest();
  await fork(world, TWIN, seqsOf(world, TWIN).at(-1) ?? 0, HEIR);
  assert.equal((await world.state(HEIR)).total, all.total + 2);
  const elder = ledger("elder");
  await fork(world, TWIN, third ?? 0, elder);
  const { total } = replay(KIND, ADA, world.log(ADA).slice(0, 3));
  assert.equal((await world.state(elder)).total, total);
  assert.deepEqual(world.log(elder)[0]?.data, { from: ADA, seq: third });
});

test("a fork survives the death of every process and the loss of every snapshot", async () => {
  const world = await worldOf(10, { host: { snapshotEvery: 3 } });
  await fork(world, ADA, seqsOf(world, ADA).at(-1) ?? 0, TWIN);
  add(world, TWIN, 5, "t");
  await world.rest();
  const state = await world.state(TWIN);
  world.crash();
  assert.deepEqual(await world.state(TWIN), state);
  world.store.snapshots.clear();
  world.crash();
  assert.deepEqual(await world.state(TWIN), state);
});

test("a wish to fork is judged once, and refused with its reason where it cannot be", async () => {
  const world = await worldOf(2);
  const [first = 0] = seqsOf(world, ADA);
  world.post(TWIN, FORK, { from: ADA, seq: first }, "one");
  await world.rest();
  world.repeat(world.posted.length - 1);
  await world.rest();
  assert.deepEqual(
    world.events(TWIN).filter((event) => event === FORKED),
    [FORKED],
  );
  assert.deepEqual(refusals(world), []);
  await fork(world, ADA, first, BEN);
  await fork(world, ledger("nobody"), 1, HEIR);
  await fork(world, "main.channel.x", 1, HEIR);
  assert.deepEqual(refusals(world), ["has-a-past", "no-such-past", "other-kind"]);
  world.post(HEIR, FORK, { from: "not an address", seq: 1 });
  await world.rest();
  assert.equal(world.store.dead.length, 1);
});

test("any story of forks, crashes and lost snapshots is the fold of what each log says and inherits", async () => {
  const names = [ADA, TWIN, HEIR, ledger("dee")];
  const fault = fc.record({ type: fc.constantFrom("crash" as const, "forget" as const, "passivate" as const) });
  const deed = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ type: fc.constant("add" as const), to: fc.nat(3), count: fc.integer({ min: 1, max: 5 }) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ type: fc.constant("fork" as const), from: fc.nat(3), to: fc.nat(3), at: fc.nat(30) }),
    },
    { weight: 3, arbitrary: fault },
  );
  let forks = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 4, maxLength: 20 }), fc.integer(), async (deeds, seed) => {
      const world = new LedgerWorld({ pick: seededPick(seed), host: { snapshotEvery: 4 } });
      const told = new Map<Address, LogRecord[]>();
      add(world, ADA, 2, "first");
      await world.rest();
      for (const [nth, each] of deeds.entries()) {
        if (each.type === "add") add(world, names[each.to] ?? ADA, each.count, `d${nth}-`);
        else if (each.type === "fork") {
          const seqs = seqsOf(world, names[each.from] ?? ADA);
          await fork(
            world,
            names[each.from] ?? ADA,
            seqs[each.at % Math.max(seqs.length, 1)] ?? 1,
            names[each.to] ?? ADA,
          );
        } else if (each.type === "crash") world.crash();
        else if (each.type === "passivate") world.owner.passivate();
        else world.store.snapshots.clear();
      }
      await world.rest();
      for (const address of names) told.set(address, inherited(world, address));
      for (const [address, records] of told) {
        forks += records.filter(({ event }) => event === FORKED).length;
        const events = records.filter(({ event }) => event !== FORKED);
        assert.deepEqual(await world.state(address), replay(KIND, address, events));
        for (const [at, { seq }] of events.entries()) {
          const { state } = await stateAt(world, address, { seq });
          assert.deepEqual(state, replay(KIND, address, events.slice(0, at + 1)), `${address} at ${seq}`);
          const past = { from: address, seq };
          const reader = new MemoryBus(world.store, "another actor");
          assert.deepEqual(await world.run(readState(reader, KIND, past, signal)), state, `${address} read at ${seq}`);
          const back = await world.run(recordsOf(recordsBack(reader, past, signal)));
          assert.deepEqual(back.toReversed(), upTo(records, seq), `${address} back from ${seq}`);
        }
      }
    }),
    { numRuns: 60 },
  );
  assert.ok(forks > 5, `the stories had ${forks} forks`);
});

/** What a log says and inherits, told without any of the code that is tested. */
function inherited(world: LedgerWorld, address: Address, until = Number.POSITIVE_INFINITY): LogRecord[] {
  const own = world.log(address).filter(({ seq }) => seq <= until);
  const [first] = own;
  if (first?.event !== FORKED) return own;
  const { from, seq } = first.data as { readonly from: Address; readonly seq: number };
  return [...inherited(world, from, seq), ...own];
}
