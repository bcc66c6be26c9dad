import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ledger } from "#support/ledger.ts";
import { LedgerWorld, type WorldOptions } from "#support/ledger-world.ts";
import { seededPick } from "#support/scheduler.ts";

/** How many stories each test goes through; `CHAOS_RUNS` asks for more. */
const RUNS = 200;

/** What the stories met, and how often. */
const met = new Map<string, number>();

const NAMES = ["ada", "ben", "cyd"] as const;

type Deed =
  | {
      readonly type: "add";
      readonly to: string;
      readonly data: { readonly amount: number; readonly [field: string]: unknown };
    }
  | { readonly type: "cancel"; readonly nth: number }
  | { readonly type: "repeat"; readonly nth: number }
  | { readonly type: "advance"; readonly ms: number }
  | { readonly type: "crashes"; readonly times: number; readonly apart: number }
  | { readonly type: (typeof FAULTS)[number] | "checkpoint" | "restore" };

/** A deed, and how many things happen after it before the next. */
type Scene = { readonly deed: Deed; readonly steps: number };

const FAULTS = [
  "crash",
  "stop",
  "wake",
  "handOver",
  "renew",
  "passivate",
  "expire",
  "redeliver",
  "lose confirmation",
  "lose acknowledgement",
  "forge mail",
  "forge record",
  "spoil snapshots",
] as const;

/** A job that tells nothing and shares nothing, so that it may be cancelled at any time and leave the same behind. */
const LONELY_JOB = { notes: 0, turns: 5 };

const name = fc.constantFrom(...NAMES);
const job = fc.record({ notes: fc.nat(2), turns: fc.nat(12) });
const add: fc.Arbitrary<Deed> = fc
  .record(
    {
      amount: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 1, max: 90 }) },
        { weight: 1, arbitrary: fc.constant(99) },
      ),
      to: name.map(ledger),
      job,
      check: fc.constantFrom("ignore", "refuse", "throw"),
      wakeInMs: fc.constantFrom(10, 5_000),
    },
    { requiredKeys: ["amount"] },
  )
  .chain((data) => name.map((to): Deed => ({ type: "add", to, data })));
const lonely: fc.Arbitrary<Deed> = name.map((to) => ({ type: "add", to, data: { amount: 5, job: LONELY_JOB } }));
const fault: fc.Arbitrary<Deed> = fc.constantFrom(...FAULTS.map((type): Deed => ({ type })));
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: add },
  { weight: 1, arbitrary: lonely },
  { weight: 8, arbitrary: fault },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("crashes" as const),
      times: fc.integer({ min: 2, max: 4 }),
      apart: fc.integer({ min: 10, max: 60 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("cancel" as const), nth: fc.nat(10) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("repeat" as const), nth: fc.nat(10) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("advance" as const), ms: fc.constantFrom(20, 5_000, 40_000) }),
  },
);
const putBack: fc.Arbitrary<Deed> = fc.constantFrom(
  ...(["checkpoint", "restore"] as const).map((type): Deed => ({ type })),
);
const scenesOf = (deeds: fc.Arbitrary<Deed>): fc.Arbitrary<Scene[]> =>
  fc.array(fc.record({ deed: deeds, steps: fc.oneof(fc.nat(8), fc.nat(40)) }), { minLength: 4, maxLength: 28 });
const seed = fc.nat(2 ** 31 - 1);

function meet(what: string): void {
  met.set(what, (met.get(what) ?? 0) + 1);
}

async function play(world: LedgerWorld, story: readonly Scene[]): Promise<void> {
  void world.owner;
  const lonelyTags = story.flatMap(({ deed }, at) => (isLonely(deed) ? [at] : []));
  for (const [at, { deed, steps }] of story.entries()) {
    if (deed.type === "add") world.post(ledger(deed.to), "add", { tag: `t${at}`, ...deed.data });
    else if (deed.type === "cancel") cancel(world, story, lonelyTags[deed.nth % lonelyTags.length]);
    else if (deed.type === "repeat") world.repeat(deed.nth % Math.max(1, world.posted.length));
    else if (deed.type === "advance") world.store.advance(deed.ms);
    else if (deed.type === "crashes") await crashes(world, deed.times, deed.apart);
    else await harm(world, deed.type);
    for (let step = 0; step < steps; step++) await world.scheduler.step();
  }
  await world.rest();
}

