import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { connectAs } from "#deploy/access.ts";
import { readShared } from "#deploy/settings/shared.ts";
import { Installation } from "./installation.ts";

describe("config without a bus", () => {
  let here: Installation;
  before(async () => (here = await Installation.create()));
  after(() => here[Symbol.asyncDispose]());

  test("tells what environment, file and defaults say, and that the bus could not be asked", async () => {
    writeFileSync(join(here.root, "thalassa.toml"), 'log = "warn"\n');
    const { code, out, err } = await here.run(["config"], "", { THALASSA_IDLE_MS: "5000" });
    assert.equal(code, 0, err);
    assert.match(out, /^log +warn +thalassa\.toml line 1$/m);
    assert.match(out, /^idle_ms +5000 +THALASSA_IDLE_MS$/m);
    assert.match(out, /^grace_ms +5000 +default$/m);
    assert.match(err, /the shared settings could not be asked \(no bus was ever started/);
    const lines = (await here.run(["config", "--json"])).out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const { value, source, hides, bus } = lines.find(({ key }) => key === "log");
    assert.deepEqual({ value, source, bus }, { value: "warn", source: "file", bus: "unasked" });
    assert.deepEqual(hides, [{ value: "info", source: "default", where: "default" }]);
  });

  test("cannot set what is shared, and says where else it may stand", async () => {
    const { code, err } = await here.run(["config", "set", "log", "debug", "--json"]);
    assert.equal(code, 3);
    const { error } = JSON.parse(err);
    assert.equal(error.code, "settings-unwritable");
    assert.match(error.hint, /--file/);
  });

  test("puts what is this host's own into the file, and takes it away again", async () => {
    const set = await here.run(["config", "set", "bus.port", "4333"]);
    assert.equal(set.code, 0, set.err);
    assert.match(readFileSync(join(here.root, "thalassa.toml"), "utf8"), /\[bus\]\nport = 4333\n/);
    const { out } = await here.run(["config", "get", "bus.port"]);
    assert.equal(out, "4333\n");
    assert.equal((await here.run(["config", "get", "bus.monitor_port"])).out, "8333\n");
    assert.equal((await here.run(["config", "unset", "bus.port"])).code, 0);
    assert.equal((await here.run(["config", "get", "bus.port"])).out, "4222\n");
    assert.equal((await here.run(["config", "path"])).out, `${join(here.root, "thalassa.toml")}\n`);
  });

  test("says which stronger source hides what was just set", async () => {
    const { err } = await here.run(["config", "set", "durability", "disk"], "", { THALASSA_DURABILITY: "process" });
    assert.match(err, /here THALASSA_DURABILITY wins: process/);
  });

  test("refuses wrong use with what would be right", async () => {
    const wrong: readonly (readonly [readonly string[], string, RegExp])[] = [
      [["get", "bus.prt"], "setting-unknown", /did you mean bus\.port/],
      [["set", "durability", "maybe"], "setting-invalid", /process or disk/],
      [["set", "log", "info", "--agent", "helper"], "bad-use", /leave --agent out/],
      [["set", "chat.channel", "x", "--agent", "a b"], "bad-use", /letters/],
    ];
    for (const [args, code, hint] of wrong) {
      const ended = await here.run(["config", ...args, "--json"]);
      assert.equal(ended.code, 2, args.join(" "));
      const { error } = JSON.parse(ended.err);
      assert.equal(error.code, code);
      assert.match(error.hint, hint);
    }
  });

  test("a file with an unknown key is refused by every command that reads it", async () => {
    await using other = await Installation.create();
    writeFileSync(join(other.root, "thalassa.toml"), "[bus]\nprot = 1\n");
    for (const args of [["config"], ["up", "--no-chat"]]) {
      const { code, err } = await other.run(args);
      assert.equal(code, 2, args.join(" "));
      assert.match(err, /thalassa\.toml line 2: there is no setting "bus\.prot"\ndid you mean bus\.port/);
    }
  });
});

test("what is set on the bus is shared, handed to the processes at the next start, and taken by the next chat", async () => {
  await using here = await Installation.create();
  const first = await here.up();
  const set = await here.run(["config", "set", "log", "debug"]);
  assert.match(
    set.out,
    /log is debug in SETTINGS on the bus, for every host; it takes effect when `up` is started anew/,
  );
  await here.run(["config", "set", "log", "warn", "--file"]);
  const { hides, ...log } = JSON.parse((await here.run(["config", "get", "log", "--json"])).out);
  assert.deepEqual(
    { value: log.value, source: log.source, hides: hides.length },
    { value: "debug", source: "shared", hides: 2 },
  );

  await here.run(["config", "set", "chat.channel", "everyone"]);
  await here.run(["config", "set", "chat.channel", "helping", "--agent", "helper"]);
  assert.match(
    (await here.run(["config"])).out,
    /^agents\.helper\.chat\.channel +helping +SETTINGS on the bus, agent helper +everyone/m,
  );
  await here.run(["agents", "create", "helper"]);
  await here.run(["chat"], "to everyone\n");
  await here.run(["chat", "--agent", "helper"], "to the helper\n");
  assert.match((await here.run(["log", "everyone"])).out, /to everyone/);
  assert.match((await here.run(["log", "helper.channel.terminal-helping"])).out, /to the helper/);
  assert.equal((await here.run(["config", "unset", "chat.channel"])).code, 0);
  assert.equal((await here.run(["config", "get", "chat.channel"])).out, "default\n");

  if (process.platform === "linux") {
    assert.equal(variable(first.pidOf("channel"), "THALASSA_LOG"), "info");
    await first.end();
    const second = await here.up();
    assert.equal(variable(second.pidOf("channel"), "THALASSA_LOG"), "debug");
  }
});

test("the terminal's key reads what is shared, and writes nothing of it", async () => {
  await using here = await Installation.create();
  await here.up();
  await here.run(["config", "set", "idle_ms", "70000"]);
  const bus = { url: `nats://127.0.0.1:${here.port}`, keysDir: join(here.root, "keys") };
  await using terminal = await connectAs("terminal", bus);
  assert.equal((await readShared(terminal)).get("idle_ms"), "70000");
  await using operator = await connectAs("operator", bus);
  await operator.wire.js.publish("$KV.SETTINGS.once.known", "1");
  const { code, err } = await here.run(["config"]);
  assert.equal(code, 0);
  assert.match(err, /has once\.known, which this version does not know; thalassa config unset once\.known/);
  assert.equal((await here.run(["config", "unset", "once.known"])).code, 0);
  assert.equal((await here.run(["config", "unset", "once.known"])).code, 2);
  for (const subject of ["$KV.SETTINGS.idle_ms", "core.$KV.SETTINGS.idle_ms"]) {
    await assert.rejects(terminal.wire.nc.request(subject, "1", { timeout: 500 }));
  }
  assert.equal((await readShared(operator)).get("idle_ms"), "70000");
});

function variable(pid: number, name: string): string | undefined {
  const lines = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  return lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
}
