import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addressOf, parseAddress, resolveChannel } from "#subjects/address.ts";
import { BadToken, decodeToken } from "#subjects/token.ts";

const token = fc.stringMatching(/^(?:[A-Za-z0-9_-]|=[0-9A-F]{2}){1,12}$/);

test("an address is taken apart into what it was made of", () => {
  fc.assert(
    fc.property(token, token, token, (agent, kind, id) => {
      assert.deepEqual(parseAddress(addressOf(agent, kind, id)), { agent, kind, id });
    }),
  );
});

test("what is no address is refused, with its shape", () => {
  for (const bad of [
    "",
    "main",
    "main.channel",
    "main.channel.a.b",
    "main..a",
    "main.channel.*",
    "main.channel.>",
    " . . ",
  ]) {
    assert.throws(() => parseAddress(bad), { code: "bad-token", message: /<agent>\.<kind>\.<id>/ }, bad);
  }
  assert.throws(() => addressOf("main", "channel", "a.b"), BadToken);
});

test("a plain name of a channel means mine of that name", () => {
  assert.equal(resolveChannel("work", "terminal"), "main.channel.terminal-work");
  assert.equal(resolveChannel("ci", "http", "other"), "other.channel.http-ci");
});

test("a full address of a channel is used as it is", () => {
  assert.equal(resolveChannel("main.channel.telegram-4711", "terminal"), "main.channel.telegram-4711");
});

test("any name whatever resolves to one channel of its own", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(name, (typed) => {
      const { agent, kind, id } = parseAddress(resolveChannel(typed, "terminal"));
      assert.deepEqual([agent, kind], ["main", "channel"]);
      if (!/^[^.]+\.channel\.[^.]+$/.test(typed)) assert.equal(decodeToken(id.slice("terminal-".length)), typed);
    }),
  );
});
