import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { KINDS } from "#subjects/mod.ts";
import { freePort, Installation } from "./installation.ts";
import { Terminal } from "./terminal.ts";

const ENTER = "\r";
const CTRL_C = "\x03";
const CLEAR_LINE = "\x15";

describe("setup without a terminal", () => {
  test("names the options that nobody gave, and writes nothing", async () => {
    await using here = await Installation.create();
    const { code, err } = await here.run(["setup", "--port", "4333", "--no-http", "--json"]);
    assert.equal(code, 2);
    const { error } = JSON.parse(err);
    assert.equal(error.code, "setup-unanswered");
    assert.match(error.message, /open: --monitor-port, --durability, --processes, --service or --no-service$/);
    assert.ok(!existsSync(join(here.root, "thalassa.toml")));
  });

  test("writes what is given, leaves the rest as it is, and can be run again", async () => {
    await using here = await Installation.create();
    const file = join(here.root, "thalassa.toml");
    const first = await here.run(["setup", "--yes", "--port", `${here.port}`, "--durability", "disk"]);
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, /thalassa up/);
    assert.match(readFileSync(file, "utf8"), new RegExp(`durability = "disk"\n\n\\[bus\\]\nport = ${here.port}\n`));
    const again = await here.run(["setup", "--yes", "--processes", "channel=2", "--json"]);
    const { home, changed, token } = JSON.parse(again.out);
    assert.deepEqual(changed, [{ key: "processes.channel", value: 2 }]);
    assert.deepEqual({ home, token }, { home: here.root, token: join(here.root, "http-token") });
    const { value, where } = JSON.parse((await here.run(["config", "get", "durability", "--json"])).out);
    assert.deepEqual({ value, where }, { value: "disk", where: "thalassa.toml line 3" });
  });

  test("refuses what cannot be, before anything is written", async () => {
    await using here = await Installation.create();
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const address = holder.address();
    const taken = typeof address === "object" ? `${address?.port}` : "";
    const wrong: readonly (readonly [readonly string[], string, number])[] = [
      [["--port", taken], "port-taken", 1],
      [["--port", "70000"], "setting-invalid", 2],
      [["--durability", "maybe"], "setting-invalid", 2],
      [["--processes", "nobody=1"], "bad-use", 2],
      [["--processes", "channel=99"], "setting-invalid", 2],
      [["--port", `${here.port}`, "--http-port", `${here.port}`], "bad-use", 2],
      [["--port", "8420"], "bad-use", 2],
    ];
    try {
      for (const [args, code, exit] of wrong) {
        const ended = await here.run(["setup", "--yes", "--json", ...args]);
        assert.equal(JSON.parse(ended.err).error.code, code, args.join(" "));
        assert.equal(ended.code, exit);
      }
      const { err } = await here.run(["setup", "--yes", "--monitor-port", "4222"]);
      assert.match(err, /--port and --monitor-port are both 4222\nchoose another for one of them/);
    } finally {
      holder.close();
    }
    assert.ok(!existsSync(join(here.root, "thalassa.toml")));
  });
});

describe("setup in a terminal", () => {
  let folder = "";
  before(() => (folder = mkdtempSync(join(tmpdir(), "thalassa-setup-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("asks for everything, offers the default, and writes once at the end", async () => {
    const home = join(folder, "whole");
    const port = await freePort();
    using terminal = new Terminal(home, ["setup", "--monitor-port", "0", "--http-port", "0"]);
    await terminal.answer(/Folder for keys/, ENTER);
    await terminal.answer(/Port of the bus/, `${CLEAR_LINE}${port}${ENTER}`);
    await terminal.answer(/power cut cost\?/, `\x1b[B${ENTER}`);
    await terminal.answer(/HTTP bridge as well/, ENTER);
    for (const { kind } of KINDS) await terminal.answer(new RegExp(`kind ${kind}\\?`), ENTER);
    assert.ok(!existsSync(home), "nothing is written before the last answer");
    await terminal.answer(/Keep it running/, ENTER);
    assert.equal(await terminal.ended(), 0, terminal.said);
    assert.match(terminal.said, /Start it with: thalassa up/);
    assert.match(
      readFileSync(join(home, "thalassa.toml"), "utf8"),
      new RegExp(`durability = "disk"\n\n\\[bus\\]\nport = ${port}\nmonitor_port = 0\n\n\\[http\\]\nport = 0\n$`),
    );
  });

  test("left by Ctrl-C in the middle has changed nothing", async () => {
    const home = join(folder, "left");
    using terminal = new Terminal(home, ["setup"]);
    await terminal.answer(/Folder for keys/, ENTER);
    await terminal.answer(/Port of the bus/, CTRL_C);
    assert.equal(await terminal.ended(), 1, terminal.said);
    assert.match(terminal.said, /Nothing was changed/);
    assert.ok(!existsSync(home));
  });

  test("tells a port that something else is to listen on, and asks again", async () => {
    const port = await freePort();
    using terminal = new Terminal(join(folder, "twice"), [
      "setup",
      "--monitor-port",
      "0",
      "--durability",
      "process",
      "--http",
    ]);
    await terminal.answer(/Folder for keys/, ENTER);
    await terminal.answer(/Port of the bus/, `${CLEAR_LINE}${port}${ENTER}`);
    await terminal.answer(/Port of the HTTP bridge/, `${CLEAR_LINE}${port}${ENTER}`);
    await terminal.answer(/--port and --http-port are both \d+\. Choose another one/, CTRL_C);
    assert.equal(await terminal.ended(), 1, terminal.said);
  });

  test("tells a port that is taken at once, and asks again", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const address = holder.address();
    try {
      using terminal = new Terminal(join(folder, "taken"), ["setup"]);
      await terminal.answer(/Folder for keys/, ENTER);
      await terminal.answer(
        /Port of the bus/,
        `${CLEAR_LINE}${typeof address === "object" ? address?.port : ""}${ENTER}`,
      );
      await terminal.answer(/is taken by.*Choose another one/s, CTRL_C);
      assert.equal(await terminal.ended(), 1);
    } finally {
      holder.close();
    }
  });
});
