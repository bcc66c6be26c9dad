import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { readBus, writeBus } from "#deploy/bus-file.ts";
import { openHome } from "#deploy/home.ts";

const NOBODY = 65_534;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "thalassa-home-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe("a home", () => {
  it("is made where THALASSA_HOME says, for its owner alone", () => {
    const root = join(folder, "deep", "home");
    const home = openHome({ THALASSA_HOME: root });
    assert.equal(home.root, root);
    for (const part of [root, home.keysDir, home.dataDir, home.cacheDir, home.logsDir]) {
      assert.equal(modeOf(part), "700", part);
    }
    assert.deepEqual(home.notes, []);
  });

  it("is ~/.thalassa unless told otherwise, and an empty setting tells nothing", () => {
    assert.equal(openHome({ HOME: folder, THALASSA_HOME: "" }).root, join(folder, ".thalassa"));
  });

  it("keeps its cache where THALASSA_CACHE says", () => {
    const cache = join(folder, "shared");
    const home = openHome({ THALASSA_HOME: join(folder, "home"), THALASSA_CACHE: cache });
    assert.equal(home.cacheDir, cache);
    assert.ok(existsSync(cache));
    assert.ok(!existsSync(join(home.root, "cache")));
  });

  it("opens again with what it holds, without a word", () => {
    const env = { THALASSA_HOME: folder };
    writeFileSync(join(openHome(env).keysDir, "tap.nk"), "kept");
    assert.deepEqual(openHome(env).notes, []);
    assert.ok(existsSync(join(folder, "keys", "tap.nk")));
  });

  it("that is open to others is narrowed and says so", () => {
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, "keys"));
    chmodSync(join(folder, "keys"), 0o750);
    const { notes } = openHome({ THALASSA_HOME: folder });
    assert.match(notes[0] ?? "", /was open to others \(mode 755\); it is yours alone now \(700\)/);
    assert.match(notes[1] ?? "", /keys was open to others \(mode 750\)/);
    assert.equal(modeOf(folder), "700");
  });

  it("that is a file is refused", () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    assert.throws(() => openHome({ THALASSA_HOME: path }), {
      code: "home-unusable",
      message: `${path} cannot be Thalassa's home: it is not a folder`,
      exitCode: 1,
    });
  });

  it("whose parent is a file, or whose keys are one, is refused", () => {
    writeFileSync(join(folder, "keys"), "");
    assert.throws(() => openHome({ THALASSA_HOME: join(folder, "keys", "home") }), { code: "home-unusable" });
    assert.throws(() => openHome({ THALASSA_HOME: folder }), /keys cannot be Thalassa's home: it is not a folder/);
  });

  it("that may not be written is refused with what to do", () => {
    openHome({ THALASSA_HOME: folder });
    asSomebodyElse(() => {
      assert.throws(() => openHome({ THALASSA_HOME: folder }), {
        code: "home-unusable",
        message: /EACCES/,
        hint: /THALASSA_HOME/,
      });
    });
  });
});

/** Root may write everywhere, so root steps down; anybody else takes the right from the folder. */
function asSomebodyElse(body: () => void): void {
  if (process.geteuid?.() === 0) process.seteuid?.(NOBODY);
  else chmodSync(folder, 0o500);
  try {
    body();
  } finally {
    if (process.getuid?.() === 0) process.seteuid?.(0);
    else chmodSync(folder, 0o700);
  }
}

describe("nats.json", () => {
  const bus = { url: "nats://127.0.0.1:4222", monitor: "http://127.0.0.1:8222", pid: 4711, version: "2.15.1" };

  it("gives back what was written, for its owner alone, and leaves no draft behind", () => {
    const busFile = join(folder, "nats.json");
    writeBus({ busFile }, { url: "nats://elsewhere:4222" });
    writeBus({ busFile }, bus);
    assert.deepEqual(readBus({ busFile }), bus);
    assert.equal(modeOf(busFile), "600");
    assert.deepEqual(readdirSync(folder), ["nats.json"]);
  });

  it("that is absent says that no bus was started here", () => {
    assert.equal(readBus({ busFile: join(folder, "nats.json") }), undefined);
  });

  for (const [what, text] of [
    ["half a file", '{ "url": "nats://'],
    ["another shape", '{ "url": 4222 }'],
  ] as const) {
    it(`that holds ${what} is told apart from an absent one`, () => {
      const busFile = join(folder, "nats.json");
      writeFileSync(busFile, text);
      assert.throws(() => readBus({ busFile }), { code: "bus-file-garbled", hint: /delete it/ });
    });
  }

  it("is not written where the words are wrong", () => {
    const busFile = join(folder, "nats.json");
    assert.throws(() => writeBus({ busFile }, { ...bus, pid: -1 }));
    assert.deepEqual(readdirSync(folder), []);
  });
});
