import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type JetStreamManager, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { TEST_KINDS } from "#support/contracts.ts";
import { eventually } from "#support/eventually.ts";
import { startServer, type TestServer } from "#support/server.ts";

let server: TestServer;
let operator: JetStreamManager;
before(async () => {
  server = await startServer({ kinds: TEST_KINDS });
  operator = await jetstreamManager(await server.connect("operator"));
  const channel = jetstream(await server.connect("channel"));
  await channel.publish("commit.main.channel.true.heard", "true", {
    msgID: "true-1",
    expect: { lastSubjectSequence: 0, lastSubjectSequenceSubject: "commit.main.channel.true.*" },
  });
});
after(() => server[Symbol.asyncDispose]());

/** Where an answer would do harm if the server stored it. */
const TARGETS = [
  ["MAIL_CLERK", "thalassa.main.clerk.x.in.order"],
  ["LOG_CLERK", "commit.main.clerk.x.ordered"],
  ["LOG_CHANNEL", "commit.main.channel.x.said"],
  ["KV_OWN", "$KV.OWN.channel.3"],
  ["TIMERS_CHANNEL", "due.main.channel.x.hear"],
  ["DEAD", "thalassa.main.clerk.x.dead.order"],
] as const;

/** Requests whose answers say something: a record, the absence of one, a list. */
const QUESTIONS = {
  channel: ["$JS.API.DIRECT.GET.LOG_CHANNEL", "$JS.API.CONSUMER.NAMES.MAIL_CHANNEL"],
  terminal: ["core.DIRECT.GET.LOG_CHANNEL"],
  http: ["core.DIRECT.GET.LOG_CHANNEL"],
  tap: ["core.STREAM.MSG.GET.LOG_CHANNEL", "core.STREAM.NAMES"],
  hand: ["core.DIRECT.GET.LOG_HAND", "core.STREAM.MSG.GET.LOG_HAND"],
} as const;

const BODIES = ['{"seq":1}', '{"seq":99999}'];

/** Asks everything the user may ask, and has the answers sent to where harm would be done. */
async function forge(user: keyof typeof QUESTIONS): Promise<void> {
  const nc = await server.connect(user);
  for (const [, reply] of TARGETS) {
    for (const question of QUESTIONS[user]) for (const body of BODIES) nc.publish(question, body, { reply });
  }
  await nc.flush();
  // The API answers in order: once it has answered this, it has answered what came before.
  for (const question of QUESTIONS[user]) await nc.request(question, BODIES[0]);
}

async function stored(): Promise<Readonly<Record<string, number>>> {
  const counts = TARGETS.map(
    async ([stream]) => [stream, (await operator.streams.info(stream)).state.last_seq] as const,
  );
  return Object.fromEntries(await Promise.all(counts));
}

describe("an answer asked for on a subject of the bus", () => {
  for (const user of ["terminal", "http", "tap", "hand"] as const) {
    it(`has no effect when ${user} asks, since it stays in its account`, async () => {
      const before = await stored();
      await forge(user);
      assert.deepEqual(await stored(), before);
    });
  }

  it("is stored when a kind in CORE asks, and betrays itself", async () => {
    const before = await stored();
    await forge("channel");
    await eventually(stored, (now) => TARGETS.every(([stream]) => (now[stream] ?? 0) > (before[stream] ?? 0)));
    for (const [stream] of TARGETS) {
      const { first_seq, last_seq } = (await operator.streams.info(stream)).state;
      for (let seq = Math.max(first_seq, (before[stream] ?? 0) + 1); seq <= last_seq; seq++) {
        const record = await operator.streams.getMessage(stream, { seq });
        const betrayed = record?.header?.has("Nats-Stream") || !record?.header?.has("Nats-Msg-Id");
        assert.ok(betrayed, `${stream} ${seq}: ${record?.subject} ${record?.string()}`);
      }
    }
  });

  it("never passes for a commit of the actor whose record it copies", async () => {
    const channel = await server.connect("channel");
    const { last_seq } = (await operator.streams.info("LOG_CHANNEL")).state;
    channel.publish("$JS.API.DIRECT.GET.LOG_CHANNEL", '{"seq":1}', { reply: "commit.main.channel.true.heard" });
    await channel.request("$JS.API.DIRECT.GET.LOG_CHANNEL", '{"seq":1}');
    assert.equal((await operator.streams.info("LOG_CHANNEL")).state.last_seq, last_seq);
  });
});

