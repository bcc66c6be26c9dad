import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sharedCooldowns } from "#models/mod.ts";
import { sharedEntries } from "#runtime/shared-entries.ts";
import { Wire } from "#runtime/wire.ts";
import { eventually } from "#support/eventually.ts";
import { callOf, ModelBed, says } from "#support/model-bed.ts";
import { startServer, type TestServer } from "#support/server.ts";

let server: TestServer;
let bed: ModelBed;
before(async () => {
  [server, bed] = await Promise.all([startServer(), ModelBed.start()]);
});
after(() => Promise.all([server[Symbol.asyncDispose](), bed[Symbol.asyncDispose]()]));

test("a model that limits one process is left alone by the others, each with the rights of its kind", async () => {
  bed.answers("busy", { error: { message: "busy" }, status: 429, retryAfter: 60 });
  bed.answers("free", { content: "Here I am." });
  const chain = "vllm/busy, vllm/free";
  const answers = [];
  for (const cooldowns of [await ofProcess("one"), await ofProcess("two")]) {
    answers.push((await bed.models(chain, { cooldowns }).think(callOf([says("hi")]).call)).model);
  }
  assert.deepEqual(answers, ["vllm/free", "vllm/free"]);
  assert.equal(bed.asked("busy"), 1);
});

test("a cooldown is gone after its time, from the bus too", async () => {
  const [one, two] = [await ofProcess("three"), await ofProcess("four")];
  const wire = await Wire.over(await server.connect("channel", "reader"));
  const entries = sharedEntries(wire, "LIMITS");
  await one.set("vllm/short", 3_000);
  assert.ok((await two.until("vllm/short")) > Date.now());
  assert.match((await entries.read("model.vllm=2Fshort")) ?? "", /^\d{13}$/);
  await eventually(
    () => entries.read("model.vllm=2Fshort"),
    (text) => text === undefined,
  );
  assert.equal(await two.until("vllm/short"), 0);
});

test("nothing but cooldowns may be written there by a kind", async () => {
  const wire = await Wire.over(await server.connect("channel", "writer"));
  await assert.rejects(sharedEntries(wire, "LIMITS").write("runs", "1", 1_000));
  await assert.rejects(sharedEntries(wire, "SETTINGS").write("log", "debug", 1_000));
});

test("without a bus a process keeps to what it knows itself", async () => {
  const nc = await server.connect("channel", "lonely");
  const cooldowns = sharedCooldowns(sharedEntries(await Wire.over(nc), "LIMITS"));
  await nc.close();
  await cooldowns.set("vllm/x", 5_000);
  assert.ok((await cooldowns.until("vllm/x")) > Date.now());
  assert.equal(await cooldowns.until("vllm/y"), 0);
});

async function ofProcess(name: string) {
  return sharedCooldowns(sharedEntries(await Wire.over(await server.connect("channel", name)), "LIMITS"));
}
