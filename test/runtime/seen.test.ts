import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SeenMail } from "#runtime/seen.ts";

const MINUTE_MS = 60_000;

function filled(count: number, everyMs: number): SeenMail {
  const seen = new SeenMail();
  for (let nth = 1; nth <= count; nth++) seen.add(`m${nth}`, nth * everyMs);
  return seen;
}

test("the last 256 mails are remembered however old they are", () => {
  const seen = filled(300, 10 * MINUTE_MS);
  assert.equal(seen.has("m45"), true);
  assert.equal(seen.has("m44"), false);
});

test("all mails of the last two minutes are remembered however many they are", () => {
  const seen = filled(5_000, 100);
  assert.equal(seen.has("m3800"), true);
  assert.equal(seen.has("m3799"), false);
});

test("an unknown mail is new where nothing was forgotten", () => {
  assert.equal(filled(256, MINUTE_MS).searchFrom(0), undefined);
});

test("a search begins ten seconds before the mail's origin, and only where memory does not reach", () => {
  const seen = filled(257, MINUTE_MS);
  assert.equal(seen.searchFrom(MINUTE_MS + 10_001), undefined);
  assert.equal(seen.searchFrom(MINUTE_MS + 10_000), MINUTE_MS);
  assert.equal(seen.searchFrom(0), -10_000);
});

test("a mail handled at or after its origin is either remembered or searched for", () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 900 });
  fc.assert(
    fc.property(gaps, fc.nat(899), fc.integer({ min: -9_999, max: 60_000 }), (gapsMs, nth, lateMs) => {
      const seen = new SeenMail();
      let at = 1_000_000;
      const times = gapsMs.map((gapMs, index) => {
        at += gapMs;
        seen.add(`m${index}`, at);
        return at;
      });
      const index = nth % times.length;
      const originAt = (times[index] ?? 0) - lateMs;
      const since = seen.searchFrom(originAt);
      assert.ok(seen.has(`m${index}`) || (since !== undefined && since <= (times[index] ?? 0)));
    }),
  );
});

test("memory outlives being saved", () => {
  const seen = filled(300, MINUTE_MS);
  const { ids, forgottenUntil } = seen.save();
  assert.deepEqual(new SeenMail(ids, forgottenUntil).save(), seen.save());
});
