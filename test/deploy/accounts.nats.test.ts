import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { apiPrefix } from "#subjects/permissions.ts";
import { TEST_KINDS } from "#support/contracts.ts";
import { eventually } from "#support/eventually.ts";
import { startServer, type TestServer } from "#support/server.ts";
import { headersOf } from "#support/violations.ts";

let server: TestServer;
before(async () => {
  server = await startServer({ kinds: TEST_KINDS });
});
after(() => server[Symbol.asyncDispose]());

/** A user beyond the border of CORE, with the streams as its account reaches them. */
async function foreigner(user: string, account: "EDGE" | "HANDS") {
  const nc = await server.connect(user);
  const options = { apiPrefix: apiPrefix(account), checkAPI: false };
  const js = jetstream(nc, options);
  const bucket = (name: string): Promise<KV> => new Kvm(js).open(name, { allow_direct: true });
  return { nc, js, jsm: await jetstreamManager(nc, options), bucket };
}

async function hear(nc: NatsConnection, subject: string): Promise<readonly Msg[]> {
  const heard: Msg[] = [];
  nc.subscribe(subject, { callback: (_, msg) => void heard.push(msg) });
  await nc.flush();
  return heard;
}

async function answers(nc: NatsConnection, subject: string): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const msg of await nc.requestMany(subject, "", { maxWait: 300 })) all.push(msg.string());
  return all.toSorted();
}

async function answerAs(user: string, subjects: readonly string[]): Promise<void> {
  const nc = await server.connect(user);
  for (const subject of subjects) nc.subscribe(subject, { callback: (_, msg) => void msg.respond(`${user} is here`) });
  await nc.flush();
}

for (const user of ["http", "terminal"]) {
  describe(`a client beyond the border, ${user}`, () => {
    it("sends mail and hears that it is stored", async () => {
      const { js } = await foreigner(user, "EDGE");
      const ack = await js.publish("thalassa.main.channel.a.in.hear", "{}", { msgID: user });
      assert.equal(ack.stream, "MAIL_CHANNEL");
      assert.equal((await js.publish("thalassa.main.channel.a.in.hear", "{}", { msgID: user })).duplicate, true);
    });

    it("reads a log by sequence, the last of an actor, and views", async () => {
      const { jsm, bucket } = await foreigner(user, "EDGE");
      const channel = jetstream(await server.connect("channel"));
      const { seq } = await channel.publish(`commit.main.channel.${user}.heard`, "first");
      await channel.publish("$KV.VIEWS.channels.main.a", "view");
      assert.equal((await jsm.direct.getMessage("LOG_CHANNEL", { seq }))?.string(), "first");
      const last = await jsm.direct.getMessage("LOG_CHANNEL", { last_by_subj: `commit.main.channel.${user}.heard` });
      assert.equal(last?.seq, seq);
      assert.equal((await (await bucket("VIEWS")).get("channels.main.a"))?.string(), "view");
    });

    it("follows log and live, each message once", async () => {
      const { nc } = await foreigner(user, "EDGE");
      const logged = await hear(nc, `thalassa.main.channel.f${user}.log.*`);
      const lively = await hear(nc, `thalassa.main.channel.f${user}.live.*`);
      const channel = await server.connect("channel");
      const { seq } = await jetstream(channel).publish(`commit.main.channel.f${user}.said`, "said");
      for (const word of ["one", "two"]) channel.publish(`thalassa.main.channel.f${user}.live.delta`, word);
      await eventually(
        () => lively.map((msg) => msg.string()).join(),
        (words) => words === "one,two",
      );
      assert.deepEqual(
        logged.map((msg) => [msg.subject, msg.string(), msg.headers?.get("Nats-Sequence")]),
        [[`thalassa.main.channel.f${user}.log.said`, "said", String(seq)]],
      );
    });

    it("asks actors of any account, and their services by kind", async () => {
      const subjects = (kind: string) => [`thalassa.*.${kind}.*.ask.*`, `$SRV.PING.${kind}`];
      await Promise.all(["channel", "hand"].map((kind) => answerAs(kind, subjects(kind))));
      const { nc } = await foreigner(user, "EDGE");
      for (const kind of ["channel", "hand"]) {
        assert.equal((await nc.request(`thalassa.main.${kind}.a.ask.load`)).string(), `${kind} is here`);
        assert.ok((await answers(nc, `$SRV.PING.${kind}`)).includes(`${kind} is here`), kind);
      }
    });
  });
}

