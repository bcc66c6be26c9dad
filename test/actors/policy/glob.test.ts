import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fitsGlob, meets } from "#actors/policy/glob.ts";

const sign = fc.constantFrom("a", "b", ".", "*", "?");
const glob = fc.array(sign, { maxLength: 8 }).map((signs) => signs.join(""));
const text = fc.array(fc.constantFrom("a", "b", "."), { maxLength: 8 }).map((signs) => signs.join(""));

function asPattern(each: string): RegExp {
  return new RegExp(`^${each.replaceAll(".", "\\.").replaceAll("?", ".").replaceAll("*", ".*")}$`);
}

test("a glob fits what the regular expression of it matches", () => {
  fc.assert(fc.property(glob, text, (one, other) => fitsGlob(one, other) === asPattern(one).test(other)));
});

test("two globs meet where a text fits both, and never say no to one that does", () => {
  fc.assert(
    fc.property(glob, glob, text, (one, other, each) => {
      assert.equal(meets(one, other), meets(other, one));
      assert.ok(!(fitsGlob(one, each) && fitsGlob(other, each)) || meets(one, other));
    }),
  );
  assert.ok(meets("*.example.org", "deb.*"));
  assert.ok(!meets("*.example.org", "evil.org"));
  assert.ok(!meets("a*b", "a*c"));
});

test("a glob of many asterisks is fitted in no time", () => {
  assert.equal(fitsGlob(`${"*a".repeat(200)}b`, "a".repeat(10_000)), false);
});
