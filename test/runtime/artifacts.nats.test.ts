import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { JetStreamApiError, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Objm } from "@nats-io/obj";
import { artifactsOver } from "#runtime/artifact-store.ts";
import { Client } from "#runtime/client.ts";
import { Wire } from "#runtime/wire.ts";
import type { Account } from "#subjects/contract.ts";
import { ARTIFACT_STREAM, ARTIFACTS, artifactChunks, OPERATOR } from "#subjects/mod.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import { startServer, type TestServer } from "#support/server.ts";
import { headersOf, Violations } from "#support/violations.ts";

const NAME = "main.executor.ada/use-19-0/réport 1.pdf";

/** Of several parts, the last one smaller. */
const BYTES = randomBytes(300_001);

const { signal } = new AbortController();

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server[Symbol.asyncDispose]());

async function wireOf(user: string, account: Account): Promise<Wire> {
  return Wire.over(await server.connect(user), apiPrefix(account));
}

const artifactsOf = async (user: string, account: Account) => artifactsOver(await wireOf(user, account), user)(signal);

/** Cut differently from how it is kept. */
const inPieces = () => Readable.from([BYTES.subarray(0, 7), BYTES.subarray(7, 200_000), BYTES.subarray(200_000)]);

async function storeAsOthersSeeIt() {
  return new Objm(jetstream(await server.connect(OPERATOR))).open(ARTIFACTS.name);
}

test("what an executor keeps, clients and kinds of other accounts read, and so do others' tools", async () => {
  const executor = await artifactsOf("executor", "HANDS");
  const sum = createHash("sha256").update(BYTES).digest("hex");
  assert.deepEqual(await executor.put(NAME, inPieces(), { description: "a report" }), {
    name: NAME,
    bytes: 300_001,
    sum,
  });
  const worker = await artifactsOf("worker", "CORE");
  const terminal = new Client(await wireOf("terminal", "EDGE"));
  for (const found of [await executor.get(NAME), await worker.get(NAME), await terminal.artifact(NAME)]) {
    assert.ok(found);
    const { at, ...info } = found.info;
    assert.deepEqual(info, { name: NAME, bytes: 300_001, sum, description: "a report" });
    assert.ok(Math.abs(at - Date.now()) < 60_000);
    assert.deepEqual(await buffer(found.content), BYTES);
  }
  const theirs = await storeAsOthersSeeIt();
  assert.deepEqual(
    (await theirs.list()).map(({ name, size }) => [name, size]),
    [[NAME, 300_001]],
  );
});

test("an artifact that is put anew is the newer one, be it empty, and one that nobody put is none", async () => {
  const executor = await artifactsOf("executor", "HANDS");
  const name = "main.executor.ada/twice";
  await executor.put(name, Buffer.from("first"));
  await executor.put(name, Buffer.from("second"));
  assert.equal(`${await buffer((await executor.get(name))?.content ?? Readable.from([]))}`, "second");
  assert.equal((await executor.put(name, Buffer.alloc(0))).bytes, 0);
  assert.equal((await buffer((await executor.get(name))?.content ?? Readable.from(["x"]))).length, 0);
  assert.equal(await executor.get("main.executor.ada/never"), undefined);
});

test("a name of another kind, or none, is refused before anything is written", async () => {
  const executor = await artifactsOf("executor", "HANDS");
  const bad = [
    "main.worker.w1/log",
    "main.executor.ada",
    "main.executor.ada/",
    "report",
    "/x",
    `main.executor.a/${"x".repeat(300)}`,
  ];
  for (const name of bad) await assert.rejects(executor.put(name, BYTES), { code: "bad-artifact-name" }, name);
});

test("who may only read keeps nothing, and who may do neither does neither", async () => {
  await assert.rejects((await artifactsOf("worker", "CORE")).put("main.worker.w1/log", BYTES), { code: "not-allowed" });
  const cortex = await artifactsOf("cortex", "CORE");
  await assert.rejects(cortex.get(NAME), { code: "not-allowed" });
  await assert.rejects(cortex.put("main.cortex.main/log", BYTES), { code: "not-allowed" });
});

test("content that breaks off leaves nothing under its name", async () => {
  const executor = await artifactsOf("executor", "HANDS");
  const breaking = Readable.from(
    (async function* () {
      yield BYTES;
      throw new Error("the disk is gone");
    })(),
  );
  await assert.rejects(executor.put("main.executor.ada/broken", breaking), /the disk is gone/);
  assert.equal(await executor.get("main.executor.ada/broken"), undefined);
});

test("a part whose confirmation was lost is there once", async () => {
  const wire = await wireOf("executor", "HANDS");
  const publish = wire.js.publish.bind(wire.js);
  let lost = 0;
  wire.js.publish = async (subject, ...more) => {
    const ack = await publish(subject, ...more);
    if (!subject.includes(".C.")) return ack;
    lost++;
    throw new Error("the confirmation was lost");
  };
  const executor = artifactsOver(wire, "executor")(signal);
  await executor.put("main.executor.ada/doubtful", BYTES);
  assert.equal(lost, 3);
  const found = await executor.get("main.executor.ada/doubtful");
  assert.deepEqual(await buffer(found?.content ?? Readable.from([])), BYTES);
});

test("an artifact whose parts are not those that were put says so", async () => {
  const executor = await artifactsOf("executor", "HANDS");
  const { streams } = await jetstreamManager(await server.connect(OPERATOR));
  for (const [name, damage] of [
    [
      "main.executor.ada/short",
      (nuid: string) => streams.purge(ARTIFACT_STREAM, { filter: artifactChunks(nuid), keep: 1 }),
    ],
    ["main.executor.ada/gone", (nuid: string) => streams.purge(ARTIFACT_STREAM, { filter: artifactChunks(nuid) })],
  ] as const) {
    await executor.put(name, BYTES);
    const info = await (await storeAsOthersSeeIt()).info(name);
    await damage(info?.nuid ?? "");
    const found = await executor.get(name);
    await assert.rejects(buffer(found?.content ?? Readable.from([])), { code: "artifact-damaged" });
  }
});

test("the store is not wiped by who may write to it", async () => {
  const executor = await server.connect("executor");
  const js = jetstream(executor, { apiPrefix: apiPrefix("HANDS"), checkAPI: false });
  await (await artifactsOf("executor", "HANDS")).put("main.executor.ada/stays", BYTES);
  for (const scope of ["all", "sub"]) {
    const wipe = js.publish(artifactChunks("x"), "", { headers: headersOf({ "Nats-Rollup": scope }) });
    await assert.rejects(wipe, JetStreamApiError);
  }
  const forbidden = ["PURGE", "UPDATE", "DELETE", "MSG.DELETE"].map((verb) => `core.STREAM.${verb}.${ARTIFACT_STREAM}`);
  assert.deepEqual(await new Violations(executor).publishing(forbidden), forbidden);
});