describe("an actor kind beyond the border", () => {
  it("takes its mail from its own consumer and acknowledges it", async () => {
    const { js, jsm } = await foreigner("hand", "HANDS");
    await jetstream(await server.connect("clerk")).publish("thalassa.main.hand.take.in.carry", "box");
    const name = "hand-all-1";
    const filter_subject = "mail.hand.*.>";
    await jsm.consumers.add("MAIL_HAND", { name, durable_name: name, filter_subject, ack_policy: AckPolicy.Explicit });
    const consumer = js.consumers.getConsumerFromInfo(await jsm.consumers.info("MAIL_HAND", name));
    const taken: string[] = [];
    const pull = await consumer.consume({
      callback: (msg) => {
        taken.push(`${msg.subject.split(".").slice(3).join(".")} ${msg.string()}`);
        msg.ack();
      },
      bind: true,
      max_messages: 500,
      expires: 1_000,
      idle_heartbeat: 500,
    });
    await eventually(
      () => taken.join(),
      (seen) => seen === "main.take.carry box",
    );
    // A second mail after pulls have run out and been renewed: answers in a stream outlive the first pull.
    const rest = async () => (await jsm.consumers.info("MAIL_HAND", name)).num_ack_pending;
    await eventually(rest, (pending) => pending === 0);
    await jetstream(await server.connect("clerk")).publish("thalassa.main.hand.take.in.carry", "bag");
    await eventually(
      () => taken.length,
      (count) => count === 2,
    );
    await eventually(rest, (pending) => pending === 0);
    await pull.close();
    const { num_pending } = await jsm.consumers.info("MAIL_HAND", name);
    assert.equal(num_pending, 0);
    assert.deepEqual((await jsm.consumers.delete("MAIL_HAND", name)) && (await namesOf("MAIL_HAND")), []);
  });

  it("commits behind a fence, reads its log from the leader, and is refused when stale", async () => {
    const { js, jsm } = await foreigner("hand", "HANDS");
    const commit = (lastSubjectSequence: number) =>
      js.publish("commit.main.hand.c.carried", "{}", {
        expect: { lastSubjectSequence, lastSubjectSequenceSubject: "commit.main.hand.c.*" },
      });
    const { seq } = await commit(0);
    await assert.rejects(commit(0), { code: 10071 });
    assert.equal((await jsm.streams.getMessage("LOG_HAND", { last_by_subj: "commit.main.hand.c.*" }))?.seq, seq);
    assert.equal((await jsm.direct.getMessage("LOG_HAND", { seq }))?.string(), "{}");
  });

  it("keeps claims, snapshots and views", async () => {
    const { bucket } = await foreigner("hand", "HANDS");
    const own = await bucket("OWN");
    const revision = await own.create("hand.3", "me");
    await assert.rejects(own.create("hand.3", "you"));
    const next = await own.update("hand.3", "me again", revision);
    await assert.rejects(own.update("hand.3", "late", revision), { code: 10071 });
    assert.equal((await own.get("hand.3"))?.revision, next);
    await own.delete("hand.3");
    assert.equal((await own.get("hand.3"))?.operation, "DEL");
    await own.create("hand.3", "after");
    const state = await bucket("STATE");
    await state.put("main.hand.a", "snapshot");
    assert.equal((await state.get("main.hand.a"))?.string(), "snapshot");
    await (await bucket("VIEWS")).put("hands.main.a", "free");
    assert.equal(await (await bucket("VIEWS")).get("hands.main.none"), null);
  });

  it("sends mail, is heard live by the tap, and has its timers fire", async () => {
    const { nc, js } = await foreigner("hand", "HANDS");
    assert.equal((await js.publish("thalassa.main.clerk.a.in.order", "{}")).stream, "MAIL_CLERK");
    const lively = await hear(await server.connect("tap"), "thalassa.>");
    nc.publish("thalassa.main.hand.a.live.output", "words");
    await eventually(
      () => lively.filter((msg) => msg.string() === "words").length,
      (count) => count === 1,
    );
    const soon = new Date(Date.now() + 100).toISOString();
    const schedule = { "Nats-Schedule": `@at ${soon}`, "Nats-Schedule-Target": "due.main.hand.timed.carry" };
    const ack = await js.publish("thalassa.main.hand.timed.at.soon", "{}", { headers: headersOf(schedule) });
    assert.equal(ack.stream, "TIMERS_HAND");
    const { streams } = await jetstreamManager(await server.connect("operator"));
    const mail = async () =>
      (await streams.info("MAIL_HAND", { subjects_filter: "mail.hand.*.main.timed.carry" })).state;
    await eventually(
      async () => (await mail()).num_subjects,
      (count) => count === 1,
    );
  });

  it("is seen by the tap's and the operator's service listing beside those of CORE, each once", async () => {
    await Promise.all(["channel", "hand"].map((kind) => answerAs(kind, ["$SRV.INFO"])));
    for (const user of ["tap", "operator"]) {
      const nc = await server.connect(user);
      assert.deepEqual(await answers(nc, "$SRV.INFO"), ["channel is here", "hand is here"], user);
    }
  });

  it("hears of a lost connection in its own account alone", async () => {
    const [near, far] = [await server.connect("hand"), await server.connect("channel")];
    const [gone, elsewhere] = [await hear(near, "runtime.gone"), await hear(far, "runtime.gone")];
    const mate = await server.connect("hand", "hand-4711");
    await mate.close();
    const names = (seen: readonly Msg[]) => seen.map((msg) => msg.json<{ client: { name: string } }>().client.name);
    await eventually(
      () => names(gone),
      (seen) => seen.includes("hand-4711"),
    );
    assert.ok(!names(elsewhere).includes("hand-4711"));
  });
});

async function namesOf(stream: string): Promise<readonly string[]> {
  const { consumers } = await jetstreamManager(await server.connect("operator"));
  const names: string[] = [];
  for await (const consumer of consumers.list(stream)) names.push(consumer.name);
  return names;
}
