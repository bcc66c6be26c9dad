import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { writeBus } from "#deploy/bus-file.ts";
import { checkKeys } from "#deploy/checks/access.ts";
import { checkClockSteps, steppedMs } from "#deploy/checks/clock.ts";
import { bad, good, summaryLines, warn } from "#deploy/checks/finding.ts";
import { checkHome } from "#deploy/checks/host.ts";
import { checkCache, checkNode } from "#deploy/checks/program.ts";
import { readSettings } from "#deploy/checks/server-settings.ts";
import { checkUp } from "#deploy/checks/up.ts";
import { type Home, openHome } from "#deploy/home.ts";
import { ensureKeys } from "#deploy/keys.ts";
import { cachedServerPath } from "#deploy/nats-cache.ts";
import { packageVersion } from "#deploy/package-version.ts";
import { UpLock } from "#deploy/up-lock.ts";
import { CLIENTS, KINDS } from "#subjects/mod.ts";
import { allRights } from "#subjects/permissions.ts";

const HOUR_MS = 3_600_000;

/** No service manager is found with it. */
const BARE = { PATH: "/nowhere", HOME: "/nowhere" };

let folder = "";
let home: Home;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "thalassa-doctor-"));
  home = openHome({ THALASSA_HOME: folder });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the doctor's summary", () => {
  it("counts, and says once more what is wrong", () => {
    const wrong = bad("streams", "DEAD is missing", "run thalassa up");
    const lines = summaryLines([good("home", "fine"), warn("dead", "3 letters", "look"), wrong]);
    assert.deepEqual(lines.map(stripVTControlCharacters), [
      "",
      "1 good, 1 to know of (!), 1 wrong:",
      "✖ streams      DEAD is missing",
      "               → run thalassa up",
    ]);
    assert.deepEqual(summaryLines([good("home", "fine")]).map(stripVTControlCharacters), ["", "1 good, nothing wrong"]);
  });
});

describe("the doctor on a host", () => {
  it("tells the format of the home", () => {
    assert.match(checkHome(home)[0]?.message ?? "", new RegExp(`mode 700, format 1 of Thalassa ${packageVersion()}`));
  });

  it("finds keys that are missing, garbled, or open to others, and closes those", () => {
    const users = allRights(KINDS, CLIENTS).map(({ user }) => user);
    const none = checkKeys(home.keysDir).map(({ level, message }) => `${level}: ${message}`);
    assert.deepEqual(none, [`bad: there are no keys in ${home.keysDir} yet`]);
    ensureKeys(home.keysDir, users);
    assert.deepEqual(checkKeys(home.keysDir), [good("keys", `${users.length} keys in ${home.keysDir}, yours alone`)]);
    const [open = "", garbled = "", missing = ""] = users.map((user) => join(home.keysDir, `${user}.nk`));
    chmodSync(open, 0o644);
    writeFileSync(garbled, "no seed");
    rmSync(missing);
    const levels = checkKeys(home.keysDir).map(({ level, message }) => `${level}: ${message}`);
    assert.match(levels[0] ?? "", /^bad: .* holds no seed/);
    assert.match(levels[1] ?? "", /^bad: there is no key/);
    assert.match(levels[2] ?? "", /^warn: .* was open to others \(mode 644\)/);
    assert.equal(statSync(open).mode & 0o777, 0o600);
  });

  it("finds the Node that runs it in order", () => {
    const [finding] = checkNode();
    assert.equal(finding?.level, "good");
    assert.match(finding?.message ?? "", new RegExp(`^Node ${process.versions.node} `));
  });

  it("says where the next nats-server comes from", () => {
    assert.deepEqual(
      checkCache(home, BARE).map(({ level, hint }) => [level, hint]),
      [["warn", "the next thalassa up fetches one, which takes a network"]],
    );
    mkdirSync(dirname(cachedServerPath(home.cacheDir)), { recursive: true });
    writeFileSync(cachedServerPath(home.cacheDir), "");
    assert.equal(checkCache(home, BARE)[0]?.level, "good");
    assert.match(
      checkCache(home, { THALASSA_NATS_URL: "nats://there" })[0]?.message ?? "",
      /none|no nats-server needed/,
    );
  });

  it("says who watches over all, and finds a bus that was left behind", async () => {
    assert.match((await checkUp(home, BARE))[0]?.message ?? "", /not up on this home/);
    {
      using _lock = UpLock.take(home);
      const [finding] = await checkUp(home, BARE);
      assert.match(`${finding?.level} ${finding?.message}`, new RegExp(`good process ${process.pid} watches over all`));
    }
    writeBus(home, { url: "nats://127.0.0.1:4222", pid: process.pid });
    const [left] = await checkUp(home, BARE);
    assert.match(`${left?.level} ${left?.message}`, /warn nobody watches over the bus .* left it behind/);
  });
});

describe("the clock", () => {
  it("was set by what the wall clock moved beyond the time that passed", () => {
    assert.equal(steppedMs(1_000, 500, 1_500), 0);
    assert.equal(steppedMs(1_000, 500, 5_000), 3_500);
    assert.equal(steppedMs(5_000, 500, 1_000), -4_500);
  });

  it("that was set since up began is told", () => {
    assert.equal(checkClockSteps(home)[0]?.level, "good");
    using _lock = UpLock.take(home);
    assert.equal(checkClockSteps(home)[0]?.level, "good");
    const before = (Date.now() - HOUR_MS) / 1_000;
    utimesSync(join(home.root, "up.pid"), before, before);
    const [finding] = checkClockSteps(home);
    if (process.platform !== "linux") return;
    assert.match(`${finding?.level} ${finding?.message}`, /^warn it was set by 3\d{6} ms since thalassa up began/);
  });
});

describe("nats.conf", () => {
  it("is read for the figures that the server is held against", () => {
    assert.deepEqual(readSettings(readFileSync("nats.conf", "utf8")), {
      max_payload: 8_388_608,
      logfile_max_num: 2,
      ping_interval: 2e9,
      ping_max: 2,
      write_deadline: 5e9,
      max_memory_store: 1024 ** 3,
      max_file_store: 1024 ** 5,
    });
  });
});
