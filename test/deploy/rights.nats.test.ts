import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { AckPolicy, JetStreamApiError, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { createUser } from "@nats-io/nkeys";
import { connect, type NatsConnection, nkeyAuthenticator } from "@nats-io/transport-node";
import { apiPrefix } from "#subjects/permissions.ts";
import { TEST_KINDS } from "#support/contracts.ts";
import { startServer, type TestServer } from "#support/server.ts";
import { headersOf, Violations } from "#support/violations.ts";

let server: TestServer;
before(async () => {
  server = await startServer({ kinds: TEST_KINDS });
});
after(() => server[Symbol.asyncDispose]());

/** What nobody but the operator may publish on, under either name of the API. */
const NOBODYS = [
  "runtime.gone",
  "source.channel",
  "due.main.channel.x.hear",
  "thalassa.main.channel.x.log.said",
  "$KV.SECRETS.key",
  "$SYS.REQ.SERVER.PING",
  ...["$JS.API", "core"].flatMap((api) => [
    ...["CREATE", "UPDATE", "DELETE", "PURGE", "SNAPSHOT", "RESTORE"].map(
      (verb) => `${api}.STREAM.${verb}.LOG_CHANNEL`,
    ),
    `${api}.STREAM.MSG.DELETE.LOG_CHANNEL`,
    `${api}.CONSUMER.CREATE.LOG_CHANNEL`,
    `${api}.CONSUMER.DURABLE.CREATE.MAIL_CHANNEL.c`,
    `${api}.CONSUMER.RESET.MAIL_CHANNEL.c`,
    `${api}.CONSUMER.LIST.MAIL_CHANNEL`,
  ]),
];

/** What is the clerk's alone. */
const CLERKS = [
  "commit.main.clerk.x.ordered",
  "thalassa.main.clerk.x.at.soon",
  "thalassa.main.clerk.x.dead.order",
  "thalassa.main.clerk.x.live.status",
  "runtime.clerk.beat",
  "runtime.clerk.probe.p1",
  "_INBOX_clerk.x",
  ...["", "core."].flatMap((api) => [
    `${api}$KV.STATE.main.clerk.x`,
    `${api}$KV.OWN.clerk.3`,
    `${api}$KV.VIEWS.orders.main.x`,
  ]),
  ...["$JS.API", "core"].flatMap((api) => [
    `${api}.CONSUMER.CREATE.MAIL_CLERK.c.mail.clerk.3.>`,
    ...["DELETE", "INFO", "MSG.NEXT"].map((verb) => `${api}.CONSUMER.${verb}.MAIL_CLERK.c`),
    `${api}.CONSUMER.NAMES.MAIL_CLERK`,
    `${api}.DIRECT.GET.LOG_CLERK`,
  ]),
  "$JS.ACK.MAIL_CLERK.c.1.1.1.1.1",
];

const CHANNELS_CONSUMERS = ["$JS.API", "core"].flatMap((api) => [
  `${api}.CONSUMER.CREATE.MAIL_CHANNEL.c.mail.channel.3.>`,
  ...["DELETE", "MSG.NEXT"].map((verb) => `${api}.CONSUMER.${verb}.MAIL_CHANNEL.c`),
]);

/** What is known of tokens: the HTTP bridge looks one up by its hash, and nobody else does. */
const TOKENS = ["$JS.API", "core"].flatMap((api) => [
  `${api}.DIRECT.GET.KV_SECRETS.$KV.SECRETS.token.abc`,
  `${api}.DIRECT.GET.KV_SECRETS.$KV.SECRETS.token.*`,
]);

/** Secrets that are no tokens, the bucket as a whole, and writing there. */
const SECRETS = ["$JS.API", "core"].flatMap((api) => [
  `${api}.DIRECT.GET.KV_SECRETS`,
  `${api}.DIRECT.GET.KV_SECRETS.$KV.SECRETS.key`,
  `${api}.DIRECT.GET.KV_SECRETS.$KV.SECRETS.>`,
  `${api}.STREAM.MSG.GET.KV_SECRETS`,
  `${api}.CONSUMER.CREATE.KV_SECRETS.c.$KV.SECRETS.>`,
  `${api === "core" ? "core." : ""}$KV.SECRETS.token.abc`,
]);

const FORBIDDEN = {
  channel: [
    ...NOBODYS,
    ...CLERKS,
    ...TOKENS,
    ...SECRETS,
    "thalassa.main.clerk.x.in.order",
    "$JS.API.CONSUMER.CREATE.LOG_CHANNEL.c.commit.>",
  ],
  hand: [
    ...NOBODYS,
    ...CLERKS,
    ...TOKENS,
    ...SECRETS,
    "thalassa.main.channel.x.in.hear",
    "core.CONSUMER.CREATE.LOG_HAND.c.commit.>",
  ],
  tap: [
    ...NOBODYS,
    ...CLERKS,
    ...CHANNELS_CONSUMERS,
    ...TOKENS,
    ...SECRETS,
    "thalassa.main.channel.x.in.hear",
    "thalassa.main.channel.x.ask.status",
    "commit.main.channel.x.said",
    "core.CONSUMER.DELETE.LOG_CHANNEL.c",
  ],
  terminal: [
    ...NOBODYS,
    ...CLERKS,
    ...TOKENS,
    ...SECRETS,
    ...CHANNELS_CONSUMERS,
    "commit.main.channel.x.said",
    "$KV.VIEWS.channels.main.x",
  ],
  http: [
    ...NOBODYS,
    ...CLERKS,
    ...SECRETS,
    ...CHANNELS_CONSUMERS,
    "commit.main.channel.x.said",
    "core.$KV.VIEWS.channels.main.x",
  ],
} as const;

describe("rights of a user", () => {
  for (const [user, subjects] of Object.entries(FORBIDDEN)) {
    it(`let ${user} publish none of ${subjects.length} subjects that are not its own`, async () => {
      assert.deepEqual(await new Violations(await server.connect(user)).publishing(subjects), subjects);
    });

    it(`let ${user} listen to nobody else's answers and no raw commit or mail`, async () => {
      const others = Object.keys(FORBIDDEN).filter((other) => other !== user);
      const subjects = [
        ">",
        "commit.>",
        "mail.>",
        "source.>",
        "$JS.>",
        "$KV.>",
        ...others.map((one) => `_INBOX_${one}.>`),
      ];
      assert.deepEqual(await new Violations(await server.connect(user)).subscribing(subjects), subjects);
    });
  }

  it("let no kind but the tap read all that is said", async () => {
    for (const user of ["channel", "clerk", "hand", "terminal", "http"]) {
      const subjects = ["thalassa.>", "thalassa.*.clerk.*.in.*", "thalassa.*.channel.*.in.*"];
      assert.deepEqual(await new Violations(await server.connect(user)).subscribing(subjects), subjects, user);
    }
    assert.deepEqual(await new Violations(await server.connect("tap")).subscribing(["thalassa.>"]), []);
  });

  it("let a kind make only consumers whose body says the same filter as its subject", async () => {
    const { consumers } = await jetstreamManager(await server.connect("channel"), { checkAPI: false });
    const nc = await server.connect("channel");
    const ask = async (config: object) => {
      const subject = "$JS.API.CONSUMER.CREATE.MAIL_CHANNEL.odd.mail.channel.3.>";
      const body = { stream_name: "MAIL_CHANNEL", config: { name: "odd", ack_policy: AckPolicy.Explicit, ...config } };
      return (await nc.request(subject, JSON.stringify(body))).json<{ error?: { err_code: number } }>().error?.err_code;
    };
    assert.equal(await ask({ filter_subject: "mail.channel.*.>" }), 10131);
    assert.equal(await ask({ filter_subjects: ["mail.channel.3.>", "mail.channel.4.>"] }), 10137);
    await assert.rejects(consumers.info("MAIL_CHANNEL", "odd"), { code: 10014 });
  });
});

describe("the HTTP bridge", () => {
  it("looks a token up by its hash", async () => {
    const { value } = await storedToken("abc", '{"name":"ci"}');
    assert.equal(value, '{"name":"ci"}');
  });
});

async function storedToken(hash: string, text: string): Promise<{ readonly value: string | undefined }> {
  const subject = `$KV.SECRETS.token.${hash}`;
  await jetstream(await server.connect("operator")).publish(subject, text);
  const options = { apiPrefix: apiPrefix("EDGE"), checkAPI: false };
  const { direct } = await jetstreamManager(await server.connect("http"), options);
  return { value: (await direct.getMessage("KV_SECRETS", { last_by_subj: subject }))?.string() };
}

describe("a stream", () => {
  it("is not wiped by who may write to it", async () => {
    const operator = await server.connect("operator");
    const { streams } = await jetstreamManager(operator);
    const channel = jetstream(await server.connect("channel"));
    const terminal = jetstream(await server.connect("terminal"));
    await terminal.publish("thalassa.main.channel.wipe.in.hear", "{}");
    await channel.publish("commit.main.channel.wipe.heard", "{}");
    await channel.publish("$KV.OWN.channel.9", "{}");
    const writes = [
      ["MAIL_CHANNEL", terminal, "thalassa.main.channel.wipe.in.hear"],
      ["LOG_CHANNEL", channel, "commit.main.channel.wipe.heard"],
      ["KV_OWN", channel, "$KV.OWN.channel.9"],
    ] as const;
    for (const [stream, writer, subject] of writes) {
      const { messages } = (await streams.info(stream)).state;
      for (const scope of ["all", "sub"]) {
        const wipe = writer.publish(subject, "", { headers: headersOf({ "Nats-Rollup": scope }) });
        await assert.rejects(wipe, JetStreamApiError);
      }
      assert.equal((await streams.info(stream)).state.messages, messages, stream);
    }
  });
});

describe("the door", () => {
  it("is shut to who has no key and to a key that nobody knows", async () => {
    const stranger = nkeyAuthenticator(createUser().getSeed());
    await assert.rejects(connect({ servers: server.url, reconnect: false }), /authorization/i);
    await assert.rejects(connect({ servers: server.url, reconnect: false, authenticator: stranger }), /authorization/i);
    await assert.rejects(connect({ servers: server.url, reconnect: false, user: "tap", pass: "" }), /authorization/i);
  });
});

describe("the API prefix of an account", () => {
  it("leads to the streams from every account, and the server's own does only in CORE", async () => {
    const reads = async (nc: NatsConnection, prefix: string, stream: string) =>
      (await nc.request(`${prefix}.CONSUMER.NAMES.${stream}`)).json<{ error?: unknown; consumers?: unknown }>();
    const hand = await server.connect("hand");
    assert.equal((await reads(hand, apiPrefix("HANDS"), "MAIL_HAND")).error, undefined);
    assert.deepEqual(await new Violations(hand).publishing(["$JS.API.CONSUMER.NAMES.MAIL_HAND"]), [
      "$JS.API.CONSUMER.NAMES.MAIL_HAND",
    ]);
    assert.equal((await reads(await server.connect("channel"), apiPrefix("CORE"), "MAIL_CHANNEL")).error, undefined);
  });
});
