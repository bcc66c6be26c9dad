import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readSeed } from "#deploy/keys.ts";
import { Client } from "#runtime/client.ts";
import { partitionOf } from "#runtime/rendezvous.ts";
import { type Address, OPERATOR, PARTITIONS } from "#subjects/mod.ts";
import { type KindProcess, spawnKind } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import { startServer, type TestServer } from "#support/server.ts";

const CHANNEL: Address = "main.channel.swallowed";

let server: TestServer;
let channel: KindProcess;
let operator: Client;
before(async () => {
  server = await startServer();
  channel = spawnKind("channel", server, { THALASSA_OFFLINE_DELAY_MS: "0-0", THALASSA_OFFLINE_PACE_MS: "0" });
  await channel.ready();
  operator = await Client.connect({
    url: server.url,
    user: OPERATOR,
    seed: readSeed(server.keysDir, OPERATOR),
    name: "t",
  });
});
after(async () => {
  await operator[Symbol.asyncDispose]();
  await channel.kill();
  await server[Symbol.asyncDispose]();
});

/** The consumer under which the partition of the channel is fed just now. */
async function consumer(): Promise<string> {
  const prefix = `channel-${partitionOf("main", "swallowed", PARTITIONS)}-`;
  const names = async (): Promise<string | undefined> => {
    const answer = await operator.wire.nc.request("$JS.API.CONSUMER.NAMES.MAIL_CHANNEL", "{}", { timeout: 1_500 });
    return answer.json<{ consumers: string[] | null }>().consumers?.find((name) => name.startsWith(prefix));
  };
  return (await eventually(names)) ?? "";
}

test("mail that somebody else was handed is taken before what came behind it, in the order in which it was sent", async () => {
  const thief = operator.wire.nc.subscribe("thief");
  // The server hands mail to those who ask in turn: one of these goes to somebody who does nothing with it.
  operator.wire.nc.publish(`$JS.API.CONSUMER.MSG.NEXT.MAIL_CHANNEL.${await consumer()}`, JSON.stringify({ batch: 1 }), {
    reply: "thief",
  });
  await operator.wire.nc.flush();
  const texts = Array.from({ length: 8 }, (_, index) => `message ${index}`);
  for (const text of texts) {
    await operator.send(CHANNEL, "hear", { text, who: { party: "system", id: "test" } });
  }
  for await (const _ of thief) break;
  const heard = await eventually(
    async () => (await operator.history(CHANNEL)).filter(({ event }) => event === "heard"),
    (seen) => seen.length === texts.length,
    20_000,
  );
  assert.deepEqual(
    heard.map(({ data }) => (data as { text: string }).text),
    texts,
  );
});
