import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { jetstream } from "@nats-io/jetstream";
import { readSeed } from "#deploy/keys.ts";
import { Client } from "#runtime/client.ts";
import { type Address, commitSubject, encodePrev, HEADERS, PREV_LENGTH } from "#subjects/mod.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import { eventually } from "#support/eventually.ts";
import { startServer, type TestServer } from "#support/server.ts";
import { headersOf } from "#support/violations.ts";

let server: TestServer;
let client: Client;
before(async () => {
  server = await startServer();
  const access = { url: server.url, user: "http", seed: readSeed(server.keysDir, "http"), name: "hearing" };
  client = await Client.connect(access, apiPrefix("EDGE"));
});
after(async () => {
  await client[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Commits as a process of channels would; gives the sequences. */
async function commit(address: Address, count: number): Promise<readonly number[]> {
  const js = jetstream(await server.connect("channel"));
  const seqs: number[] = [];
  for (let at = 0; at < count; at++) {
    const headers = headersOf({
      [HEADERS.time]: `${at}`,
      [HEADERS.process]: "test",
      [HEADERS.prev]: encodePrev(seqs.slice(-PREV_LENGTH)),
    });
    const data = JSON.stringify({ text: `text ${at}` });
    const { seq } = await js.publish(commitSubject(address, "heard"), data, { msgID: `${address}-${at}`, headers });
    seqs.push(seq);
  }
  return seqs;
}

test("a hearing brings each listener what its own actor tells, until it leaves", async () => {
  using hearing = client.hearing("channel");
  const heard: Record<string, number[]> = { a: [], b: [] };
  const glimpsed: unknown[] = [];
  const leaveA = hearing.listen("main.channel.a", {
    onRecord: ({ seq }) => heard.a?.push(seq),
    onLive: (noun, data) => glimpsed.push([noun, data]),
  });
  hearing.listen("main.channel.b", { onRecord: ({ seq }) => heard.b?.push(seq) });
  await client.wire.nc.flush();
  const [a, b] = [await commit("main.channel.a", 3), await commit("main.channel.b", 2)];
  await commit("main.channel.c", 1);
  const channel = await server.connect("channel");
  channel.publish("thalassa.main.channel.a.live.status", '{"doing":"thinking"}');
  channel.publish("thalassa.main.channel.a.live.status", "no JSON");
  await eventually(
    () => [heard.a?.length, heard.b?.length, glimpsed.length],
    (seen) => seen.join() === "3,2,1",
  );
  assert.deepEqual(heard, { a, b });
  assert.deepEqual(glimpsed, [["status", { doing: "thinking" }]]);
  leaveA();
  assert.equal(hearing.actors, 1);
});

test("a history is read from its newest record back, a page at a time", async () => {
  const seqs = await commit("main.channel.long", 100);
  const pages: number[][] = [];
  for await (const page of client.backwards("main.channel.long")) pages.push(page.map(({ seq }) => seq));
  assert.deepEqual(pages.toReversed().flat(), seqs);
  assert.equal(pages[0]?.length, 1);
  for await (const _ of client.backwards("main.channel.nobody")) assert.fail("nothing happened to it");
});

test("an entry is what was put there last, and nothing once it is deleted", async () => {
  const operator = jetstream(await server.connect("operator"));
  const entry = () => client.entry("SECRETS", "token.abc");
  assert.equal(await entry(), undefined);
  await operator.publish("$KV.SECRETS.token.abc", '{"name":"ci"}');
  assert.deepEqual(await entry(), { name: "ci" });
  await operator.publish("$KV.SECRETS.token.abc", "", { headers: headersOf({ "KV-Operation": "DEL" }) });
  assert.equal(await entry(), undefined);
});
