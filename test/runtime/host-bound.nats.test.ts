import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import type { ProcessStatus } from "#runtime/asks.ts";
import { Client } from "#runtime/client.ts";
import { preferred } from "#runtime/rendezvous.ts";
import { Wire } from "#runtime/wire.ts";
import { terminalContract } from "#subjects/clients.ts";
import { type Address, addressOf, mailStream, OPERATOR } from "#subjects/mod.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import { type KindProcess, pidOf, spawnKind } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import { keeperContract } from "#support/keeper.ts";
import { startServer, type TestServer } from "#support/server.ts";

/** After so long at rest an actor leaves memory. */
const IDLE_MS = 400;

let server: TestServer;
let client: Client;
const started: KindProcess[] = [];

before(async () => {
  server = await startServer({ kinds: [keeperContract], clients: [terminalContract] });
  client = new Client(await Wire.over(await server.connect(OPERATOR)), [keeperContract]);
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((each) => each.kill()));
});
after(() => server[Symbol.asyncDispose]());

const keeper = (host: string, agent = "main"): Address => addressOf(agent, "keeper", host);

/** A process on a host of that name. */
async function onHost(host: string): Promise<KindProcess> {
  const env = { THALASSA_API_PREFIX: apiPrefix("HANDS"), THALASSA_HOST: host, THALASSA_IDLE_MS: `${IDLE_MS}` };
  const child = spawnKind("keeper", server, env, "test/support/keeper-main.ts");
  started.push(child);
  await child.ready();
  return child;
}

/** What happened to an actor, once there is as much: each event with the process that wrote it. */
async function happened(address: Address, events: number): Promise<readonly (readonly [string, number])[]> {
  const records = await eventually(
    () => client.history(address),
    (found) => found.length >= events,
  );
  return records.map(({ event, process }) => [event, pidOf(process)]);
}

const keep = (host: string, tag: string, agent?: string) => client.send(keeper(host, agent), "keep", { tag });

/** How much mail is unacknowledged under a filter. */
async function waiting(filter: string): Promise<number> {
  const { streams } = await jetstreamManager(client.wire.nc, { checkAPI: false });
  const { state } = await streams.info(mailStream("keeper"), { subjects_filter: filter });
  return Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0);
}

/** What happened to it, in whatever order. */
function events(seen: Awaited<ReturnType<typeof happened>>): readonly string[] {
  return seen.map(([event]) => event).toSorted();
}

/** What the processes say of themselves, once they are so many as are said to be here. */
async function census(processes: number): Promise<readonly ProcessStatus[]> {
  const all = await eventually(
    () => client.census(),
    (found) => found.length === processes,
  );
  return all.map(({ endpoints }) => endpoints?.[0]?.data as unknown as ProcessStatus);
}

test("mail to a host waits for its process, and no other host's takes it", async () => {
  const other = await onHost("b.example");
  await keep("a", "for a");
  await keep("a", "for a", "aide");
  await keep("b=2Eexample", "for b");
  const theirs = await happened(keeper("b=2Eexample"), 3);
  assert.ok(theirs.every(([, pid]) => pid === other.pid));
  assert.deepEqual(await client.ask(keeper("b=2Eexample"), "list"), ["for b"]);
  assert.equal(await waiting("mail.keeper.a.>"), 2);
  await assert.rejects(client.ask(keeper("a"), "list"), { code: "unanswered" });
  const own = await onHost("a");
  const ours = await happened(keeper("a"), 3);
  assert.deepEqual([events(ours), ours.every(([, pid]) => pid === own.pid)], [["began", "kept", "resumed"], true]);
  assert.ok((await happened(keeper("a", "aide"), 3)).every(([, pid]) => pid === own.pid));
  const terminal = new Client(await Wire.over(await server.connect("terminal"), apiPrefix("EDGE")), [keeperContract]);
  for (const asker of [client, terminal]) assert.deepEqual(await asker.ask(keeper("a"), "list"), ["for a"]);
});

test("the actor of a host begins without any mail, holds none back, and stays in memory", async () => {
  const only = await onHost("c");
  assert.deepEqual(await happened(keeper("c"), 2), [
    ["resumed", only.pid],
    ["began", only.pid],
  ]);
  await keep("c", "one");
  await happened(keeper("c"), 3);
  await eventually(
    () => waiting("mail.keeper.c.>"),
    (count) => count === 0,
  );
  // What is at rest would have left memory by now.
  await delay(2 * IDLE_MS);
  const [status] = await census(1);
  assert.deepEqual([status?.host, status?.partitions, status?.actors, status?.steps], ["c", 1, 1, 1]);
  assert.equal((await client.history(keeper("c"))).length, 3);
});

test("of two processes on one host one serves, and the other takes over when it is killed", async () => {
  const pair = [await onHost("d"), await onHost("d")];
  await keep("d", "one");
  const names = (await census(2)).map(({ process }) => process);
  const owner = preferred("d", names);
  await eventually(
    () => census(2),
    (all) => all.every(({ process, partitions }) => partitions === (process === owner ? 1 : 0)),
  );
  await eventually(
    () => client.ask(keeper("d"), "list").catch(() => undefined),
    (tags) => JSON.stringify(tags) === '["one"]',
  );
  const [dying, heir] = pair[0]?.pid === pidOf(owner ?? "") ? pair : pair.toReversed();
  const known = (await client.history(keeper("d"))).length;
  await dying?.kill();
  await keep("d", "two");
  const since = (await happened(keeper("d"), known + 3)).slice(known);
  assert.deepEqual([events(since), since.every(([, pid]) => pid === heir?.pid)], [["began", "kept", "resumed"], true]);
  assert.deepEqual(await client.ask(keeper("d"), "list"), ["one", "two"]);
});

test("a timer of a host's actor comes back to that host", async () => {
  const [own] = [await onHost("f"), await onHost("g")];
  await client.send(keeper("f"), "keep", { tag: "one", againInMs: 50 });
  await eventually(
    () => client.ask(keeper("f"), "list"),
    (tags) => JSON.stringify(tags) === '["one","one again"]',
  );
  assert.ok((await happened(keeper("f"), 4)).every(([, pid]) => pid === own?.pid));
});

test("what a process left in good order the next one of its host goes on with", async () => {
  const first = await onHost("e");
  await happened(keeper("e"), 2);
  await first.leave();
  const second = await onHost("e");
  assert.deepEqual((await happened(keeper("e"), 4)).at(-1), ["began", second.pid]);
});
