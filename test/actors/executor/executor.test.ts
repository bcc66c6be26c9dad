import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Address } from "#subjects/mod.ts";
import type { OrderResult } from "#subjects/order.ts";
import { eventually } from "#support/eventually.ts";
import { BOUNDS, ExecutorWorld, HOST, JOB } from "./world.ts";

const OTHER: Address = "main.worker.w2";
const STRANGER: Address = "else.worker.w3";
const HOUR_MS = 3_600_000;

const sh = (env: string, order: string, line: string) => ({ env, order, argv: ["sh", "-c", line], timeoutMs: 20_000 });
const text = (result: OrderResult): string => (result.type === "exec" ? result.stdout.text : JSON.stringify(result));

test("a job has an environment raised, runs programs in it and lets it go", async () => {
  using world = new ExecutorWorld();
  await world.up("main-a");
  assert.deepEqual(world.mail("attach")[0]?.notes, ["in folders"]);
  world.order("exec", sh("main-a", "one", "echo 1 | tee f; sleep 0.2"));
  world.order("file", { env: "main-a", order: "two", does: { type: "list", path: "." } });
  assert.equal(text(await world.result("one")), "1\n");
  await world.result("two");
  assert.ok(world.store.live.some(({ noun, data }) => noun === "output" && "text" in data && data.text === "1\n"));
  assert.equal(((await world.ask("list")) as { environments: { state: string }[] }).environments[0]?.state, "up");
  world.order("down", { env: "main-a", order: "down" });
  await eventually(() => world.mail("detach").length === 1);
  assert.deepEqual(world.store.view("environments.main.main-a")?.data, {
    seq: world.store.view("environments.main.main-a")?.seq,
    ...{ host: "here", by: JOB, engine: "docker", at: world.store.now, state: "kept", why: "Its job let it go." },
  });
  assert.deepEqual(
    world.lines.filter(({ level }) => level === "error"),
    [],
  );
  const mine = world.events().filter((event) => !["opened", "resumed"].includes(event));
  assert.deepEqual(mine, [
    "raising",
    "raised",
    ...["ordered", "ordered", "finished", "finished"],
    "lowering",
    "lowered",
  ]);
});

test("a host says what it has room for, and why it has none", async () => {
  using world = new ExecutorWorld({ environments: 2 });
  await eventually(() => world.store.view("hosts.main.here") !== undefined);
  const host = () => world.store.view("hosts.main.here")?.data as { running: number; free: number; problem?: string };
  assert.deepEqual([host().running, host().free], [0, 2]);
  await world.up("main-a");
  await world.up("main-b");
  assert.deepEqual([host().running, host().free], [2, 0]);
  world.order("up", { env: "main-c", order: "c", bounds: BOUNDS });
  await eventually(() => world.mail("detach").length === 1);
  assert.match(`${world.mail("detach")[0]?.why}`, /2 of 2/);
  world.engine.leave("Docker does not answer");
  await eventually(() => host().problem !== undefined);
  assert.deepEqual([host().running, host().free, host().problem], [2, 0, "Docker does not answer"]);
  world.engine.problem = undefined;
  await eventually(() => host().problem === undefined, Boolean, 20_000);
  assert.deepEqual([host().running, host().free], [2, 0]);
});

test("nobody but the job that has an environment does anything in it", async () => {
  using world = new ExecutorWorld();
  await world.up("main-a");
  for (const from of [OTHER, STRANGER]) {
    world.order("exec", sh("main-a", `o-${from}`, "touch here"), from);
    world.order("down", { env: "main-a", order: `d-${from}` }, from);
    world.order("up", { env: "main-a", order: `u-${from}`, bounds: BOUNDS }, from);
    await eventually(() => world.mail("refused", from).length === 3);
    assert.deepEqual(new Set(world.mail("refused", from).map(({ code }) => code)), new Set(["foreign-environment"]));
  }
  world.order("down", { env: "main-a", order: "down" });
  await eventually(() => world.mail("detach").length === 1);
  await world.up("main-a", OTHER);
  world.order("up", { env: "main-a", order: "again", bounds: BOUNDS }, STRANGER);
  await eventually(() => world.mail("refused", STRANGER).length === 4);
  assert.ok(!existsSync(join(world.engine.workspace("main-a"), "here")));
});

