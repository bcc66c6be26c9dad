import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { type KindContract, readEvent, upgraded } from "#subjects/mod.ts";

const contract = {
  kind: "tally",
  version: 3,
  account: "CORE",
  about: "Test kind with a past.",
  mail: {},
  events: { counted: z.object({ by: z.number(), unit: z.string() }) },
  live: {},
  asks: {},
  sends: {},
  views: [],
  upgrades: {
    events: {
      1: ({ name, data }) => ({ name: name === "added" ? "counted" : name, data }),
      2: ({ name, data }) => ({ name, data: { ...Object(data), unit: "piece" } }),
    },
  },
} as const satisfies KindContract;

const { events } = contract.upgrades;

test("a body goes through every version between its own and today's", () => {
  const old = { name: "added", data: { by: 2 } };
  assert.deepEqual(upgraded(events, old, 1, 3), { name: "counted", data: { by: 2, unit: "piece" } });
  assert.deepEqual(upgraded(events, old, 2, 3), { name: "added", data: { by: 2, unit: "piece" } });
  assert.deepEqual(upgraded(events, old, 3, 3), old);
});

test("a version in which nothing changed needs no upgrade", () => {
  const body = { name: "counted", data: {} };
  assert.deepEqual(upgraded({ 2: () => ({ name: "x", data: 1 }) }, body, 1, 3), { name: "x", data: 1 });
  assert.deepEqual(upgraded(undefined, body, 1, 3), body);
});

test("an event of any version is read as today's, and what is none is none", () => {
  const read = (event: string, data: unknown, version: number) => readEvent(contract, { event, data, version });
  assert.deepEqual(read("added", { by: 1 }, 1), { type: "counted", data: { by: 1, unit: "piece" } });
  assert.deepEqual(read("counted", { by: 1, unit: "m" }, 3), { type: "counted", data: { by: 1, unit: "m" } });
  assert.equal(read("counted", { by: "one" }, 2), undefined);
  assert.equal(read("toString", {}, 3), undefined);
});