async function harm(world: LedgerWorld, fault: (typeof FAULTS)[number] | "checkpoint" | "restore"): Promise<void> {
  const { store, owner } = world;
  if (fault === "checkpoint") return world.checkpoint();
  if (fault === "restore") return world.restore();
  if (fault === "crash") world.crash();
  else if (fault === "stop") world.stop();
  else if (fault === "wake") world.wake();
  else if (fault === "handOver") await world.handOver();
  else if (fault === "renew") owner.renew();
  else if (fault === "passivate") owner.passivate();
  else if (fault === "expire") store.mail.expire();
  else if (fault === "redeliver") store.mail.repeat(store.pick);
  else if (fault === "lose confirmation") store.faults.confirmations++;
  else if (fault === "lose acknowledgement") store.faults.acks++;
  else if (fault === "forge record")
    store.log.forge(ledger("ada"), "added", { tag: "forged", amount: 1_000, total: 1_000 });
  else if (fault === "spoil snapshots")
    for (const key of store.snapshots.keys()) store.snapshots.set(key, Buffer.from("{"));
  else
    store.mail.put({
      address: ledger("ada"),
      verb: "add",
      body: Buffer.from('{"tag":"forged","amount":1}'),
      headers: {},
    });
}

async function crashes(world: LedgerWorld, times: number, apart: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    world.crash();
    for (let step = 0; step < apart; step++) await world.scheduler.step();
  }
}

function isLonely(deed: Deed): boolean {
  return deed.type === "add" && deed.data.job === LONELY_JOB;
}

function cancel(world: LedgerWorld, story: readonly Scene[], at: number | undefined): void {
  const deed = at === undefined ? undefined : story[at]?.deed;
  if (deed?.type === "add") world.post(ledger(deed.to), "cancel", { tag: `t${at}` });
}

/** What is in the end, in an order that does not tell what happened first. */
async function outcome(world: LedgerWorld): Promise<unknown> {
  const ends: Record<string, unknown> = {};
  for (const each of NAMES) {
    const { total, counts, jobs } = await world.state(ledger(each));
    ends[each] = { total, counts: Object.fromEntries(Object.entries(counts).sort()), jobs };
  }
  return ends;
}

async function quietOutcome(story: readonly Scene[]): Promise<unknown> {
  const quiet = new LedgerWorld();
  const kept = new Set(["add", "cancel", "advance"]);
  await play(
    quiet,
    story.map((scene) => (kept.has(scene.deed.type) ? scene : { ...scene, deed: { type: "wake" } })),
  );
  return outcome(quiet);
}

function holdsInAnyOrder(scenes: fc.Arbitrary<Scene[]>, options: WorldOptions = {}): Promise<void> {
  return fc.assert(
    fc.asyncProperty(seed, scenes, async (order, story) => {
      const world = new LedgerWorld({
        stubborn: true,
        host: { snapshotEvery: 3 },
        ...options,
        pick: seededPick(order),
      });
      await play(world, story);
      // What an owner that only believes to be one has in memory may be old; whoever comes next reads it all.
      if (options.blind) world.crash();
      assert.deepEqual(await outcome(world), await quietOutcome(story));
      for (const each of NAMES) {
        await world.check(ledger(each));
        world.events(ledger(each)).forEach(meet);
      }
      for (const { fields } of world.lines) meet("code" in fields ? `${fields.code}` : "");
    }),
    { numRuns: Number(process.env.CHAOS_RUNS ?? RUNS) },
  );
}

test("any interleaving of crashes, zombies, losses and repeats ends as a quiet run does", () =>
  holdsInAnyOrder(scenesOf(deed)));

test("owners that each believe to be the only one end as a quiet run does", () =>
  holdsInAnyOrder(scenesOf(deed), { blind: true }));

test("a store put back, its sequences issued again, ends as a quiet run does", () =>
  holdsInAnyOrder(scenesOf(fc.oneof({ weight: 6, arbitrary: deed }, { weight: 1, arbitrary: putBack }))));

test("what the runs above went through is what they are about", () => {
  for (const event of ["resumed", "retried", "returned", "noted", "cancelled", "fenced", "forged", "decide-threw"]) {
    assert.ok((met.get(event) ?? 0) > 0, `no run met ${event}: ${JSON.stringify([...met])}`);
  }
});
