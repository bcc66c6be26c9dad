import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { isAlive } from "#deploy/os-process.ts";
import { KINDS } from "#subjects/mod.ts";
import { eventually } from "#support/eventually.ts";
import { freePort, Installation } from "./installation.ts";

test("up starts everything, and a signal stops everything in good order", async () => {
  await using here = await Installation.create();
  const up = await here.up("--only", "channel=2");
  assert.deepEqual(up.pids.map(isAlive), [true, true, true]);
  assert.equal(await up.end("SIGINT"), 0);
  assert.deepEqual(up.pids.filter(isAlive), []);
  const stopped = up.lines.filter(({ event, name }) => event === "stopped" && name !== undefined);
  assert.equal(stopped.at(-1)?.name, "bus", "the bus stops last");
  assert.equal(stopped.length, 3);
});

test("a second up on the same home is refused, and says where the first one is", async () => {
  await using here = await Installation.create();
  const up = await here.up();
  const { code, err } = await here.run(["up", "--no-chat", "--port", "0"]);
  assert.equal(code, 1);
  assert.match(err, new RegExp(`process ${up.child.pid}, bus at nats://127.0.0.1:${here.port}`));
  assert.match(err, /thalassa chat/);
  assert.deepEqual(
    up.pids.map(isAlive),
    Array(KINDS.length + 1).fill(true),
    "the bus, HTTP, and each kind but telegram",
  );
});

test("a port that is taken is refused with who holds it", async () => {
  await using here = await Installation.create();
  const port = await freePort();
  const holder = createServer().listen(port, "127.0.0.1");
  try {
    const { code, err } = await here.run(["up", "--port", `${port}`]);
    assert.equal(code, 1);
    assert.match(err, new RegExp(`port ${port}.* is taken by`));
    if (process.platform === "linux") assert.match(err, new RegExp(`process ${process.pid} `));
    assert.match(err, /--port/);
  } finally {
    holder.close();
  }
});

test("a conversation goes on while the process of the kind and the bus are killed", async () => {
  await using here = await Installation.create();
  const up = await here.up();
  const count = 120;
  const chat = here.run(["chat"], numbered(count));
  await eventually(
    async () => heardSoFar(await here.run(["log", "default", "--json"])),
    (heard) => heard > 10,
  );
  process.kill(up.pidOf("channel"), "SIGKILL");
  await up.saw(({ event, name, again }) => event === "ready" && name === "channel" && again === true);
  process.kill(up.pidOf("bus"), "SIGKILL");
  await up.saw(({ event, name, again }) => event === "ready" && name === "bus" && again === true);
  const { code, out } = await chat;
  assert.equal(code, 0);
  assertNumbered(out, count);
});

test("what a killed supervisor leaves behind is cleared up, and nothing that was said is lost", async () => {
  await using here = await Installation.create();
  const killed = await here.up();
  const bus = killed.pidOf("bus");
  await here.run(["chat"], "my name is Ada\n");
  await killed.end("SIGKILL");
  await eventually(
    () => isAlive(killed.pidOf("channel")),
    (alive) => !alive,
  );
  assert.equal(isAlive(bus), true, "the bus lives on");
  const up = await here.up();
  assert.equal(isAlive(bus), false, "there is never a second server on one store");
  assert.equal(await here.busPid(), up.pidOf("bus"));
  const { out } = await here.run(["chat"], "what is my name?\n");
  assert.match(out, /Ada/);
});

function numbered(count: number): string {
  return Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join("");
}

function heardSoFar({ out }: { readonly out: string }): number {
  return out.split("\n").filter((line) => line.includes('"event":"heard"')).length;
}

function assertNumbered(out: string, count: number): void {
  const lines = out.trimEnd().split("\n");
  assert.equal(lines.length, count);
  for (const [index, line] of lines.entries()) assert.match(line, new RegExp(`“line ${index + 1}”`));
}

test("a bus that can never come up is given up soon, with its last words", async () => {
  await using here = await Installation.create();
  await writeFile(join(here.root, "data"), "no folder");
  const { code, err } = await here.run(["up", "--no-chat", "--json", "--port", `${here.port}`, "--monitor-port", "0"]);
  assert.deepEqual([code, JSON.parse(err).error.code], [1, "home-unusable"]);
  await rm(join(here.root, "data"));
  await mkdir(join(here.root, "data"));
  await writeFile(join(here.root, "data", "jetstream"), "no folder");
  const bus = await here.run(["up", "--no-chat", "--json", "--port", `${here.port}`, "--monitor-port", "0"]);
  const { error } = JSON.parse(bus.err);
  assert.deepEqual([bus.code, error.code], [1, "bus-not-ready"]);
  assert.match(error.message, /ended 4 times before it was ready/);
});

test("two that want one port are told apart before anything starts", async () => {
  await using here = await Installation.create();
  const { code, err } = await here.run(["up", "--no-chat", "--json", "--port", "4420", "--http-port", "8420"]);
  assert.deepEqual([code, JSON.parse(err).error.code], [2, "bad-use"]);
  assert.match(err, /--monitor-port and --http-port are both 8420/);
});
