import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { eventually } from "#support/eventually.ts";
import { freePort } from "./installation.ts";
import { portsOf } from "./service-bed.ts";
import { canRunManager, UserManager } from "./user-manager.ts";

// Elsewhere the flow is tested on a stand-in for systemd, and the unit as text.
if (canRunManager()) {
  test("under a real systemd the service comes back after SIGKILL and after a power cut, and goes on", async () => {
    const home = await mkdtemp(join(tmpdir(), "thalassa 100% systemd-"));
    try {
      await using manager = new UserManager(home);
      const status = async () => JSON.parse((await manager.thalassa("service", "status", "--json")).out);
      const say = (words: string) => manager.thalassa("send", "default", words, "--wait");
      await manager.boot();
      const taken = await takenPort();
      const tried = await manager.thalassa("service", "install", ...portsOf(taken.port));
      taken.release();
      assert.deepEqual([tried.code, tried.err], [1, ""]);
      assert.match(tried.out, /not up yet, and tried again and again/);
      const { code, out, err } = await manager.thalassa("service", "install", ...portsOf(await freePort()));
      assert.equal(code, 0, `${out}${err}`);
      assert.match(out, /brought up to date/);
      assert.match(out, /loginctl enable-linger/);
      assert.match((await say("my name is Ada")).out, /Ada/);

      const { pid } = await status();
      await manager.run("kill", "-9", `${pid}`);
      const again = await eventually(status, ({ running, pid: now }) => running === true && now !== pid, 20_000);
      assert.equal(again.restarts, 1);
      await eventually(
        () => say("what is my name?"),
        ({ out: answer }) => answer.includes("Ada"),
        20_000,
      );

      await manager.cut();
      await manager.boot();
      await eventually(
        () => say("what is my name?"),
        ({ out: answer }) => answer.includes("Ada"),
        20_000,
      );
      assert.equal((await status()).running, true, "it was started by nobody but systemd");
      const stopped = await manager.thalassa("service", "stop");
      assert.match(stopped.out, /stopped; everything said is kept/);
      assert.equal((await status()).state, "inactive (dead)");
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
}

/** A port that somebody else listens on. */
async function takenPort(): Promise<{ readonly port: number; readonly release: () => void }> {
  const port = await freePort();
  const holder = createServer().listen(port, "127.0.0.1");
  await once(holder, "listening");
  return { port, release: () => holder.close() };
}
