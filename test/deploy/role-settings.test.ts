import assert from "node:assert/strict";
import { test } from "node:test";
import { rolesFrom } from "#actors/policy/mod.ts";
import { type Sources, variablesForKinds } from "#deploy/settings/resolve.ts";

const sources = (entries: Readonly<Record<string, string>> = {}): Sources => ({
  env: {},
  file: {
    path: "thalassa.toml",
    entries: new Map(Object.entries(entries).map(([key, value]) => [key, { value, line: undefined }])),
  },
  shared: { type: "unasked", why: "a test" },
});

test("what is set of roles is what the processes go by, with the same defaults", () => {
  assert.deepEqual(rolesFrom(variablesForKinds(sources())), rolesFrom({}));
  const set = { "roles.owners": "telegram:4711", "roles.users": "telegram:*, mcp:*" };
  assert.deepEqual(rolesFrom(variablesForKinds(sources(set))), {
    owners: ["telegram:4711"],
    users: ["telegram:*", "mcp:*"],
  });
});

test("a role for what names nobody is refused with what may be", () => {
  assert.throws(() => variablesForKinds(sources({ "roles.users": "ada" })), {
    code: "setting-invalid",
    hint: /parties with ids such as `terminal:\*, telegram:4711`, or none/,
  });
});
