import assert from "node:assert/strict";
import { test } from "node:test";
import { dispatch } from "#runtime/outbox.ts";
import { ledger, ledgerContract, ledgerKind } from "#support/ledger.ts";
import { MemoryBus } from "#support/memory-bus.ts";
import { MemoryStore } from "#support/memory-store.ts";
import { entryOf } from "#support/record.ts";

const { signal } = new AbortController();

test("an actor shows an entry of its own, and others under ids that it names", async () => {
  const store = new MemoryStore();
  const kind = {
    ...ledgerKind(),
    sends: () => ({
      own: { type: "view", view: "balances", data: { total: 1 } } as const,
      other: { type: "view", view: "balances", id: "day-1", data: { total: 2 } } as const,
    }),
  };
  const record = { ...entryOf(ledger("ada"), "e1"), seq: 7, forged: false };
  await dispatch({ bus: new MemoryBus(store, "p"), kind, contracts: [ledgerContract] }, record, signal);
  assert.deepEqual(store.view("balances.main.ada")?.data, { total: 1, seq: 7 });
  assert.deepEqual(store.view("balances.main.day-1")?.data, { total: 2, seq: 7 });
});
