import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { readChildLine } from "#deploy/child-line.ts";
import { sentenceOf } from "#deploy/reporter.ts";
import { backoffMs, type ProgramEvent, Supervised } from "#deploy/supervised.ts";
import { bytes, duration, table } from "#deploy/table.ts";
import { upSettings } from "#deploy/up-settings.ts";
import { KINDS } from "#subjects/mod.ts";
import { eventually } from "#support/eventually.ts";

test("the first death is answered at once, later ones ever later, up to some seconds", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7, 20].map(backoffMs), [0, 250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
});

test("a program that dies is started again until it is stopped", async () => {
  const events: ProgramEvent[] = [];
  const launch = () => spawn(process.execPath, ["-e", READY], { stdio: ["pipe", "pipe", "pipe"] });
  const supervised = new Supervised({ name: "tick", launch }, (event) => events.push(event));
  await supervised.start();
  process.kill(supervised.pid ?? 0, "SIGKILL");
  await eventually(
    () => events.filter(({ type }) => type === "ready").length,
    (count) => count === 2,
  );
  await supervised.stop(2_000);
  assert.deepEqual(
    events.map(({ type }) => type),
    ["started", "ready", "died", "started", "ready", "stopped"],
  );
});

test("a program that cannot be started is told of with the reason, and tried again", async () => {
  const events: ProgramEvent[] = [];
  const launch = () => spawn("/nowhere/at/all", [], { stdio: "ignore" });
  const supervised = new Supervised({ name: "ghost", launch }, (event) => events.push(event));
  void supervised.start().catch(() => {});
  await eventually(
    () => events.length,
    (count) => count >= 2,
  );
  await supervised.stop(100);
  assert.match(
    sentenceOf(events[0] ?? assert.fail("nothing was told")) ?? "",
    /ghost died \(cannot be started: .*ENOENT/,
  );
});

test("a program that does not stop when asked is made to", async () => {
  const events: ProgramEvent[] = [];
  const launch = () => spawn(process.execPath, ["-e", STUBBORN], { stdio: ["pipe", "pipe", "pipe"] });
  const supervised = new Supervised({ name: "mule", launch }, (event) => events.push(event));
  await supervised.start();
  await supervised.stop(100);
  assert.deepEqual(events.at(-1), { type: "stopped", name: "mule", forced: true });
});

test("a child's line is read as JSON where it is, with the error it carries", () => {
  const line = JSON.stringify({ level: 50, event: "failed", msg: "no", err: { message: "because" } });
  assert.deepEqual(
    { ...readChildLine(line), fields: {} },
    { level: 50, event: "failed", message: "no: because", fields: {} },
  );
  assert.deepEqual(readChildLine("Warning"), { level: 30, message: "Warning", fields: {} });
});

test("what is typed after up is read strictly", () => {
  const read = (options: object) => upSettings({ chat: true, ...options }, { THALASSA_HOME: "/nowhere" });
  assert.deepEqual(read({}), {
    port: 4222,
    monitorPort: 8222,
    processes: Object.fromEntries(KINDS.map(({ kind }) => [kind, 1])),
    durability: "process",
    httpPort: 8420,
    rotateDays: 90,
  });
  assert.deepEqual(read({ port: "0", only: "channel=3" }).processes, { channel: 3 });
  assert.equal(read({ port: "65000" }).monitorPort, 0);
  for (const wrong of [{ only: "nobody" }, { only: "channel=0" }, { only: "" }]) {
    assert.throws(() => read(wrong), { code: "bad-use", exitCode: 2 }, JSON.stringify(wrong));
  }
  for (const wrong of [{ port: "70000" }, { port: "x" }]) {
    assert.throws(() => read(wrong), { code: "setting-invalid", exitCode: 2 }, JSON.stringify(wrong));
  }
});

test("figures are written for people", () => {
  assert.deepEqual([0, 1_023, 1_536, 130_000_000].map(bytes), ["0 B", "1023 B", "1.5 KiB", "124 MiB"]);
  assert.deepEqual([40_000, 12 * 60_000, 100 * 3_600_000].map(duration), ["40 s", "12 min", "4 d 4 h"]);
  assert.deepEqual(table(["KIND", "PID"], [["channel", 7]]).at(-1), "channel    7");
});

const READY = `console.log(JSON.stringify({ level: 30, event: "ready", msg: "" })); process.stdin.resume()`;
const STUBBORN = `process.on("SIGTERM", () => {}); ${READY}`;
