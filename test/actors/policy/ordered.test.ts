import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BUILT_IN } from "#actors/policy/built-in.ts";
import { type Asker, deedsOf, deedsOfOrder, ENVIRONMENT, judge } from "#actors/policy/mod.ts";
import { type Ordered, orderedSchema } from "#subjects/order.ts";
import { EFFECTS, type Rule, type Standing } from "#subjects/policy.ts";

const AT = { env: "main-w1-0", order: "o1" } as const;

const exec = (...argv: readonly string[]): Ordered =>
  orderedSchema.parse({ verb: "exec", data: { ...AT, argv, timeoutMs: 1 } });
const file = (does: object): Ordered => orderedSchema.parse({ verb: "file", data: { ...AT, does } });
const admit = (...hosts: readonly string[]): Ordered => ({ verb: "admit", data: { ...AT, hosts: [...hosts] } });
const preview: Ordered = { verb: "preview", data: { ...AT, port: 3_000, minutes: 5 } };

function answered(order: Ordered, tool: string, role: Standing = "owner", rules: readonly Rule[] = BUILT_IN): string {
  const asker: Asker = { role, kind: "worker", tool };
  return judge({ asker, deeds: deedsOfOrder(order), world: ENVIRONMENT }, rules).effect;
}

test("what a shell is given to run is judged as that line, any other program by its words", () => {
  const line = "cd src && rm -rf build";
  for (const shell of [
    ["sh", "-c"],
    ["bash", "-c"],
    ["bash", "-lc"],
    ["/bin/sh", "-c"],
  ]) {
    assert.deepEqual(deedsOfOrder(exec(...shell, line)), deedsOf(line, ENVIRONMENT));
  }
  assert.deepEqual(
    deedsOfOrder(exec("cat", "a b", "it's", "$X", "*", "~")).map(({ place }) => place?.at),
    [...["/workspace/a b", "/workspace/it's", "/workspace/$X", "/workspace/*", "/workspace/~"]],
  );
  assert.equal(answered(exec("sh", "-c", "rm -rf /"), "shell"), "deny");
  assert.equal(answered(exec("rm", "-rf", "/"), "exec"), "deny");
  assert.equal(answered(exec("sh", "-c", "$0 -rf /", "rm"), "exec"), "deny");
  assert.equal(answered(exec("python3", "server.py"), "exec"), "allow");
  assert.equal(answered(exec("npm", "ci"), "exec"), "ask");
});

test("paths of a program are from where it runs", () => {
  const order: Ordered = { verb: "exec", data: { ...AT, argv: ["rm", "-rf", "x"], cwd: "/opt", timeoutMs: 1 } };
  assert.deepEqual(deedsOfOrder(order)[0]?.place, { at: "/opt/x", reach: "tree" });
  assert.equal(answered(order, "exec"), "ask");
  assert.equal(answered({ ...order, data: { ...order.data, cwd: "sub" } }, "exec"), "allow");
  assert.equal(answered({ ...order, data: { ...order.data, cwd: "../opt" } }, "exec"), "ask");
});

test("files and artifacts are read and written where they are", () => {
  const secret: readonly Rule[] = [{ effect: "deny", paths: ["secrets/**"], why: "secrets stay" }];
  const orders: readonly [Ordered, string][] = [
    [file({ type: "read", path: "secrets/a" }), "read"],
    [file({ type: "write", path: "a/../secrets/a", text: "" }), "write"],
    [file({ type: "edit", path: "/workspace/secrets/a", old: "a", new: "b" }), "write"],
    [file({ type: "list", path: "." }), "read"],
    [file({ type: "search", path: ".", text: "x" }), "read"],
    [{ verb: "get", data: { ...AT, path: "secrets/a" } }, "read"],
    [{ verb: "put", data: { ...AT, path: "secrets/a", artifact: "b" } }, "write"],
  ];
  for (const [order, does] of orders) {
    assert.equal(deedsOfOrder(order)[0]?.class, does);
    assert.deepEqual([answered(order, "file"), answered(order, "file", "owner", secret)], ["allow", "deny"]);
    assert.equal(answered(order, "file", "guest"), "deny");
  }
});

test("letting hosts in is asked about, name by name, and this machine's own are never let in", () => {
  const rules: readonly Rule[] = [
    ...BUILT_IN,
    { effect: "allow", classes: ["network"], hosts: ["packages.example", "*.example.org"], why: "packages" },
    { effect: "deny", hosts: ["evil.example.org"], why: "evil" },
  ];
  const said = (...hosts: readonly string[]): string => answered(admit(...hosts), "environment", "owner", rules);
  assert.equal(answered(admit("packages.example"), "environment"), "ask");
  assert.equal(said("Packages.Example"), "allow");
  assert.equal(said("deb.example.org", "packages.example"), "allow");
  assert.equal(said("packages.example", "example.com"), "ask");
  assert.equal(said("evil.example.org"), "deny");
  assert.equal(said("*.example.org"), "ask");
  assert.equal(said("*.org"), "ask");
  for (const host of [
    "localhost",
    "127.0.0.1",
    "0x7f.1",
    "2130706433",
    "a.localhost",
    "[::1]",
    "::1",
    "::ffff:127.0.0.1",
    "127.0.0.1:4222",
    "127.0.0.*",
    "169.254.169.254",
  ]) {
    assert.equal(said(host), "deny", host);
  }
  assert.equal(answered(exec("curl", "http://127.0.0.1:3000"), "shell", "owner", rules), "allow");
  assert.equal(answered(admit("127.0.0.1"), "other"), "ask");
});

test("an owner has a preview without being asked, and a user is asked about", () => {
  assert.deepEqual(
    (["owner", "user", "guest"] as const).map((role) => answered(preview, "preview", role)),
    ["allow", "ask", "deny"],
  );
});

test("no order makes it throw, and a guest may do none", () => {
  const text = fc.string({ unit: "binary", minLength: 1, maxLength: 40 });
  const order = fc.oneof(
    fc.array(text, { minLength: 1, maxLength: 5 }).map((argv) => exec(...argv)),
    text.map((line) => exec("sh", "-c", line)),
    text.map((path) => file({ type: "read", path })),
    fc.array(text, { minLength: 1, maxLength: 3 }).map((hosts) => admit(...hosts)),
    text.map((path): Ordered => ({ verb: "put", data: { ...AT, path, artifact: "a" } })),
  );
  fc.assert(
    fc.property(order, (each) => {
      assert.ok(EFFECTS.some((effect) => effect === answered(each, "shell")));
      assert.equal(answered(each, "shell", "guest"), "deny");
    }),
    { numRuns: 500 },
  );
});
