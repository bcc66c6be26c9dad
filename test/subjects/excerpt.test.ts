import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { excerpt } from "#subjects/excerpt.ts";

test("a short text is put on one line and left alone otherwise", () => {
  assert.equal(excerpt("  one\n\ttwo\u0000 ", 20), "one two");
});

test("a long text ends at a word, a long word inside it", () => {
  assert.equal(excerpt("one two three four", 11), "one two…");
  assert.equal(excerpt("one two three four", 14), "one two three…");
  assert.equal(excerpt("abcdefghijklmno", 6), "abcde…");
});

test("a grapheme is kept whole, and one that is longer than allowed is cut between code points", () => {
  assert.equal(excerpt("ab👩‍👩‍👧‍👦cd", 8), "ab…");
  assert.equal(excerpt("👩‍👩‍👧‍👦cd", 5), "👩…");
});

test("an excerpt is never longer than allowed and never ends in half a character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.integer({ min: 2, max: 60 }), (text, maxLength) => {
      const short = excerpt(text, maxLength);
      assert.ok(short.length <= maxLength);
      assert.ok(short.isWellFormed());
    }),
  );
});
