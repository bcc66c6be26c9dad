import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ServiceStats } from "@nats-io/services";
import { readSeed } from "#deploy/keys.ts";
import type { ProcessStatus } from "#runtime/asks.ts";
import type { LogEntry } from "#runtime/bus.ts";
import { Client } from "#runtime/client.ts";
import { recordHeaders } from "#runtime/record.ts";
import { type BranchEvent, branchContract } from "#subjects/branch.ts";
import { channelContract } from "#subjects/channel.ts";
import { type Address, addressOf, commitSubject, logStream, OPERATOR, PREV_LENGTH, readEvent } from "#subjects/mod.ts";
import { type KindProcess, spawnKind } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import { ModelBed } from "#support/model-bed.ts";
import { startServer, type TestServer } from "#support/server.ts";

/** How much was said before. Units: events. */
const LONG = 10_000;

const CHANNEL = addressOf("main", "channel", "terminal-long");

const ADA = { party: "terminal", id: "ada" } as const;
const DAY_MS = 86_400_000;

let server: TestServer;
let bed: ModelBed;
let client: Client;
const processes: KindProcess[] = [];
before(async () => {
  [server, bed] = await Promise.all([startServer(), ModelBed.start()]);
  bed.answers("thinker", { content: "Enough was said." });
  processes.push(
    spawnKind("channel", server, { THALASSA_OFFLINE_PACE_MS: "0", THALASSA_LOG: "info", THALASSA_IDLE_MS: "100" }),
    spawnKind("branch", server, {
      ...bed.env("offline"),
      THALASSA_MODELS_BRANCH: "vllm/thinker",
      THALASSA_IDLE_MS: "100",
    }),
  );
  const seed = readSeed(server.keysDir, OPERATOR);
  client = await Client.connect({ url: server.url, user: OPERATOR, seed, name: "test" });
  await Promise.all(processes.map((process) => process.ready()));
});
after(async () => {
  await client?.[Symbol.asyncDispose]();
  await Promise.all(processes.map((process) => process.kill()));
  await server?.[Symbol.asyncDispose]();
  await bed?.[Symbol.asyncDispose]();
});

test("a branch of a very long conversation thinks with its newest words, and stores nothing but its own few events", async () => {
  await writePast(LONG);
  // The first turn reads all of it back, and leaves a snapshot; the others are the tail behind that.
  for (const [turn, text] of ["hello", "and then?", "go on"].entries()) {
    await client.send(CHANNEL, "hear", { text, who: ADA });
    await eventually(
      async () => (await client.last(CHANNEL))?.seq,
      (seq) => seq === LONG + 2 * (turn + 1),
    );
    await untilGone();
  }
  const last = await client.last(CHANNEL);
  assert.ok(last !== undefined);
  const before = await stored();
  assert.equal(before.state.messages, 1, "the conversation left no snapshot");
  const branch = addressOf("main", "branch", "bAAAAAA-0");
  await client.send(branch, "spawn", { from: CHANNEL, seq: last.seq, task: "Was enough said?" });
  const events = await eventually(
    () => told(branch),
    (seen) => seen.length === 2,
  );
  assert.deepEqual(
    events.map(({ type }) => type),
    ["spawned", "concluded"],
  );
  await untilGone();
  const after = await stored();
  assert.deepEqual(after.channelLog, before.channelLog);
  assert.equal(after.branchLog.messages - before.branchLog.messages, 2);
  const bytes = { log: after.branchLog.bytes - before.branchLog.bytes, state: after.state.bytes - before.state.bytes };
  assert.ok(bytes.log > 0 && bytes.log < 2_000, `${bytes.log} bytes of events`);
  assert.ok(bytes.state >= 0 && bytes.state < 2_000, `${bytes.state} bytes of snapshots`);
  const sent = JSON.stringify(bed.mock.getLastRequest()?.body);
  for (const words of [`message ${LONG - 1}`, "go on", "Was enough said?"]) assert.ok(sent.includes(words), words);
});

/** Has a conversation have so many events, as its process would have committed them. */
async function writePast(events: number): Promise<void> {
  const { js } = client.wire;
  const commit = async (seq: number): Promise<void> => {
    const known = Math.min(PREV_LENGTH, seq - 1);
    const isHeard = seq % 2 === 1;
    const said = { text: `answer ${seq}`, model: "offline", answers: [seq - 1] };
    const entry: LogEntry = {
      address: CHANNEL,
      event: isHeard ? "heard" : "said",
      data: isHeard ? { text: `message ${seq}`, who: ADA } : said,
      id: `past-${seq}`,
      at: Date.now() - DAY_MS + seq,
      version: channelContract.version,
      correlation: "past",
      traceId: "0af7651916cd43dd8448eb211c80319c",
      sentSeq: Math.max(0, seq - 2),
      prev: Array.from({ length: known }, (_, at) => seq - known + at),
      process: "channel-1",
    };
    const options = { msgID: entry.id, headers: recordHeaders(entry) };
    const stored = await js.publish(commitSubject(CHANNEL, entry.event), JSON.stringify(entry.data), options);
    assert.equal(stored.seq, seq);
  };
  for (let seq = 1; seq <= events; seq += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, at) => commit(seq + at)));
  }
}

/** Resolves when no actor is in memory: all that is to be stored of them is. */
async function untilGone(): Promise<void> {
  await eventually(async () => {
    const stats = ["channel", "branch"].map(async (kind) => {
      const said = (await client.wire.nc.request(`$SRV.STATS.${kind}`)).json<ServiceStats>();
      return (said.endpoints?.[0]?.data as ProcessStatus | undefined)?.actors;
    });
    return (await Promise.all(stats)).every((actors) => actors === 0);
  });
}

/** What stands in the streams that a branch could have written to. */
async function stored() {
  const [channelLog, branchLog, state] = await Promise.all(
    [logStream("channel"), logStream("branch"), "KV_STATE"].map(async (name) => {
      const { messages, bytes } = (await client.wire.jsm.streams.info(name)).state;
      return { messages, bytes };
    }),
  );
  assert.ok(channelLog !== undefined && branchLog !== undefined && state !== undefined);
  return { channelLog, branchLog, state };
}

async function told(address: Address): Promise<readonly BranchEvent[]> {
  const records = await client.history(address);
  return records.flatMap((record) => readEvent(branchContract, record) ?? []);
}
