import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { readCommand } from "#bridges/terminal/command.ts";
import { foldAnswer } from "#bridges/terminal/piped.ts";
import { harmless } from "#bridges/terminal/plain.ts";
import { tapLine } from "#bridges/terminal/tap-line.ts";
import { tapSubject } from "#bridges/terminal/tap-pattern.ts";
import { cellsOf, wrapText } from "#bridges/terminal/wrap.ts";

test("an answer of several lines is folded into one", () => {
  assert.equal(foldAnswer("one\n\n  two\r\nthree \n"), "one two three");
  assert.equal(foldAnswer("\n"), "");
});

test("control characters are shown, not obeyed", () => {
  assert.equal(harmless("a\x1b[2Jb\rc\x07"), "a\\x1b[2Jb\nc\\x07");
  assert.equal(harmless("safe\u202Eevil"), "safeevil");
});

test("wide characters take two columns, and marks none", () => {
  assert.equal(cellsOf("日本"), 4);
  assert.equal(cellsOf("e\u0301"), 1);
  assert.equal(cellsOf("👍🏽"), 2);
  assert.equal(cellsOf("\x1b[31mred\x1b[39m"), 3);
});

test("text is broken at blanks where there are any", () => {
  assert.deepEqual(wrapText("the deep blue sea", 9), ["the deep", "blue sea"]);
  assert.deepEqual(wrapText("abcdefghij", 4), ["abcd", "efgh", "ij"]);
  assert.deepEqual(wrapText("a\n\nb", 9), ["a", "", "b"]);
});

test("no row is wider than it may be, and nothing is lost", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 2, max: 30 }), (text, columns) => {
      const plain = harmless(text);
      const rows = wrapText(plain, columns);
      for (const row of rows) assert.ok(cellsOf(row.trimEnd()) <= columns, JSON.stringify(row));
      assert.equal(rows.join("").replace(/\s/gu, ""), plain.replace(/\s/gu, ""));
    }),
  );
});

test("rows that are followed by others stay as they are when more text comes", () => {
  fc.assert(
    fc.property(fc.lorem({ maxCount: 20 }), fc.nat(200), fc.integer({ min: 5, max: 30 }), (text, cut, columns) => {
      const before = wrapText(text.slice(0, cut), columns).slice(0, -1);
      assert.deepEqual(wrapText(text, columns).slice(0, before.length), before);
    }),
  );
});

test("a line that begins with one slash is a command", () => {
  assert.deepEqual(readCommand("hello /help"), { type: "say", text: "hello /help" });
  assert.deepEqual(readCommand("//help"), { type: "say", text: "/help" });
  assert.deepEqual(readCommand("/channel my work"), { type: "channel", name: "my work" });
  assert.deepEqual(readCommand("/history"), { type: "history", count: 20 });
  assert.deepEqual(readCommand("/stop"), { type: "stop" });
  assert.deepEqual(readCommand("/history 5000"), { type: "history", count: 1_000 });
  for (const line of ["/hlep", "/", "/history many", "/channel", "/quit now", "/stop it"]) {
    assert.equal(readCommand(line).type, "unknown", line);
  }
});

test("a tap's pattern is an address, a kind, a plane or a subject", () => {
  assert.equal(tapSubject("thalassa.>"), "thalassa.>");
  assert.equal(tapSubject("channel"), "thalassa.*.channel.>");
  assert.equal(tapSubject("dead"), "thalassa.*.*.*.dead.*");
  assert.equal(tapSubject("main.channel.terminal-default"), "thalassa.main.channel.terminal-default.>");
  assert.equal(tapSubject("thalassa.*.*.*.log.said"), "thalassa.*.*.*.log.said");
  for (const pattern of ["", "a.b", "foo", "thalassa.>.a", "a b", "$JS.>"]) {
    assert.throws(() => tapSubject(pattern), { code: "bad-use" }, pattern);
  }
});

test("a message that passes is one readable line", () => {
  const passing = {
    subject: "thalassa.main.channel.terminal-default.log.heard",
    at: new Date(2026, 10, 21, 9, 5, 7, 42).getTime(),
    headers: {},
    body: JSON.stringify({ text: "hello\nyou", who: { party: "terminal", id: "ada" } }),
  };
  const line = stripVTControlCharacters(tapLine(passing, 120));
  assert.equal(line, "09:05:07.042 main.channel.terminal-default ● heard    ada: “hello you”");
  assert.ok(cellsOf(tapLine({ ...passing, body: "x".repeat(500) }, 100)) <= 100);
});
