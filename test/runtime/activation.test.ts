import assert from "node:assert/strict";
import { test } from "node:test";
import { Closed } from "#runtime/errors.ts";
import { HEADERS } from "#subjects/mod.ts";
import { ledger } from "#support/ledger.ts";
import { LedgerWorld } from "#support/ledger-world.ts";

const ADA = ledger("ada");
const BEN = ledger("ben");

/** Anything at all in an actor's mailbox. */
function put(world: LedgerWorld, body: string, headers: Readonly<Record<string, string>>, verb: string = "add"): void {
  void world.owner;
  world.store.mail.put({ address: ADA, verb, body: Buffer.from(body), headers });
}

test("refused mail is told to its sender and to whoever looks on", async () => {
  const world = new LedgerWorld();
  world.post(ADA, "add", { tag: "a", amount: 10, to: BEN });
  await world.rest();
  assert.deepEqual(world.events(ADA), ["added", "returned"]);
  assert.deepEqual(world.log(ADA).at(-1)?.data, { how: "refused", code: "nothing" });
  assert.deepEqual(
    world.store.live.map(({ address, noun }) => [address, noun]),
    [[BEN, "refusal"]],
  );
  assert.deepEqual(world.store.dead, []);
});

test("mail on which its kind throws is buried, bounced to its sender, and the actor goes on", async () => {
  const world = new LedgerWorld();
  world.post(ADA, "add", { tag: "a", amount: 99, to: BEN });
  world.post(BEN, "add", { tag: "b", amount: 1 });
  await world.rest();
  assert.deepEqual(world.log(ADA).at(-1)?.data, { how: "bounced", code: "decide-threw" });
  assert.deepEqual(world.events(BEN), ["added"]);
  assert.deepEqual(
    world.store.dead.map(({ address, code }) => [address, code]),
    [[BEN, "decide-threw"]],
  );
});

test("mail that nobody can read is buried with its reason", async () => {
  const world = new LedgerWorld();
  const id = (of: string) => ({ [HEADERS.id]: of });
  put(world, "{", id("no-json"));
  put(world, '{"tag":1}', id("malformed"));
  put(world, "{}", id("no-verb"), "dance");
  put(world, '{"tag":"a","amount":1}', { ...id("no-version"), [HEADERS.version]: "new" });
  await world.rest();
  assert.deepEqual(
    world.store.dead.map((burial) => [burial.id, burial.code]),
    [
      ["no-json", "unreadable"],
      ["malformed", "malformed"],
      ["no-verb", "unknown-verb"],
      ["no-version", "malformed"],
    ],
  );
  assert.deepEqual(world.events(ADA), []);
});

test("forged mail is buried and told to nobody", async () => {
  const world = new LedgerWorld();
  const from = { [HEADERS.from]: BEN };
  put(world, '{"tag":"a","amount":1}', from);
  put(world, '{"tag":"a","amount":1}', { ...from, [HEADERS.id]: "x", [HEADERS.stream]: "LOG_LEDGER" });
  put(world, '{"tag":"a","amount":1}', { ...from, [HEADERS.id]: "y", "Nats-Scheduler": `thalassa.${BEN}.at.wake` });
  await world.rest();
  assert.deepEqual(
    world.store.dead.map(({ code }) => code),
    ["forged", "forged", "forged"],
  );
  assert.deepEqual([...world.events(ADA), ...world.events(BEN)], []);
});

test("mail that cannot be handled, from a sender that is none, is buried all the same", async () => {
  const world = new LedgerWorld();
  put(world, "{", { [HEADERS.id]: "a", [HEADERS.from]: "main.ledger.no body" });
  put(world, "{", { [HEADERS.id]: "b", [HEADERS.from]: "nobody" });
  await world.rest();
  assert.equal(world.store.dead.length, 2);
});

test("mail of one id that two actors give back is given back by both", async () => {
  const world = new LedgerWorld();
  for (const address of [BEN, ledger("cyd")]) {
    const headers = { [HEADERS.id]: "same", [HEADERS.from]: ADA };
    void world.owner;
    world.store.mail.put({ address, verb: "receive", body: Buffer.from('{"tag":"a","amount":0}'), headers });
  }
  await world.rest();
  assert.deepEqual(world.events(ADA), ["returned", "returned"]);
});

test("an event whose sends the bus would never take is not committed", async () => {
  const world = new LedgerWorld();
  world.post(ADA, "add", { tag: "a", amount: 1, to: "nowhere" });
  world.post(ADA, "add", { tag: "b", amount: 1, wakeInMs: Number.MAX_SAFE_INTEGER });
  world.post(ADA, "add", { tag: "c", amount: 1 });
  await world.rest();
  assert.deepEqual(
    world.store.dead.map(({ code }) => code),
    ["decide-threw", "decide-threw"],
  );
  assert.deepEqual(world.events(ADA), ["added"]);
});

test("mail of a newer schema waits for a process that knows it", async () => {
  const world = new LedgerWorld();
  put(world, '{"tag":"a","amount":1}', { [HEADERS.id]: "a", [HEADERS.version]: "2" });
  await world.scheduler.settle();
  world.store.advance(1_000);
  await world.scheduler.settle();
  assert.deepEqual([world.events(ADA), world.store.dead, world.store.mail.waiting().length], [[], [], 1]);
  world.owner.crash();
  world.start({ version: 2 });
  await world.rest();
  assert.deepEqual(world.events(ADA), ["added"]);
});

