import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { openHome } from "#deploy/home.ts";
import type { RunProgram } from "#deploy/program.ts";
import { managerHere } from "#deploy/service/here.ts";
import { Launchd } from "#deploy/service/launchd.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "thalassa-managers-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A launchd that knows what is loaded, and writes down how it was called. */
function launchdHere(refuses?: string) {
  const calls: string[] = [];
  let isLoaded = false;
  const run: RunProgram = async (program, args) => {
    const [verb, target] = args;
    calls.push([program, ...args].join(" "));
    if (verb === refuses) throw new Error("Input/output error");
    if (verb === "bootstrap") isLoaded = true;
    if (verb === "bootout") isLoaded = false;
    if (verb !== "print" || target === "gui/501") return { stdout: "" };
    if (!isLoaded) throw new Error("Could not find service");
    return { stdout: "gui/501/thalassa = {\n\tactive count = 1\n\tstate = running\n\n\tpid = 4711\n}\n" };
  };
  const files = { logFile: join(folder, "service.log"), pidFile: join(folder, "up.pid") };
  return { calls, launchd: new Launchd({ name: "thalassa", uid: 501, homeDir: folder, ...files, run }) };
}

const changes = (calls: readonly string[]) => calls.filter((call) => !call.includes(" print "));

describe("launchd", () => {
  it("loads the agent of the person who is logged in, and starts it at login", async () => {
    const { calls, launchd } = launchdHere();
    assert.equal(launchd.file, join(folder, "Library", "LaunchAgents", "thalassa.plist"));
    await launchd.require();
    assert.match((await launchd.enable())[0] ?? "", /starts when you log in/);
    await launchd.start();
    await launchd.start();
    assert.deepEqual(changes(calls), [
      "launchctl enable gui/501/thalassa",
      `launchctl bootstrap gui/501 ${launchd.file}`,
      "launchctl kickstart gui/501/thalassa",
    ]);
  });

  it("is loaded anew for a changed agent, and unloaded to stop", async () => {
    const { calls, launchd } = launchdHere();
    await launchd.start();
    await launchd.restart();
    await launchd.disable();
    await launchd.stop();
    assert.deepEqual(
      changes(calls).map((call) => call.split(" ")[1]),
      ["bootstrap", "bootout", "bootstrap", "bootout"],
    );
  });

  it("says whether it runs, as which process, and since when", async () => {
    const { launchd } = launchdHere();
    assert.deepEqual(await launchd.state(), {
      installed: false,
      running: false,
      state: "not loaded",
      startsAt: "never",
    });
    mkdirSync(dirname(launchd.file), { recursive: true });
    writeFileSync(launchd.file, "");
    writeFileSync(join(folder, "up.pid"), "4711\n");
    await launchd.start();
    const { sinceAt, ...state } = await launchd.state();
    assert.deepEqual(state, { installed: true, running: true, state: "running", pid: 4711, startsAt: "login" });
    assert.ok(sinceAt !== undefined && Math.abs(Date.now() - sinceAt) < 60_000);
  });

  it("keeps no words of its own: they are read from the log file", () => {
    const { launchd } = launchdHere();
    assert.deepEqual(launchd.history(true), ["tail", "-n", "200", "-F", join(folder, "service.log")]);
  });

  it("that refuses is quoted, with what to do", async () => {
    await assert.rejects(launchdHere("bootstrap").launchd.start(), {
      code: "service-failed",
      message: /launchctl bootstrap .* failed: Input\/output error/,
    });
    await assert.rejects(launchdHere("print").launchd.require(), {
      code: "no-service-manager",
      hint: /log in at the screen/,
    });
  });
});

describe("a system", () => {
  const ada = { uid: 1000, username: "ada" };
  const here = (platform: NodeJS.Platform, isSystem: boolean, env: NodeJS.ProcessEnv = { HOME: folder }) =>
    managerHere(openHome({ THALASSA_HOME: join(folder, ".thalassa") }), isSystem, env, { platform, ...ada });

  it("has its unit where systemd looks for it", () => {
    assert.equal(here("linux", false).file, join(folder, ".config/systemd/user/thalassa.service"));
    const elsewhere = { HOME: folder, XDG_CONFIG_HOME: "/x/config" };
    assert.equal(here("linux", false, elsewhere).file, "/x/config/systemd/user/thalassa.service");
    assert.equal(here("darwin", false).file, join(folder, "Library/LaunchAgents/thalassa.plist"));
  });

  it("without services of this sort is told what to do instead", () => {
    assert.throws(() => here("win32", false), { code: "service-unsupported", hint: /Task Scheduler/ });
    assert.throws(() => here("darwin", true), { code: "service-unsupported", hint: /leave --system out/ });
  });

  it("takes root for a unit of all of it", () => {
    assert.throws(() => here("linux", true), { code: "service-needs-root", hint: /leave --system out/ });
  });
});