describe("a consumer that the tap has pushed to a subject of the bus", () => {
  const makeConsumer = async (name: string, deliver: string, config: object = {}) => {
    const tap = await server.connect("tap");
    const heard: string[] = [];
    tap.subscribe(deliver, { callback: (_, msg) => void heard.push(msg.string()) });
    await tap.flush();
    const body = { name, deliver_subject: deliver, ack_policy: "none", inactive_threshold: 60_000_000_000, ...config };
    const request = JSON.stringify({ stream_name: "LOG_CHANNEL", config: body });
    const answer = await tap.request(`core.CONSUMER.CREATE.LOG_CHANNEL.${name}.commit.main.channel.true.*`, request);
    return { heard, error: answer.json<{ error?: { err_code: number } }>().error?.err_code };
  };
  const filter_subject = "commit.main.channel.true.*";

  it("reaches no commit and no claim, since it is pushed only to where somebody listens by that very name", async () => {
    const before = await stored();
    for (const [index, [, target]] of TARGETS.entries()) {
      if (target.startsWith("thalassa.")) continue;
      const tap = await server.connect("tap");
      const config = { name: `c${index}`, deliver_subject: target, ack_policy: "none", filter_subject };
      const request = JSON.stringify({ stream_name: "LOG_CHANNEL", config });
      await tap.request(`core.CONSUMER.CREATE.LOG_CHANNEL.c${index}.${filter_subject}`, request);
    }
    // Consumers deliver in the order in which they were made: once the last one has, so have the others.
    const { heard } = await makeConsumer("witness", "_INBOX_tap.witness", { filter_subject });
    await eventually(
      () => heard.length,
      (count) => count > 0,
    );
    assert.deepEqual(await stored(), before);
  });

  it("puts a copy into a mailbox that no consumer of it delivers, under the subject it was stored by", async () => {
    const { error } = await makeConsumer("mail", "thalassa.main.clerk.p.in.order", {
      filter_subject,
      deliver_policy: "new",
    });
    assert.equal(error, undefined);
    await jetstream(await server.connect("channel")).publish("commit.main.channel.true.said", "copied");
    const look = () => operator.streams.getMessage("MAIL_CLERK", { last_by_subj: "commit.main.channel.true.said" });
    assert.equal((await eventually(look, (found) => found !== null))?.string(), "copied");
    await operator.consumers.add("MAIL_CLERK", {
      name: "all",
      filter_subject: "mail.clerk.*.>",
      ack_policy: "explicit",
    });
    const { num_pending } = await operator.consumers.info("MAIL_CLERK", "all");
    const { state } = await operator.streams.info("MAIL_CLERK", { subjects_filter: "mail.>" });
    assert.equal(
      num_pending,
      Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0),
    );
  });

  it("puts mail without a header there by its heartbeats", async () => {
    const beat = { filter_subject, deliver_policy: "new", idle_heartbeat: 100_000_000 };
    await makeConsumer("beat", "thalassa.main.clerk.beat.in.order", beat);
    const look = () => operator.streams.getMessage("MAIL_CLERK", { last_by_subj: "mail.clerk.*.main.beat.order" });
    const mail = await eventually(look, (found) => found !== null);
    assert.equal(mail?.string(), "");
    assert.equal(mail?.header?.has("Thalassa-Id") ?? false, false);
  });
});
