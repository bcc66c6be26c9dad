import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodePrev, encodePrev, HEADERS } from "#subjects/headers.ts";

const ascending = fc
  .uniqueArray(fc.integer({ min: 1, max: 2 ** 50 }), { maxLength: 40 })
  .map((all) => all.toSorted((a, b) => a - b));

test("the last own sequences come back as they were", () => {
  fc.assert(
    fc.property(ascending, (seqs) => {
      assert.deepEqual(decodePrev(encodePrev(seqs)), seqs);
    }),
  );
  assert.equal(encodePrev([1033, 1040, 1042]), "1042,2,7");
});

test("a run of sequences costs little of a message", () => {
  assert.ok(encodePrev(Array.from({ length: 32 }, (_, at) => 1_000_000_000 + at * 20)).length < 110);
});

test("anything else reads as no sequences", () => {
  for (const text of ["", ",", "1,", "-1", "1.5", "a", "1, 2"]) assert.deepEqual(decodePrev(text), [], text);
});

test("no two headers share a name", () => {
  const names = Object.values(HEADERS).map((name) => name.toLowerCase());
  assert.deepEqual(names, [...new Set(names)]);
});
