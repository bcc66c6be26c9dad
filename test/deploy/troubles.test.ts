import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { sayable } from "#bridges/terminal/conversation.ts";
import { findBus } from "#deploy/access.ts";
import { explain } from "#deploy/failure.ts";
import { type Home, openHome } from "#deploy/home.ts";
import { UpLock } from "#deploy/up-lock.ts";
import { MAX_TEXT } from "#subjects/turn.ts";

let home: Home;
beforeEach(() => {
  home = openHome({ THALASSA_HOME: mkdtempSync(join(tmpdir(), "thalassa-home-")) });
});
afterEach(() => rmSync(home.root, { recursive: true, force: true }));

describe("a failure", () => {
  it("that nobody thought of has the code failed, and the system's own keeps its", () => {
    assert.deepEqual(explain(new Error("no such thing")), { code: "failed", message: "no such thing", exitCode: 1 });
    assert.equal(explain(Object.assign(new Error("gone"), { code: "ENOENT" })).code, "ENOENT");
    assert.equal(explain("a word").code, "failed");
  });

  it("of a text that no message may carry ends with 2, and says what to do", () => {
    let told: ReturnType<typeof explain> | undefined;
    try {
      sayable("x".repeat(MAX_TEXT + 1));
    } catch (error) {
      told = explain(error);
    }
    assert.equal(told?.code, "text-too-long");
    assert.deepEqual([told?.exitCode, told?.hint], [2, "send it in parts"]);
    assert.equal(sayable("x".repeat(MAX_TEXT)).length, MAX_TEXT);
  });
});

describe("a home", () => {
  it("from which no bus was ever started says so, and ends with 3", () => {
    assert.throws(() => findBus({ THALASSA_HOME: home.root }), { code: "no-bus", exitCode: 3, hint: /thalassa up/ });
    const url = "nats://127.0.0.1:4999";
    assert.equal(findBus({ THALASSA_HOME: home.root, THALASSA_NATS_URL: url }).url, url);
  });

  it("has one supervisor, and the second is told who the first one is", () => {
    const first = UpLock.take(home);
    const hint = new RegExp(`kill ${process.pid}`);
    assert.throws(() => UpLock.take(home), { code: "already-up", exitCode: 1, pid: process.pid, hint });
    first[Symbol.dispose]();
    UpLock.take(home)[Symbol.dispose]();
  });
});
