import assert from "node:assert/strict";
import { test } from "node:test";
import { bindingsSchema, boundAgent, isAgentName } from "#subjects/prompts.ts";

test("an agent's name is one token of a key, and none that keys give another meaning", () => {
  for (const name of ["main", "helper", "Helper_2", "0", "x".repeat(60)]) assert.equal(isAgentName(name), true, name);
  for (const name of ["", "shared", "agent", "-x", "_x", "a.b", "a b", "a*", "ä", "x".repeat(61)]) {
    assert.equal(isAgentName(name), false, name);
  }
});

test("a channel belongs to the agent of the pattern that names it most exactly", () => {
  const bindings = [
    { pattern: "*", agent: "everyone" },
    { pattern: "terminal-*", agent: "ours" },
    { pattern: "terminal-garden*", agent: "gardener" },
    { pattern: "telegram--100*-t9", agent: "ninth" },
  ];
  assert.equal(boundAgent(bindings, "terminal-garden-2"), "gardener");
  assert.equal(boundAgent(bindings.toReversed(), "terminal-garden-2"), "gardener");
  assert.equal(boundAgent(bindings, "terminal-work"), "ours");
  assert.equal(boundAgent(bindings, "telegram--1004711-t9"), "ninth");
  assert.equal(boundAgent(bindings, "http-ci"), "everyone");
  assert.equal(boundAgent(bindings.slice(1), "http-ci"), undefined);
  assert.equal(boundAgent([{ pattern: "terminal-work", agent: "helper" }], "terminal-work2"), undefined);
});

test("a binding is of channels and to an agent", () => {
  assert.equal(bindingsSchema.safeParse([{ pattern: "terminal-a=2Eb*", agent: "helper" }]).success, true);
  assert.equal(bindingsSchema.safeParse([{ pattern: "a.b", agent: "helper" }]).success, false);
  assert.equal(bindingsSchema.safeParse([{ pattern: "(", agent: "helper" }]).success, false);
  assert.equal(bindingsSchema.safeParse([{ pattern: "*", agent: "shared" }]).success, false);
});