test("a job goes on in the workspace of another one, also while that is just let go", async () => {
  using world = new ExecutorWorld();
  await world.up("main-a");
  world.order("exec", sh("main-a", "one", "echo kept >f"));
  await world.result("one");
  world.order("down", { env: "main-a", order: "down" });
  await world.up("main-a", OTHER);
  world.order("exec", sh("main-a", "two", "cat f"), OTHER);
  assert.equal(text(await world.result("two", OTHER)), "kept\n");
  assert.equal(world.mail("detach").length, 1);
});

test("a program outlives any number of processes of its host, runs once and is told of once", async () => {
  using world = new ExecutorWorld();
  await world.up("main-a");
  world.order("exec", sh("main-a", "one", "echo ran >>ran; until [ -e go ]; do sleep 0.02; done; cat ran"));
  const ran = join(world.engine.workspace("main-a"), "ran");
  await eventually(() => existsSync(ran));
  for (let times = 0; times < 5; times++) {
    world.crash();
    await eventually(() => world.events().filter((event) => event === "resumed").length > times);
  }
  writeFileSync(join(world.engine.workspace("main-a"), "go"), "");
  assert.equal(text(await world.result("one")), "ran\n");
  assert.equal(readFileSync(ran, "utf8"), "ran\n");
  world.order("exec", sh("main-a", "one", "echo again >>ran"));
  world.order("exec", sh("main-a", "two", "cat ran"));
  assert.equal(text(await world.result("two")), "ran\n");
  assert.equal(world.results("one").length, 1);
});

test("a process that dies right after an order was taken loses nothing", async () => {
  using world = new ExecutorWorld();
  await world.up("main-a");
  for (let round = 0; round < 8; round++) {
    const name = `o${round}`;
    world.order("exec", sh("main-a", name, `echo ${name} >>all; echo ${name}`));
    for (let waits = 0; waits < round * 3; waits++) await new Promise(setImmediate);
    world.crash();
    assert.equal(text(await world.result(name)), `${name}\n`);
  }
  const all = readFileSync(join(world.engine.workspace("main-a"), "all"), "utf8");
  assert.equal(all, Array.from({ length: 8 }, (_, at) => `o${at}\n`).join(""));
});

test("an environment that stops takes its orders with it, each told once, and its job is told why", async () => {
  using world = new ExecutorWorld();
  await world.up("main-a");
  world.order("exec", sh("main-a", "one", "echo 1; sleep 60"));
  world.order("exec", sh("main-a", "two", "sleep 60"));
  await eventually(() => world.store.live.length > 0);
  world.engine.stop("main-a", "its memory ran out");
  await eventually(() => world.mail("detach").length === 1);
  assert.equal(world.mail("detach")[0]?.why, "its memory ran out");
  for (const order of ["one", "two"]) {
    assert.deepEqual(
      world.results(order).map((result) => result.type === "exec" && result.how),
      ["interrupted"],
    );
  }
  world.order("exec", sh("main-a", "three", "true"));
  assert.equal(((await world.result("three")) as { code: string }).code, "not-up");
});

test("what stopped or was left while the process was away is found at its next start", async () => {
  using world = new ExecutorWorld();
  await world.up("main-a");
  await world.engine.up({ env: "main-stray" }, AbortSignal.timeout(5_000));
  world.engine.stop("main-a", "unheard");
  world.crash();
  await eventually(() => world.mail("detach").length === 1);
  await eventually(() => world.engine.asked.includes("down main-stray for good"));
  await eventually(async () => (await world.engine.list()).length === 1);
});

test("something that looks like a way out ends its environment", async () => {
  using world = new ExecutorWorld();
  await world.up("main-a");
  world.engine.suspect("main-a", "it tried to mount");
  await eventually(() => world.mail("detach").length === 1);
  assert.equal(world.mail("detach")[0]?.why, "it tried to mount");
});

