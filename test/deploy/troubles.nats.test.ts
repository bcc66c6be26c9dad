import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createUser } from "@nats-io/nkeys";
import { Conversation } from "#bridges/terminal/conversation.ts";
import { apiPrefixOf, connectAs } from "#deploy/access.ts";
import { deadLetters, retryLetter } from "#deploy/dead-letters.ts";
import { readSeed } from "#deploy/keys.ts";
import { Client } from "#runtime/mod.ts";
import { eventually } from "#support/eventually.ts";
import { startServer, type TestServer } from "#support/server.ts";

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server[Symbol.asyncDispose]());

test("a letter that is none is listed all the same, and one where no actor is cannot be sent again", async () => {
  await using operator = await as("operator");
  await operator.wire.js.publish("thalassa.main.channel.bad=zz.dead.hear", "{ no letter");
  const [letter] = await deadLetters(operator);
  assert.equal(letter?.letter.code, "garbled");
  assert.equal(letter?.letter.body, "{ no letter");
  await assert.rejects(retryLetter(operator, letter ?? assert.fail("it is not listed")), {
    code: "dead-letter-garbled",
    hint: /thalassa dead drop 1/,
  });
  assert.equal((await deadLetters(operator)).length, 1);
});

test("a chat that is left before its answer came says so to whoever waits", async () => {
  await using terminal = await as("terminal");
  const presence = { who: { party: "terminal", id: "ada" }, fromSeq: 0 } as const;
  const conversation = new Conversation(terminal, "main.channel.terminal-left", presence);
  const { posted, answered } = conversation.say("is anybody there?");
  await posted;
  conversation[Symbol.dispose]();
  await assert.rejects(answered, { code: "left", message: /thalassa log shows it/ });
});

test("what a key may not do is refused, and not asked again and again", async () => {
  await using tap = await as("tap");
  const send = tap.send("main.channel.terminal-tap", "hear", { text: "hello", who: { party: "terminal", id: "eve" } });
  await assert.rejects(send, { code: "not-allowed", message: /use a key that has the right/ });
});

test("a bus that is there and silent is told as such within the deadline", async () => {
  await using operator = await as("operator");
  server.stop();
  try {
    // The server goes on for a moment after the signal was sent to it.
    const told = await eventually(
      () =>
        operator.wire
          .attempt(() => operator.wire.nc.request("$JS.API.INFO", "", { timeout: 10_000 }), 300)
          .then(
            () => "answered",
            (error: unknown) => error,
          ),
      (outcome) => outcome !== "answered",
    );
    assert.equal(told instanceof Error && "code" in told && told.code, "bus-silent");
    assert.match(String(told), /300 ms/);
  } finally {
    server.cont();
  }
  await eventually(
    () =>
      operator.wire
        .attempt(() => operator.wire.nc.flush(), 300)
        .then(
          () => true,
          () => false,
        ),
    (answers) => answers,
  );
});

test("a bus that answers nobody, or another home's key, is told by its own code", async () => {
  const nowhere = { url: "nats://127.0.0.1:1", keysDir: server.keysDir };
  await assert.rejects(connectAs("tap", nowhere), { code: "bus-unreachable", message: /thalassa up/ });
  const foreign = { url: server.url, user: "tap", seed: createUser().getSeed(), name: "stranger" };
  await assert.rejects(Client.connect(foreign), { code: "bus-key-refused", message: /key of the home/ });
});

function as(user: string): Promise<Client> {
  return Client.connect(
    { url: server.url, user, seed: readSeed(server.keysDir, user), name: `${user}-of-a-test` },
    apiPrefixOf(user),
  );
}
