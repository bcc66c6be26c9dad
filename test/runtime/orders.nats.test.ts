import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { JsMsg } from "@nats-io/jetstream";
import type { OutgoingMail } from "#runtime/bus.ts";
import { openFeed } from "#runtime/feed.ts";
import { postMail } from "#runtime/nats-bus.ts";
import { resolveOptions } from "#runtime/options.ts";
import { partitionOf } from "#runtime/rendezvous.ts";
import type { Slice } from "#runtime/slice.ts";
import { Wire } from "#runtime/wire.ts";
import { type Address, HEADERS, PARTITIONS } from "#subjects/mod.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import { eventually } from "#support/eventually.ts";
import { startServer, type TestServer } from "#support/server.ts";

const EXECUTOR: Address = "main.executor.ada=2Eexample";
const WORKER: Address = "main.worker.w3fA9xQ-0";

const { signal } = new AbortController();

let server: TestServer;
let worker: Wire;
let executor: Wire;
before(async () => {
  server = await startServer();
  worker = await Wire.over(await server.connect("worker"), apiPrefix("CORE"));
  executor = await Wire.over(await server.connect("executor"), apiPrefix("HANDS"));
});
after(() => server[Symbol.asyncDispose]());

function mail(from: Address, to: Address, verb: string): OutgoingMail {
  return { from, to, verb, data: { verb }, id: `${from}:${verb}`, at: 5, version: 1, correlation: "c", trace: "" };
}

/** What an owner of a slice is handed out, and acknowledges. */
async function taken(wire: Wire, kind: string, partition: Slice): Promise<readonly JsMsg[]> {
  const messages: JsMsg[] = [];
  const take = (message: JsMsg): void => {
    messages.push(message);
    message.ack();
  };
  await openFeed(
    wire,
    { kind, partition, revision: 1 },
    undefined,
    resolveOptions({ process: "p" }),
    take,
    () => {},
    signal,
  );
  return messages;
}

test("an order goes from a worker over the border to the executor of a host alone, and its result comes back", async () => {
  for (const verb of ["up", "exec", "down"]) await postMail(worker, mail(WORKER, EXECUTOR, verb), signal);
  await postMail(worker, mail(WORKER, "main.executor.ben", "up"), signal);
  const orders = await taken(executor, "executor", "ada=2Eexample");
  await eventually(
    () => orders.length,
    (count) => count === 3,
  );
  assert.deepEqual(
    orders.map(({ subject, headers }) => [subject, headers?.get(HEADERS.from)]),
    ["up", "exec", "down"].map((verb) => [`mail.executor.ada=2Eexample.main.ada=2Eexample.${verb}`, WORKER]),
  );
  for (const verb of ["attach", "result", "detach"]) await postMail(executor, mail(EXECUTOR, WORKER, verb), signal);
  const results = await taken(worker, "worker", partitionOf("main", "w3fA9xQ-0", PARTITIONS));
  await eventually(
    () => results.length,
    (count) => count === 3,
  );
  assert.deepEqual(
    results.map(({ subject, headers }) => [subject.split(".").at(-1), headers?.get(HEADERS.from)]),
    ["attach", "result", "detach"].map((verb) => [verb, EXECUTOR]),
  );
});

test("neither may send what its contract does not name", async () => {
  const sending = postMail(executor, mail(EXECUTOR, "main.channel.a" as Address, "hear"), signal);
  await assert.rejects(sending, { code: "not-allowed" });
  await assert.rejects(postMail(worker, mail(WORKER, EXECUTOR, "tend"), signal), { code: "not-allowed" });
});
