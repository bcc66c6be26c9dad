import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BadToken, decodeToken, encodeToken, isToken, MAX_TOKEN } from "#subjects/token.ts";

const outside = fc.string({ unit: "binary", minLength: 1, maxLength: 20 });

test("any outside id becomes one legal token, and comes back", () => {
  fc.assert(
    fc.property(outside, (id) => {
      const token = encodeToken(id);
      assert.match(token, /^[A-Za-z0-9_=-]+$/);
      assert.ok(isToken(token));
      assert.equal(decodeToken(token), id);
    }),
  );
});

test("two outside ids never share a token", () => {
  fc.assert(
    fc.property(outside, outside, (one, other) => {
      assert.equal(encodeToken(one) === encodeToken(other), one === other);
    }),
  );
});

test("a token that needs no escape is its own form", () => {
  assert.equal(encodeToken("terminal-default_2"), "terminal-default_2");
  assert.equal(encodeToken("a.b"), "a=2Eb");
  assert.equal(encodeToken("é"), "=C3=A9");
  assert.equal(encodeToken("a=2E"), "a=3D2E");
});

test("an id that cannot stand on a subject is refused", () => {
  for (const bad of ["", "\uD800", "x".repeat(MAX_TOKEN + 1), "é".repeat(MAX_TOKEN)]) {
    assert.throws(() => encodeToken(bad), BadToken);
  }
  assert.equal(encodeToken("x".repeat(MAX_TOKEN)).length, MAX_TOKEN);
});

test("a token that nobody encoded is refused when read", () => {
  for (const bad of ["", "a.b", "*", ">", "a b", "=2e", "=2", "=FF", "=C3", "é", "x".repeat(MAX_TOKEN + 1)]) {
    assert.throws(() => decodeToken(bad), BadToken, bad);
  }
});

test("whatever reads as a token decodes to something that encodes, or is refused", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^(?:[A-Za-z0-9_-]|=[0-9A-F]{2}){1,12}$/), (token) => {
      try {
        assert.equal(decodeToken(encodeToken(decodeToken(token))), decodeToken(token));
      } catch (error) {
        assert.ok(error instanceof BadToken);
      }
    }),
  );
});
