import assert from "node:assert/strict";
import { test } from "node:test";
import type { PollerBrought } from "#bridges/telegram/poller/brought.ts";
import type { AnyKind } from "#runtime/actor.ts";
import { addressOf } from "#subjects/mod.ts";
import { telegramContract } from "#subjects/telegram.ts";
import { eventually } from "#support/eventually.ts";
import { MemoryHost } from "#support/memory-host.ts";
import { MemoryStore } from "#support/memory-store.ts";
import { pollerKind } from "#support/telegram/poller-spec.ts";

const SELF = addressOf("main", "telegram", "poller");

test("an update that nobody can read becomes a dead letter, as it came and with why, and the poller goes on", async () => {
  const store = new MemoryStore();
  const raw = { update_id: 8, message: { odd: true } };
  const batch = (numbers: readonly number[], unread: readonly unknown[]): PollerBrought => {
    return { type: "batch", updates: [], numbers, unread, codes: [] };
  };
  const kind = {
    ...pollerKind(),
    perform: async (_step: unknown, { emit }: { emit(data: PollerBrought): Promise<void> }): Promise<never> => {
      await emit(batch([8], [raw]));
      await emit(batch([9], []));
      return new Promise(() => {});
    },
  };
  const host = new MemoryHost(store, "p1", kind as unknown as AnyKind, { contracts: [telegramContract] }).serve();
  const at = store.now;
  const mail = { id: "open", at, version: 1, correlation: "open", trace: "" };
  store.mail.post({ ...mail, to: SELF, verb: "open", data: {}, from: SELF });
  const [dead] = await eventually(
    () => store.dead,
    ({ length }) => length > 0,
  );
  assert.deepEqual([dead?.address, dead?.verb, dead?.code], [SELF, "update", "malformed"]);
  assert.match(dead?.reason ?? "", /^update: /);
  assert.deepEqual(JSON.parse(new TextDecoder().decode(dead?.body)), raw);
  await eventually(
    () => store.log.of(SELF).filter(({ event }) => event === "received").length,
    (count) => count === 2,
  );
  host.close();
  assert.equal(store.dead.length, 1);
});
