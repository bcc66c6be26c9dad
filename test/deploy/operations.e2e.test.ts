import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Installation, Up } from "./installation.ts";

const PAGE = readFileSync("docs/operations.md", "utf8");

test("the copy of docs/operations.md, put back as it says, is the home as it was when it was stopped", async () => {
  const person = mkdtempSync(join(tmpdir(), "thalassa-person-"));
  await using here = await Installation.create();
  try {
    symlinkSync(here.root, join(person, ".thalassa"));
    const before = await here.up("--no-http");
    await here.run(["chat", "--channel", "kept"], "one\ntwo\n");
    await before.end();
    perform(person, "thalassa-backup.tgz .");
    const after = await here.up("--no-http");
    await here.run(["chat", "--channel", "kept"], "lost\n");
    await after.end();

    perform(person, "tar -C $HOME/.thalassa -xzpf");
    const env = { THALASSA_HOME: join(person, ".thalassa") };
    const args = ["up", "--no-chat", "--json", "--no-http", "--port", "0", "--monitor-port", "0"];
    await using again = new PutBack(new Up(here.spawn(args, env)));
    await again.up.saw(({ event }) => event === "up");
    const log = await here.run(["log", "kept"], "", env);
    assert.match(log.out, /heard .*“one”[\s\S]*heard .*“two”/);
    assert.ok(!log.out.includes("lost"), log.out);
    assert.match((await here.run(["replay"], "", env)).out, /\d+ actors, \d+ events: each is what its log says/);
    const { code, out, err } = await here.run(["send", "kept", "three", "--wait"], "", env);
    assert.deepEqual([code, out.includes("three")], [0, true], err);
  } finally {
    rmSync(person, { recursive: true, force: true });
  }
});

/** Runs what the block of the page that has those words says besides `thalassa …`. */
function perform(person: string, words: string): void {
  const block = [...PAGE.matchAll(/```sh\n([^`]*)```/g)]
    .map(([, text = ""]) => text)
    .find((text) => text.includes(words));
  const lines = block?.split("\n").filter((line) => line !== "" && !line.startsWith("thalassa "));
  assert.ok(lines !== undefined && lines.length > 0, `no block of the page has ${words}`);
  execFileSync("bash", ["-ec", lines.join("\n")], { cwd: person, env: { PATH: process.env.PATH, HOME: person } });
}

/** A supervisor that ends with the test. */
class PutBack implements AsyncDisposable {
  readonly up: Up;

  constructor(up: Up) {
    this.up = up;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.up.end();
  }
}
