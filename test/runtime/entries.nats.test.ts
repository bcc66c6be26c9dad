import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { jetstream } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { entriesOf } from "#runtime/bucket-entry.ts";
import { Client } from "#runtime/client.ts";
import { Wire } from "#runtime/wire.ts";
import type { Account } from "#subjects/contract.ts";
import { OPERATOR } from "#subjects/mod.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import { startServer, type TestServer } from "#support/server.ts";

/** More than the server gives in one go. */
const MANY = 1_500;

const { signal } = new AbortController();

let server: TestServer;
before(async () => {
  server = await startServer();
  const views = await new Kvm(jetstream(await server.connect(OPERATOR))).open("VIEWS", { allow_direct: true });
  const puts = Array.from({ length: MANY }, (_, nth) => views.put(`jobs.main.j${nth}`, `{"nth":${nth}}`));
  await Promise.all([...puts, views.put("hosts.main.a", "{}"), views.put("jobs.aide.j0", "{}")]);
  await views.put("jobs.main.j7", '{"nth":"seven"}');
  await views.delete("jobs.main.j8");
});
after(() => server[Symbol.asyncDispose]());

async function wireOf(user: string, account: Account): Promise<Wire> {
  return Wire.over(await server.connect(user), apiPrefix(account));
}

test("a client beyond the border lists all entries that fit a pattern, each as it stands, and none that was deleted", async () => {
  const client = new Client(await wireOf("terminal", "EDGE"));
  const jobs = await client.entriesOf("VIEWS", "jobs.main.*");
  assert.deepEqual(
    jobs.map(({ key }) => key).toSorted(),
    Array.from({ length: MANY }, (_, nth) => `jobs.main.j${nth}`)
      .filter((key) => key !== "jobs.main.j8")
      .toSorted(),
  );
  assert.deepEqual(jobs.at(-1), { key: "jobs.main.j7", text: '{"nth":"seven"}', seq: MANY + 3 });
  assert.equal((await client.entriesOf("VIEWS", "jobs.>")).length, MANY);
  assert.deepEqual(await client.entriesOf("VIEWS", "environments.>"), []);
  assert.deepEqual(await client.entriesOf("VIEWS", "jobs.main.j8"), []);
});

test("a kind lists what its contract names", async () => {
  const hosts = await entriesOf(await wireOf("worker", "CORE"), "VIEWS", "hosts.>", signal);
  assert.deepEqual(
    hosts.map(({ key, text }) => [key, text]),
    [["hosts.main.a", "{}"]],
  );
});

test("a kind whose contract names no list gets none", async () => {
  const listing = entriesOf(await wireOf("channel", "CORE"), "VIEWS", "hosts.>", signal);
  await assert.rejects(listing, { code: "not-allowed" });
});
