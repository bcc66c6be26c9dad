import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { HostStandIn, ranTo } from "#support/host-stand-in.ts";
import { OWNER } from "#support/telegram/bridge-bed.ts";
import { asks, presses, saw, sceneOf } from "#support/telegram/scene.ts";
import type { SeenMessage } from "#support/telegram/seen.ts";

const scene = sceneOf({ kinds: ["channel", "worker", "cortex"] });

const hosts: (() => Promise<void>)[] = [];
after(() => Promise.all(hosts.map((end) => end())));

/** From now on jobs have a host. */
async function hosted(): Promise<void> {
  const operator = await scene.bed.operator();
  const host = await HostStandIn.begin(operator, (argv) =>
    argv.at(-1)?.includes("false") ? ranTo(1, "no such luck") : ranTo(0, "hello from afar"),
  );
  hosts.push(async () => {
    host[Symbol.dispose]();
    await operator[Symbol.asyncDispose]();
  });
}

const labels = ({ buttons }: SeenMessage) => buttons.map(({ text }) => text);

suite("jobs that wait for a host", { concurrency: true }, () => {
  test("a task has one card, from its beginning to its end, and what can be done about it is a press away", async () => {
    const { fake } = scene;
    const card = await asks(
      fake,
      2_005,
      "/task Write a poem into poem.txt",
      /^w\S+ (?:⏳|▶️)[\s\S]*Write a poem into poem\.txt/,
    );
    assert.deepEqual(labels(card), ["Status", "Abort"]);
    assert.equal(await presses(fake, 2_005, 2_005, card, "Status"), "");
    await saw(fake, 2_005, "For Person 2005 (telegram:2005).", { behind: card.message_id });
    assert.equal(await presses(fake, 2_005, 2_005, card, "Abort"), "It is told to end.");
    const ended = await saw(fake, 2_005, "⏹ ended before its time", { mostMs: 15_000 });
    assert.equal(ended.message_id, card.message_id);
    assert.deepEqual(labels(ended), ["Retry"]);
    const { message_id: behind } = fake.says(2_005, 2_005, "/retry");
    await saw(fake, 2_005, "Write a poem", { behind, mostMs: 15_000 });
  });

  test("in a group somebody else's job is neither ended nor listed for a user, and their try changes nothing", async () => {
    const { fake } = scene;
    fake.says(-1_006, 2_006, "/task Paint the fence");
    const card = await saw(fake, -1_006, "Paint the fence");
    assert.equal(await presses(fake, -1_006, 2_007, card, "Abort"), "Only whoever began it, or an owner, may do that.");
    const { message_id: behind } = fake.says(-1_006, 2_007, "/jobs");
    await saw(fake, -1_006, "No jobs. /task begins one.", { behind });
    const { message_id: own } = fake.says(-1_006, 2_006, "/jobs");
    await saw(fake, -1_006, /^- w\S+ (?:queued|running): Paint the fence$/, { behind: own });
    await asks(fake, 2_006, "/jobs", "No jobs.");
    await asks(fake, 1_006, "/jobs", "Paint the fence");
    assert.equal(await presses(fake, -1_006, 2_006, card, "Abort"), "It is told to end.");
    await saw(fake, -1_006, "⏹ ended before its time");
  });

  test("a job is ended by command, by its name or as the only one", async () => {
    const { fake } = scene;
    const [, id = ""] = /^(w\S+) /.exec((await asks(fake, 2_010, "/task Count sheep", "Count sheep")).text) ?? [];
    fake.says(2_010, 2_010, "/cancel");
    await saw(fake, 2_010, "⏹ ended before its time");
    await asks(fake, 2_011, `/abort ${id}`, "was begun by telegram:2010; ask them, or an owner");
    await asks(fake, 2_011, "/abort no/job at all", "no/job names no job; /jobs lists them.");
  });
});

test("while all is stopped a job waits, and goes on when that is over", async () => {
  const { fake } = scene;
  await asks(fake, 1_014, "/panic on", /^All jobs are /);
  const card = await asks(fake, 2_014, "/task Sit still", "⏳ waits for its turn");
  await asks(fake, 1_014, "/panic off", /^Jobs (?:may )?go on\./);
  const later = await saw(fake, 2_014, "▶️ at work", { mostMs: 15_000 });
  assert.equal(later.message_id, card.message_id);
});

suite("lines that are run", { concurrency: true }, () => {
  before(hosted);

  test("a run waits for an owner's press, is done, and its card says who allowed it", async () => {
    const { fake } = scene;
    const card = await asks(fake, 1_001, "/run echo hello", "waits for an owner");
    assert.deepEqual(labels(card), ["Approve", "Deny", "Status", "Abort"]);
    assert.match(card.text, /echo hello/);
    assert.equal(await presses(fake, 1_001, 1_001, card, "Approve"), "Approved.");
    const done = await saw(fake, 1_001, /✅ done/);
    assert.equal(done.message_id, card.message_id, "one card a job");
    assert.deepEqual(labels(done), ["Retry"]);
    assert.equal(await presses(fake, 1_001, 1_001, card, "Deny"), "That was decided already.");
    const again = await Promise.all([1, 2].map(() => presses(fake, 1_001, 1_001, done, "Retry")));
    assert.deepEqual(again.toSorted(), ["It is done again.", "That was decided already."]);
    const next = await saw(fake, 1_001, "waits for an owner", { behind: card.message_id, mostMs: 15_000 });
    assert.match(next.text, /echo hello/);
  });

  test("a run is allowed by command, and one that fails says so", async () => {
    const { fake } = scene;
    const card = await asks(fake, OWNER, "/run false", "waits for an owner");
    fake.says(OWNER, OWNER, "/approve");
    const failed = await saw(fake, OWNER, "❌ failed");
    assert.equal(failed.message_id, card.message_id);
    assert.match(failed.text, /exit code 1/);
  });

  test("a run that is denied, by button or by command, ends without being done", async () => {
    const { fake } = scene;
    const card = await asks(fake, 1_003, "/run rm -rf x", "waits for an owner");
    assert.equal(await presses(fake, 1_003, 1_003, card, "Deny"), "Denied.");
    const denied = await saw(fake, 1_003, /⏹ ended before its time[\s\S]*denied \(a1\) by /);
    assert.equal(denied.message_id, card.message_id);
    const [, id = ""] = /^(w\S+) /.exec((await asks(fake, 1_004, "/run rm -rf y", "waits for an owner")).text) ?? [];
    fake.says(1_004, 1_004, `/deny ${id} a1`);
    await saw(fake, 1_004, /ended before its time[\s\S]*denied \(a1\)/);
  });

  test("in a group only owners decide about a run, by button or by command", async () => {
    const { fake } = scene;
    fake.says(-1_012, 1_012, "/run echo group");
    const card = await saw(fake, -1_012, "waits for an owner");
    for (const label of ["Approve", "Deny"]) {
      assert.equal(await presses(fake, -1_012, 2_012, card, label), "Only an owner may decide that.");
    }
    fake.says(-1_012, 2_012, "/approve");
    await saw(fake, -1_012, "Only an owner may use /approve.");
    assert.equal(await presses(fake, -1_012, 1_013, card, "Approve"), "Approved.");
    const done = await saw(fake, -1_012, /✅ done/);
    assert.match(done.text, /approved \(a1\) by Person 1013|✅ done/);
  });
});
