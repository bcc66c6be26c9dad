import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { roleOf, rolesFrom } from "#actors/policy/mod.ts";
import { whoSchema } from "#subjects/who.ts";

const roles = rolesFrom({
  THALASSA_ROLES_OWNERS: "terminal:*,telegram:4711",
  THALASSA_ROLES_USERS: "telegram:47*, mcp:a?a",
});

test("whoever holds the keys or a token owns the agents by default, and everybody else is a guest", () => {
  const byDefault = rolesFrom({});
  assert.deepEqual(byDefault, { owners: ["terminal:*", "http:*"], users: [] });
  assert.deepEqual(
    whoSchema.shape.party.options.filter((party) => roleOf({ party, id: "x" }, byDefault) === "owner").toSorted(),
    ["http", "terminal"],
  );
  assert.equal(roleOf({ party: "telegram", id: "4711" }, byDefault), "guest");
});

test("an owner is an owner though a user by another entry, and names are compared to the letter", () => {
  assert.equal(roleOf({ party: "telegram", id: "4711" }, roles), "owner");
  assert.equal(roleOf({ party: "telegram", id: "4712" }, roles), "user");
  assert.equal(roleOf({ party: "mcp", id: "ada" }, roles), "user");
  assert.equal(roleOf({ party: "mcp", id: "aDA" }, roles), "guest");
  assert.equal(roleOf({ party: "http", id: "terminal:x" }, roles), "guest");
});

test("an agent or the system is what it is only where its party is written out", () => {
  const all = rolesFrom({ THALASSA_ROLES_OWNERS: "*:*" });
  assert.deepEqual(
    whoSchema.shape.party.options.filter((party) => roleOf({ party, id: "main" }, all) === "owner").toSorted(),
    ["http", "mcp", "telegram", "terminal"],
  );
  assert.equal(roleOf({ party: "agent", id: "main" }, rolesFrom({ THALASSA_ROLES_OWNERS: "agent:main" })), "owner");
});

test("nobody is an owner where the setting says none, and what names nobody is refused", () => {
  assert.equal(roleOf({ party: "terminal", id: "ada" }, rolesFrom({ THALASSA_ROLES_OWNERS: "none" })), "guest");
  for (const wrong of ["ada", "terminal", "*", "telegram:1,", ",", "terminal: x", "none, terminal:*"]) {
    assert.throws(() => rolesFrom({ THALASSA_ROLES_USERS: wrong }), /^RangeError: THALASSA_ROLES_USERS is /, wrong);
  }
});

test("whom the settings do not name is what their bridge says, and the settings count more, but for its owners", () => {
  const ada = { party: "telegram", id: "99", role: "owner" } as const;
  assert.equal(roleOf(ada, roles), "owner");
  assert.equal(roleOf({ ...ada, role: "user" }, roles), "user");
  assert.equal(roleOf({ ...ada, id: "4711", role: "guest" }, roles), "owner");
  assert.equal(roleOf({ ...ada, id: "4712" }, roles), "owner");
  assert.equal(roleOf({ ...ada, id: "4712", role: "guest" }, roles), "user");
  assert.equal(roleOf({ party: "telegram", id: "99" }, roles), "guest");
});

test("no id makes somebody an owner whom no glob of their party names", () => {
  const party = fc.constantFrom("http" as const, "mcp" as const, "agent" as const, "system" as const);
  fc.assert(
    fc.property(party, fc.string({ minLength: 1, maxLength: 50 }), (each, id) => {
      assert.notEqual(roleOf({ party: each, id }, roles), "owner");
    }),
  );
});
