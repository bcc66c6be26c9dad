import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { isTest, sourceFiles } from "./source.ts";

const files = sourceFiles();

/** A file above this holds two ideas. Units: lines. */
const MAX_LINES = { source: 250, test: 400 };

test("no file is longer than one idea", () => {
  const long = files.filter(({ path, lines }) => lines.length - 1 > (isTest(path) ? MAX_LINES.test : MAX_LINES.source));
  assert.deepEqual(
    long.map(({ path, lines }) => `${path}: ${lines.length - 1} lines`),
    [],
  );
});

test("no file is named after a language construct or nothing in particular", () => {
  const nameless = files.filter(({ path }) =>
    /\/(types|utils?|helpers?|common|misc|context|api|index)\.ts$/.test(path),
  );
  assert.deepEqual(
    nameless.map(({ path }) => path),
    [],
  );
});

test("everything exported says what it is for", () => {
  const exported = /^export (?:abstract )?(?:async )?(?:function|class|const|type) (\w+)/;
  const silent = files
    .filter(({ path }) => !path.endsWith(".test.ts"))
    .flatMap(({ path, lines }) =>
      lines.flatMap((line, at) => {
        const name = exported.exec(line)?.[1];
        return name !== undefined && !lines[at - 1]?.trimEnd().endsWith("*/") ? [`${path}: ${name}`] : [];
      }),
    );
  assert.deepEqual(silent, []);
});

test("a face is a named list", () => {
  const starred = files.filter(({ text }) => /^export \*/m.test(text));
  assert.deepEqual(
    starred.map(({ path }) => path),
    [],
  );
});

test("a test names its cost by its suffix", () => {
  const servers = files.filter(
    ({ path, imports }) =>
      /\.test\.ts$/.test(path) && imports.some(({ target }) => target === "test/support/server.ts"),
  );
  const misnamed = servers.filter(({ path }) => !/\.(nats|e2e)\.test\.ts$/.test(path));
  assert.deepEqual(
    misnamed.map(({ path }) => path),
    [],
  );
});

test("the lock file records no download addresses", () => {
  assert.doesNotMatch(readFileSync("package-lock.json", "utf8"), /"resolved": "http/);
});

test("nothing promises work that is not done", () => {
  const tracked = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.ts", "*.js", "*.md"], {
    encoding: "utf8",
  });
  const promising = tracked
    .trim()
    .split("\n")
    .filter(existsSync)
    .filter((path) => !path.startsWith("test/house/") && /\b(TODO|FIXME|XXX)\b/.test(readFileSync(path, "utf8")));
  assert.deepEqual(promising, []);
});