test("an actor with an event of a newer schema waits for a process that knows it", async () => {
  const world = new LedgerWorld();
  world.start({ version: 2 });
  world.post(ADA, "add", { tag: "a", amount: 1 });
  await world.rest();
  world.owner.crash();
  world.start();
  world.post(ADA, "add", { tag: "b", amount: 1 });
  await world.scheduler.settle();
  const asked = world.owner.actor(ADA).ask((state) => state);
  await assert.rejects(() => world.run(asked), Closed);
  assert.deepEqual([world.events(ADA), world.store.mail.waiting().length], [["added"], 1]);
  world.owner.crash();
  world.start({ version: 2 });
  await world.rest();
  assert.deepEqual(world.events(ADA), ["added", "added"]);
});

test("a repeat of mail that memory has forgotten is found in the log", async () => {
  const world = new LedgerWorld();
  world.post(ADA, "add", { tag: "old", amount: 1 });
  await world.rest();
  world.store.advance(200_000);
  for (let nth = 0; nth < 300; nth++) world.post(ADA, "add", { tag: `t${nth}`, amount: 1 });
  await world.rest();
  world.store.advance(200_000);
  world.repeat(0);
  world.repeat(2);
  await world.rest();
  world.crash();
  world.repeat(0);
  await world.rest();
  assert.equal(world.log(ADA).length, 301);
  await world.check(ADA);
});

test("new mail from far back is taken for new once the log was searched", async () => {
  const world = new LedgerWorld();
  for (let nth = 0; nth < 300; nth++) {
    world.post(ADA, "add", { tag: `t${nth}`, amount: 1 });
    world.store.advance(1_000);
  }
  await world.rest();
  put(world, '{"tag":"late","amount":1}', { [HEADERS.id]: "late", [HEADERS.time]: "1000" });
  put(world, '{"tag":"timeless","amount":1}', { [HEADERS.id]: "timeless" });
  await world.rest();
  assert.equal(world.log(ADA).length, 302);
});

test("a stale owner neither lets go of mail, nor refuses it, nor buries it", async () => {
  for (const check of ["ignore", "refuse", "throw"] as const) {
    const world = new LedgerWorld({ blind: true });
    world.post(ADA, "add", { tag: "first", amount: 1 });
    await world.rest();
    world.stop();
    world.post(ADA, "add", { tag: "a", amount: 1 });
    await world.scheduler.settle();
    world.wake();
    put(world, JSON.stringify({ tag: "a", check }), { [HEADERS.id]: "check", [HEADERS.from]: BEN }, "check");
    await world.rest();
    assert.deepEqual(world.events(ADA), ["added", "added", "checked"], check);
    assert.deepEqual([world.store.dead, world.store.live], [[], []]);
  }
});

test("a send is the same one, with the time of its event, however late it leaves", async () => {
  const world = new LedgerWorld();
  world.post(ADA, "add", { tag: "a", amount: 1, to: BEN });
  await world.until("it was added", () => world.log(ADA).length === 1);
  world.store.advance(3_600_000);
  world.crash();
  const sent = () => world.store.mail.waiting().find(({ address }) => address === BEN);
  await world.until("it was sent", () => sent() !== undefined);
  const [added] = world.log(ADA);
  assert.equal(sent()?.headers[HEADERS.id], `${added?.id}:share`);
  assert.equal(sent()?.headers[HEADERS.time], `${added?.at}`);
  assert.equal(sent()?.headers[HEADERS.cause], added?.id);
  await world.rest();
});

test("a question that throws is told so, one put to an actor that leaves is given up, and mail goes on", async () => {
  const world = new LedgerWorld();
  const thrown = world.owner.actor(ADA).ask(() => {
    throw new RangeError("no such thing");
  });
  await assert.rejects(() => world.run(thrown), RangeError);
  assert.equal(await world.run(world.owner.actor(ADA).ask((_, seq) => seq)), 0);
  const left = world.owner.actor(BEN).ask((state) => state);
  world.owner.close();
  await assert.rejects(() => left, Closed);
});

test("a snapshot that cannot be saved harms nobody", async () => {
  const world = new LedgerWorld({ host: { snapshotEvery: 1 } });
  Object.assign(world.store.faults, { errors: 2, errorsOf: "save" });
  world.post(ADA, "add", { tag: "a", amount: 1 });
  world.post(ADA, "add", { tag: "b", amount: 1 });
  world.post(ADA, "add", { tag: "c", amount: 1 });
  await world.rest();
  assert.deepEqual(world.events(ADA), ["added", "added", "added"]);
  assert.equal(world.store.snapshots.size, 1);
});

test("forged records are skipped wherever they stand", async () => {
  const world = new LedgerWorld();
  const forge = (): number => world.store.log.forge(ADA, "added", { tag: "forged", amount: 9, total: 9 });
  forge();
  world.post(ADA, "add", { tag: "a", amount: 1 });
  await world.rest();
  forge();
  forge();
  world.post(ADA, "add", { tag: "b", amount: 1 });
  await world.rest();
  forge();
  world.crash();
  assert.equal((await world.state(ADA)).total, 2);
  await world.check(ADA);
});

test("a name that is as old as objects is as good as any", async () => {
  const world = new LedgerWorld();
  world.post(ADA, "add", { tag: "constructor", amount: 1, job: { notes: 1 } }, "__proto__");
  put(world, "{}", { [HEADERS.id]: "toString" }, "constructor");
  await world.rest();
  assert.deepEqual(world.events(ADA), ["added", "noted", "worked"]);
  assert.deepEqual(
    world.store.dead.map(({ code }) => code),
    ["unknown-verb"],
  );
});
