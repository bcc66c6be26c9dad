import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { buttonKey, openDeed, sealDeed } from "#bridges/telegram/buttons.ts";
import { BUTTON_VERBS } from "#subjects/telegram-shown.ts";

const KEY = buttonKey("8200000001:AAF-a-token-that-opens-nothing-00000");
const DEED = { verb: "approve", ref: "wV1StGXR8Z5jd-0:a1", until: 1_790_000_000_000 } as const;

const anyDeed = fc.record(
  {
    verb: fc.constantFrom(...BUTTON_VERBS),
    ref: fc.string({ unit: fc.constantFrom(..."abcXYZ019-_:="), maxLength: 40 }),
    until: fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1_000),
  },
  { noNullPrototype: true },
);

test("a button opens to what it was sealed with, within what Telegram carries", () => {
  fc.assert(
    fc.property(anyDeed, fc.maxSafeInteger(), (deed, chat) => {
      const data = sealDeed(deed, chat, KEY);
      assert.ok(Buffer.byteLength(data) <= 64);
      assert.deepEqual(openDeed(data, chat, KEY), deed);
    }),
  );
});

test("a button of another chat, or of another bot, does not open", () => {
  const data = sealDeed(DEED, 4711, KEY);
  assert.equal(openDeed(data, 4712, KEY), undefined);
  assert.equal(openDeed(data, -4711, KEY), undefined);
  assert.equal(openDeed(data, 4711, buttonKey("8200000001:another")), undefined);
});

test("a button of which any character was changed does not open", () => {
  const data = sealDeed(DEED, 4711, KEY);
  const changes = fc.record({ at: fc.nat(data.length - 1), to: fc.string({ minLength: 0, maxLength: 2 }) });
  fc.assert(
    fc.property(changes, ({ at, to }) => {
      const changed = `${data.slice(0, at)}${to}${data.slice(at + 1)}`;
      if (changed !== data) assert.equal(openDeed(changed, 4711, KEY), undefined);
    }),
  );
});

test("whatever else a button carries does not open", () => {
  fc.assert(fc.property(fc.string(), (data) => assert.equal(openDeed(data, 4711, KEY), undefined)));
});

test("a button is not sealed with a ref that Telegram would not carry", () => {
  for (const ref of ["x".repeat(41), "ä", "a b", "line\nbreak"]) {
    assert.throws(() => sealDeed({ ...DEED, ref }, 4711, KEY), RangeError);
  }
});

test("a button ends in whole seconds, not later than it was said to", () => {
  assert.equal(openDeed(sealDeed({ ...DEED, until: 1_999 }, 1, KEY), 1, KEY)?.until, 1_000);
});
