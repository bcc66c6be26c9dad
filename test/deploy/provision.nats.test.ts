import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type JetStreamManager, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/transport-node";
import { CannotProvision, provision } from "#deploy/provision.ts";
import { wantedStreams } from "#deploy/stream-config.ts";
import { channelContract } from "#subjects/channel.ts";
import { BUCKETS } from "#subjects/streams.ts";
import { TEST_KINDS } from "#support/contracts.ts";
import { startServer, type TestServer } from "#support/server.ts";
import { headersOf } from "#support/violations.ts";

const ALL = wantedStreams(TEST_KINDS, 1).map((stream) => stream.name);

describe("provisioning", () => {
  let server: TestServer;
  let operator: NatsConnection;
  let jsm: JetStreamManager;
  before(async () => {
    server = await startServer({ kinds: TEST_KINDS, provisioned: false });
    operator = await server.connect("operator");
    jsm = await jetstreamManager(operator);
  });
  after(() => server[Symbol.asyncDispose]());

  it("makes everything once, though several start at the same time", async () => {
    const several = await Promise.all(Array.from({ length: 4 }, () => provision(operator, { kinds: TEST_KINDS })));
    for (const { changed } of several) assert.deepEqual(changed, []);
    const there: string[] = [];
    for await (const stream of jsm.streams.list()) there.push(stream.config.name);
    assert.deepEqual(there.toSorted(), ALL.toSorted());
  });

  it("finds nothing to do a second time, nor after a restart", async () => {
    const nothing = { created: [], changed: [], unchanged: ALL };
    assert.deepEqual(await provision(operator, { kinds: TEST_KINDS }), nothing);
    await server.restart();
    // What is asked on the old connection before it is back would be lost.
    operator = await server.connect("operator");
    jsm = await jetstreamManager(operator);
    assert.deepEqual(await provision(operator, { kinds: TEST_KINDS }), nothing);
  });

  it("describes each stream, and keeps what nobody may take away", async () => {
    for (const name of ALL) {
      const { config } = await jsm.streams.info(name);
      assert.ok(config.description, name);
      assert.equal(config.allow_direct, true, name);
      assert.equal(config.max_age > 0, ["KV_LIMITS", "KV_CACHE"].includes(name), name);
      if (!name.startsWith("TIMERS_")) assert.equal(config.allow_rollup_hdrs ?? false, false, name);
      assert.equal(config.deny_delete ?? false, name.startsWith("KV_"), name);
    }
    const { metadata } = (await jsm.streams.info("MAIL_CHANNEL")).config;
    assert.equal(metadata?.partitions, "16");
    assert.equal(metadata?.version, `${channelContract.version}`);
  });

  it("puts back what somebody changed, and keeps notes of others", async () => {
    const { config } = await jsm.streams.info("LOG_CHANNEL");
    await jsm.streams.update("LOG_CHANNEL", {
      ...config,
      description: "mine",
      metadata: { ...config.metadata, note: "kept" },
    });
    const { changed } = await provision(operator, { kinds: TEST_KINDS });
    assert.deepEqual(changed, ["LOG_CHANNEL"]);
    const after = (await jsm.streams.info("LOG_CHANNEL")).config;
    assert.match(after.description ?? "", /What happened to channel actors/);
    assert.equal(after.metadata?.note, "kept");
  });

  it("makes buckets that can be created in, updated, read and cleared of a key, but not wiped", async () => {
    for (const { name } of BUCKETS) {
      const bucket = await new Kvm(operator).open(name, { allow_direct: true });
      const revision = await bucket.create("a.b", "one");
      await bucket.update("a.b", "two", revision);
      assert.equal((await bucket.get("a.b"))?.string(), "two");
      await bucket.delete("a.b");
      assert.equal((await bucket.get("a.b"))?.operation, "DEL");
      await bucket.create("a.b", "three");
      await assert.rejects(bucket.purge("a.b"), /rollup not permitted/, name);
      assert.equal((await bucket.get("a.b"))?.string(), "three");
    }
  });

  it("makes an object store whose newest version of an object is the last, and which nobody may roll up", async () => {
    const js = jetstream(operator);
    await js.publish("$O.ARTIFACTS.C.one", new Uint8Array(128 * 1024));
    for (const version of ["old", "new"]) await js.publish("$O.ARTIFACTS.M.cmVwb3J0", version);
    const last = await jsm.streams.getMessage("OBJ_ARTIFACTS", { last_by_subj: "$O.ARTIFACTS.M.cmVwb3J0" });
    assert.equal(last?.string(), "new");
    const wipe = js.publish("$O.ARTIFACTS.M.cmVwb3J0", "{}", { headers: headersOf({ "Nats-Rollup": "sub" }) });
    await assert.rejects(wipe, /rollup not permitted/);
  });

  it("takes the right to roll up from an object store that an earlier version made with it", async () => {
    const { config } = await jsm.streams.info("OBJ_ARTIFACTS");
    await jsm.streams.update("OBJ_ARTIFACTS", { ...config, allow_rollup_hdrs: true });
    assert.deepEqual((await provision(operator, { kinds: TEST_KINDS })).changed, ["OBJ_ARTIFACTS"]);
    assert.equal((await jsm.streams.info("OBJ_ARTIFACTS")).config.allow_rollup_hdrs ?? false, false);
  });

  it("refuses streams that are cut into another number of partitions, and changes nothing", async () => {
    const { config } = await jsm.streams.info("MAIL_CLERK");
    await jsm.streams.update("MAIL_CLERK", { ...config, metadata: { ...config.metadata, partitions: "8" } });
    await assert.rejects(provision(operator, { kinds: TEST_KINDS }), (error: CannotProvision) => {
      assert.ok(error instanceof CannotProvision);
      assert.equal(error.code, "partitions-differ");
      assert.match(error.message, /MAIL_CLERK is cut into 8 partitions, and this version wants 16/);
      return true;
    });
    assert.equal((await jsm.streams.info("MAIL_CLERK")).config.metadata?.partitions, "8");
  });
});

describe("provisioning a bus that cannot hold the contract", () => {
  it("says so when the server is too old", async () => {
    const old = { info: { version: "2.10.27" } } as NatsConnection;
    await assert.rejects(provision(old), { code: "server-too-old", message: /is 2\.10\.27, and Thalassa needs 2\.14/ });
  });

  it("says so when the operator's account keeps no streams", async () => {
    const conf = (text: string) => text.replace("    jetstream: enabled\n", "");
    await using server = await startServer({ provisioned: false, conf });
    await assert.rejects(provision(await server.connect("operator")), { code: "no-jetstream" });
  });

  it("says so when the server keeps no streams at all", async () => {
    const conf = (text: string) => text.replace(/jetstream \{[^}]*\}/, "").replace("    jetstream: enabled\n", "");
    await using server = await startServer({ provisioned: false, conf });
    await assert.rejects(provision(await server.connect("operator")), { code: "no-jetstream" });
  });
});
