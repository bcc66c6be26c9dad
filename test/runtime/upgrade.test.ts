import assert from "node:assert/strict";
import { test } from "node:test";
import type { KindContract } from "#subjects/mod.ts";
import { ledger } from "#support/ledger.ts";
import { LedgerWorld } from "#support/ledger-world.ts";

const ADA = ledger("ada");

/** Since version 2 amounts are told in cents. */
const upgrades: NonNullable<KindContract["upgrades"]> = {
  events: { 1: ({ name, data }) => ({ name, data: inCents(data) }) },
  mail: { 1: ({ name, data }) => ({ name: name === "add" ? "receive" : name, data: inCents(data) }) },
};

function inCents(data: unknown): unknown {
  const { amount, total, ...rest } = data as { readonly amount: number; readonly total?: number };
  return { ...rest, amount: amount * 100, ...(total === undefined ? {} : { total: total * 100 }) };
}

test("a log of an older version is folded as if it had been written today", async () => {
  const world = new LedgerWorld();
  world.post(ADA, "add", { tag: "a", amount: 2 });
  await world.rest();
  world.owner.crash();
  world.start({ version: 2, stateVersion: 2, upgrades });
  assert.equal((await world.state(ADA)).total, 200);
});

test("mail that an older version had sent is judged as if it had been sent today", async () => {
  const world = new LedgerWorld();
  world.start({ version: 2, upgrades });
  world.post(ADA, "add", { tag: "a", amount: 3 });
  await world.rest();
  assert.deepEqual(world.events(ADA), ["received"]);
  assert.equal((await world.state(ADA)).total, 300);
});
