import assert from "node:assert/strict";
import { test } from "node:test";
import { jetstreamManager } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import { z } from "zod";
import { readSeed } from "#deploy/keys.ts";
import type { AnyKind } from "#runtime/actor.ts";
import { Host } from "#runtime/host.ts";
import { SILENT } from "#runtime/logger.ts";
import { Client, connectToBus, type Kind, type Step } from "#runtime/mod.ts";
import { Wire } from "#runtime/wire.ts";
import { HEADERS, type KindContract } from "#subjects/mod.ts";
import { eventually } from "#support/eventually.ts";
import { startServer, type TestServer } from "#support/server.ts";

const contract = {
  kind: "alarm",
  version: 1,
  account: "CORE",
  about: "Rings when it was told to.",
  mail: { set: z.object({ inMs: z.number() }), ring: z.object({}) },
  events: { set: z.object({ inMs: z.number() }), rang: z.object({}) },
  live: {},
  asks: {},
  sends: {},
  views: [],
} as const satisfies KindContract;

const alarm: Kind<typeof contract, number, Step, never> = {
  contract,
  stateVersion: 1,
  initial: () => 0,
  decide(_state, input) {
    if (input.type !== "mail") return undefined;
    return input.verb === "set" ? { type: "set", data: input.data } : { type: "rang", data: {} };
  },
  evolve: (rings, event) => (event.type === "rang" ? rings + 1 : rings),
  sends: (event, { at }) =>
    event.type === "set" ? { ring: { type: "timer", dueAt: at + event.data.inMs, verb: "ring", data: {} } } : {},
  steps: () => ({}),
  perform: () => Promise.reject(new Error("an alarm has no steps")),
};

test("a timer that falls due while the server is down rings once when it is back", async () => {
  await using server = await startServer({ kinds: [contract] });
  await using stage = await onStage(server);
  await stage.client.send("main.alarm.a", "set", { inMs: 400 });
  await eventually(
    () => stage.events("main.alarm.a"),
    (events) => events.includes("set"),
  );
  await server.kill();
  const due = performance.now() + 500;
  await eventually(() => performance.now() > due);
  await server.restart();
  await eventually(
    () => stage.events("main.alarm.a"),
    (events) => events.includes("rang"),
  );
  await server.restart();
  await stage.atRest();
  assert.deepEqual(await stage.events("main.alarm.a"), ["set", "rang"]);
});

test("every one of many timers of many actors rings once, the server killed in between", async () => {
  await using server = await startServer({ kinds: [contract] });
  await using stage = await onStage(server);
  const addresses = Array.from({ length: 60 }, (_, n) => `main.alarm.n${n}` as const);
  await Promise.all(addresses.map((address, n) => stage.client.send(address, "set", { inMs: 200 + n * 10 })));
  const due = performance.now() + 500;
  await eventually(() => performance.now() > due);
  await server.restart();
  for (const address of addresses) {
    await eventually(
      () => stage.events(address),
      (events) => events.includes("rang"),
    );
  }
  await stage.atRest();
  for (const address of addresses) assert.deepEqual(await stage.events(address), ["set", "rang"]);
});

test("a timer that is set past its time rings at once", async () => {
  await using server = await startServer({ kinds: [contract] });
  await using stage = await onStage(server);
  await stage.client.send("main.alarm.late", "set", { inMs: -1_000 });
  await eventually(
    () => stage.events("main.alarm.late"),
    (events) => events.includes("rang"),
  );
});

test("a kind cannot wipe its mail by rollup, nor set a timer for another kind", async () => {
  await using server = await startServer({ kinds: [contract] });
  const operator = await server.connect("operator");
  const jsm = await jetstreamManager(operator);
  const js = jsm.jetstream();
  const told = headers();
  told.set(HEADERS.id, "keep me");
  await js.publish("thalassa.main.alarm.x.in.set", "{}", { headers: told });
  const rollup = headers();
  rollup.set("Nats-Rollup", "all");
  await assert.rejects(js.publish("thalassa.main.alarm.x.in.set", "{}", { headers: rollup }));
  const foreign = { specification: { at: new Date() }, target: "due.main.channel.x.hear" };
  await assert.rejects(js.publish("thalassa.main.alarm.x.at.sly", "{}", { schedule: foreign }));
  assert.equal((await jsm.streams.info("MAIL_ALARM")).state.messages, 1);
});

/** A host of alarms and somebody who talks to them. */
async function onStage(server: TestServer) {
  const as = (user: string) => ({ url: server.url, user, seed: readSeed(server.keysDir, user), name: `${user}-1` });
  const wire = await Wire.over(await connectToBus(as("alarm")));
  const host = await Host.start(wire, alarm as AnyKind, { process: "alarm-1" }, SILENT, [contract]);
  const client = await Client.connect(as("operator"));
  return {
    client,
    events: async (address: `${string}.${string}.${string}`) =>
      (await client.history(address)).map((record) => record.event),
    /** Resolves when nothing waits any more, neither mail nor timer. */
    atRest: async () => {
      const { jsm } = client.wire;
      const never = new AbortController().signal;
      const left = async (stream: string) =>
        (await client.wire.persist(() => jsm.streams.info(stream), never)).state.messages;
      await eventually(
        async () => (await left("MAIL_ALARM")) + (await left("TIMERS_ALARM")),
        (count) => count === 0,
      );
    },
    [Symbol.asyncDispose]: async () => {
      await host.stop();
      await wire.nc.close();
      await client[Symbol.asyncDispose]();
    },
  };
}
