import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addressOf } from "#subjects/address.ts";
import {
  commitFilter,
  commitSubject,
  PLANES,
  type Plane,
  parseCommit,
  parseSubject,
  subjectOf,
} from "#subjects/planes.ts";
import { BadToken } from "#subjects/token.ts";

const token = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);
const address = fc.tuple(token, token, token).map(([agent, kind, id]) => addressOf(agent, kind, id));
const plane = fc.constantFrom(...(Object.keys(PLANES) as Plane[]));

test("a subject is taken apart into what it was made of", () => {
  fc.assert(
    fc.property(address, plane, token, (of, on, name) => {
      assert.deepEqual(parseSubject(subjectOf(of, on, name)), { address: of, plane: on, name });
    }),
  );
});

test("a commit is taken apart, and lies under its actor's filter", () => {
  fc.assert(
    fc.property(address, token, (of, event) => {
      assert.deepEqual(parseCommit(commitSubject(of, event)), { address: of, event });
      assert.equal(commitSubject(of, event).replace(/[^.]+$/, "*"), commitFilter(of));
    }),
  );
});

test("what is no subject of the contract is refused", () => {
  const strange = [
    "",
    "thalassa",
    "other.main.channel.a.in.hear",
    "thalassa.main.channel.a.in",
    "thalassa.main.channel.a.up.hear",
  ];
  for (const subject of [...strange, "thalassa.main.channel.a.in.hear.more", "thalassa.main.channel.*.in.hear"]) {
    assert.throws(() => parseSubject(subject), BadToken, subject);
  }
  for (const subject of ["commit.main.channel.a", "thalassa.main.channel.a.said", "commit.main.channel.a.said.more"]) {
    assert.throws(() => parseCommit(subject), BadToken, subject);
  }
  assert.throws(() => subjectOf("main.channel.a", "in", "a.b"), BadToken);
});
