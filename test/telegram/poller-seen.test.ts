import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decidePoller } from "#bridges/telegram/poller/decide.ts";
import { evolvePoller } from "#bridges/telegram/poller/evolve.ts";
import { hasSeen, MAX_RANGES, withSeen } from "#bridges/telegram/poller/seen.ts";
import { initialPoller } from "#bridges/telegram/poller/state.ts";
import { addressOf } from "#subjects/mod.ts";
import type { TelegramEvent } from "#subjects/telegram.ts";
import { emission, FIRST_AT } from "#support/spec.ts";
import { batch, heard, OWNER, pollerSpec, RULES } from "#support/telegram/poller-spec.ts";

const SELF = addressOf("main", "telegram", "poller");
const MANY = { ...RULES, userPerMinute: 1e9, allPerMinute: 1e9 };

test("each update is passed on once, in whichever batches and however often it comes", () => {
  const number = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.maxSafeInteger());
  fc.assert(
    fc.property(fc.array(fc.array(number, { maxLength: 8 }), { maxLength: 12 }), (batches) => {
      let state = initialPoller(SELF);
      const passed: number[] = [];
      for (const numbers of batches) {
        const input = batch(numbers.map((update) => heard(update, OWNER)));
        const event = decidePoller(MANY)(state, input);
        if (event === undefined) continue;
        assert.ok(event.type === "received");
        passed.push(...event.data.updates.map(({ update }) => update));
        state = evolvePoller(state, event, { at: FIRST_AT });
      }
      assert.deepEqual(passed, [...new Set(batches.flat())]);
    }),
  );
});

test("ranges hold exactly the numbers that were met, none of them twice", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 })), (numbers) => {
      const ranges = numbers.reduce((before, number) => withSeen(before, [number]), withSeen([], []));
      for (let number = -1; number <= 61; number++) {
        assert.equal(hasSeen(ranges, number), numbers.includes(number));
      }
      const held = ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
      assert.equal(held, new Set(numbers).size);
    }),
  );
});

test("ranges are bounded: the nearest old ones become one, and all that was met stays so", () => {
  const numbers = Array.from({ length: MAX_RANGES + 10 }, (_, at) => at * 1_000 + (at === 7 ? -900 : 0));
  const ranges = withSeen([], numbers);
  assert.equal(ranges.length, MAX_RANGES);
  assert.ok(numbers.every((number) => hasSeen(ranges, number)));
  assert.ok(hasSeen(ranges, 6_050), "6 000 and 6 100 were nearest");
  assert.ok(!hasSeen(ranges, (MAX_RANGES + 8) * 1_000 + 1), "what is new is left as it is");
});

test("numbers far below those that were met are new: after a week they begin anywhere", () => {
  pollerSpec()
    .given({ type: "received", data: { updates: [], numbers: [900_000, 900_001] } })
    .when(batch([heard(5, OWNER)]))
    .decides({ type: "received", data: { updates: [{ ...heard(5, OWNER), role: "owner" }], numbers: [5] } });
});

test("a batch of nothing new is ignored", () => {
  const seen: TelegramEvent = { type: "received", data: { updates: [], numbers: [5, 6] } };
  pollerSpec()
    .given(seen)
    .when(batch([heard(5, OWNER)], { numbers: [5, 6] }))
    .ignores();
  pollerSpec().given(seen).when(batch([])).ignores();
});

test("updates that mean nothing are counted as met, and those that nobody can read are sent on as they came", () => {
  const raw = { update_id: 8, message: { odd: true } };
  pollerSpec()
    .given()
    .when(batch([], { numbers: [7, 8, 8], unread: [raw, raw] }))
    .decides({ type: "received", data: { updates: [], numbers: [7, 8], unread: [raw] } })
    .sends({ "unread-0": { type: "mail", to: addressOf("main", "telegram", "spec"), verb: "update", data: raw } });
});

test("how the line stands is told where it is new, and shown", () => {
  const up = { type: "connected", bot: "our_bot", id: 99, mode: "polling" } as const;
  const down = { type: "connected", mode: "polling", problem: "gone" } as const;
  const shown = { bot: "our_bot", mode: "polling", at: FIRST_AT } as const;
  pollerSpec()
    .given()
    .when(emission("poll", up))
    .decides({ type: "connected", data: { ...shown, id: 99 } })
    .sends({ show: { type: "view", view: "telegram", data: shown } })
    .after.when(emission("poll", up))
    .ignores()
    .after.when(emission("poll", down))
    .decides({ type: "connected", data: { ...shown, id: 99, problem: "gone" } })
    .after.when(emission("poll", down))
    .ignores()
    .after.when(emission("poll", up))
    .decides({ type: "connected", data: { ...shown, id: 99 } });
});

test("another bot counts its own numbers", () => {
  const connected = (id: number): TelegramEvent => ({ type: "connected", data: { mode: "polling", id, at: FIRST_AT } });
  const seen: TelegramEvent = { type: "received", data: { updates: [], numbers: [5] } };
  pollerSpec()
    .given(connected(99), seen, connected(99))
    .when(batch([heard(5, OWNER)]))
    .ignores();
  assert.deepEqual(pollerSpec().given(connected(99), seen, connected(98)).state.seen, []);
});