test("an environment in which nothing more can be begun is let go with its files kept, and what ran is told why", async () => {
  using world = new ExecutorWorld();
  await world.up("main-a");
  world.order("exec", sh("main-a", "one", "touch kept; echo begun; sleep 60"));
  await eventually(() => world.store.live.length > 0);
  world.engine.crowded.add("main-a");
  world.order("file", { env: "main-a", order: "two", does: { type: "list", path: "." } });
  const [one, two] = [await world.result("one"), await world.result("two")];
  assert.deepEqual([one.type === "exec" && one.how, two.type === "failed" && two.code], ["interrupted", "interrupted"]);
  for (const said of [
    one.type === "exec" && one.why,
    two.type === "failed" && two.text,
    world.mail("detach")[0]?.why,
  ]) {
    assert.match(`${said}`, /has reached its bound of processes.*Cannot fork.*its files are kept/);
  }
  await eventually(() => world.engine.asked.includes("down main-a"));
  await world.up("main-a");
  world.order("exec", sh("main-a", "three", "ls"));
  assert.equal(text(await world.result("three")), "kept\n");
});

test("whoever has an environment is told whether its workspace is a new one", async () => {
  using world = new ExecutorWorld();
  for (const keep of [true, false, true]) {
    await world.up("main-a");
    const downs = world.mail("detach").length;
    world.order("down", { env: "main-a", order: `down-${downs}`, keep });
    await eventually(() => world.mail("detach").length > downs);
  }
  assert.deepEqual(
    world.mail("attach").map(({ fresh }) => fresh),
    [true, undefined, true],
  );
});

test("a running program is ended on request", async () => {
  using world = new ExecutorWorld();
  await world.up("main-a");
  world.order("exec", sh("main-a", "one", "echo begun; sleep 60"));
  await eventually(() => world.store.live.length > 0);
  world.order("kill", { env: "main-a", order: "end", of: "one" });
  const result = await world.result("one");
  assert.deepEqual([result.type === "exec" && result.how, text(result)], ["killed", "begun\n"]);
  assert.equal((await world.result("end")).type, "done");
});

test("previews and admitted hosts are there again after a restart, and gone with their environment", async () => {
  using world = new ExecutorWorld();
  await world.up("main-a");
  world.order("preview", { env: "main-a", order: "p", port: 80, minutes: 5 });
  world.order("admit", { env: "main-a", order: "q", hosts: ["packages.example"] });
  assert.equal((await world.result("p")).type, "preview");
  await world.result("q");
  const shown = world.store.view("environments.main.main-a")?.data as { previews: { port: number }[] };
  assert.deepEqual(
    shown.previews.map(({ port }) => port),
    [80],
  );
  world.asked.length = 0;
  world.crash();
  await eventually(() => world.asked.length === 2);
  assert.deepEqual(world.asked.toSorted(), ["admit main-a packages.example", "restore http://80.main-a"]);
  world.order("down", { env: "main-a", order: "down" });
  await eventually(() => world.mail("detach").length === 1);
  assert.ok(world.asked.includes("shut main-a") && world.asked.includes("close main-a"));
});

test("an environment that is let go while it is raised is not left behind", async () => {
  using world = new ExecutorWorld();
  await eventually(() => world.events().includes("opened"));
  const raising = Promise.withResolvers<void>();
  world.engine.raising = raising.promise;
  world.order("up", { env: "main-a", order: "up", bounds: BOUNDS });
  await eventually(() => world.engine.asked.includes("up main-a"));
  world.order("down", { env: "main-a", order: "down", keep: false });
  await eventually(() => world.events().includes("lowering"));
  raising.resolve();
  await eventually(() => world.mail("detach").length === 1);
  assert.deepEqual(await world.engine.list(), []);
  assert.equal(world.mail("attach").length, 0);
});

test("a workspace is kept for a day, and an idle environment is let go; at rest no timer is set", async () => {
  using world = new ExecutorWorld();
  const wind = async (hours: number): Promise<void> => {
    for (let passed = 0; passed < hours; passed++) {
      world.store.advance(HOUR_MS);
      await eventually(() => world.store.mail.waiting().length === 0 && world.isSettled());
    }
  };
  await world.up("main-a");
  await wind(11);
  assert.equal(world.mail("detach").length, 0);
  await wind(2);
  await eventually(() => world.mail("detach").length === 1);
  assert.match(`${world.mail("detach")[0]?.why}`, /12 hours/);
  await wind(22);
  assert.deepEqual(((await world.ask("list")) as { prunable: unknown[] }).prunable, []);
  await wind(2);
  assert.deepEqual(await world.engine.list(), []);
  await wind(2);
  assert.deepEqual(world.store.mail.timers(), []);
  assert.equal(world.mail("detach").length, 1);
  assert.equal(world.store.log.of(HOST).at(-1)?.event, "lowered");
});
