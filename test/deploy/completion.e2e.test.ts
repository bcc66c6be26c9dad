import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { connectAs } from "#deploy/access.ts";
import { eventually } from "#support/eventually.ts";
import { Installation } from "./installation.ts";

let here: Installation;
before(async () => {
  here = await Installation.create();
  await here.up();
  for (const channel of ["work", "play"]) await here.run(["send", channel, "hello", "--wait"]);
});
after(() => here[Symbol.asyncDispose]());

async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const { code, out } = await here.run(["complete", "--", ...words]);
  assert.equal(code, 0);
  return out
    .trimEnd()
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split("\t")[0] ?? "");
}

test("commands and options are completed", async () => {
  assert.deepEqual(await offered("doc"), ["doctor"]);
  assert.deepEqual(await offered("dead", "s"), ["show"]);
  assert.deepEqual(await offered("up", "--monitor"), ["--monitor-port"]);
});

test("settings are completed, and the words that one may be", async () => {
  assert.deepEqual(await offered("config", "get", "offline"), ["offline.pace_ms", "offline.delay_ms"]);
  assert.deepEqual(await offered("config", "set", "durability", ""), ["process", "disk"]);
});

test("channels are completed by name and by address, as the bus knows them", async () => {
  const names = await eventually(
    () => offered("chat", "--channel", ""),
    (words) => words.includes("work") && words.includes("play"),
  );
  assert.ok(names.includes("main.channel.terminal-work"));
  assert.deepEqual(await offered("log", "main.channel.terminal-p"), ["main.channel.terminal-play"]);
  assert.deepEqual(await offered("send", "w"), ["work"]);
});

test("numbers of dead letters are completed", async () => {
  assert.deepEqual(await offered("dead", "show", ""), []);
  const bus = { url: `nats://127.0.0.1:${here.port}`, keysDir: join(here.root, "keys") };
  await using operator = await connectAs("operator", bus);
  await operator.wire.js.publish("thalassa.main.channel.x.in.hear", "no mail of ours");
  const numbers = await eventually(
    () => offered("dead", "show", ""),
    (words) => words.length > 0,
  );
  assert.deepEqual(numbers, ["1"]);
});

test("bash completes by the script that is printed, with the package bash-completion or without it", async () => {
  const bin = join(here.root, "bin");
  mkdirSync(bin);
  const program = join(bin, "thalassa");
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${resolve("deploy/main.ts")}" "$@"\n`);
  chmodSync(program, 0o755);
  const script = `
    source <(thalassa completion bash)
    compopt() { :; }
    COMP_WORDS=(thalassa config get bus.m) COMP_CWORD=3
    "$(complete -p thalassa | sed 's/.* -F \\([^ ]*\\) .*/\\1/')"
    echo "\${COMPREPLY[@]}"`;
  const env = { PATH: `${bin}${delimiter}${process.env.PATH}`, HOME: here.root, THALASSA_HOME: here.root };
  assert.equal(execFileSync("bash", ["--norc", "-c", script], { env, encoding: "utf8" }).trim(), "bus.monitor_port");
});

test("a Tab neither waits for a bus that is not there nor makes a home", async () => {
  const home = join(here.root, "nowhere");
  const begun = performance.now();
  const { code, out } = await here.run(["complete", "--", "log", ""], "", { THALASSA_HOME: home });
  assert.deepEqual({ code, out }, { code: 0, out: ":4\n" });
  assert.ok(!existsSync(home));
  assert.ok(performance.now() - begun < 2_000, `it took ${performance.now() - begun} ms`);
});

test("a shell that nobody knows is refused", async () => {
  const { code, err } = await here.run(["completion", "cmd"]);
  assert.equal(code, 2);
  assert.match(err, /zsh, bash, fish, powershell/);
});

test("every command's help has an example and says what its exit codes mean", async () => {
  for (const command of [
    "setup",
    "up",
    "ps",
    "doctor",
    "env",
    "chat",
    "send",
    "tap",
    "log",
    "dead",
    "config",
    "completion",
  ]) {
    const { code, out } = await here.run([command, "--help"]);
    assert.equal(code, 0);
    assert.match(out, new RegExp(`Examples?:\n  .*thalassa ${command}|printf|source`), command);
    assert.match(out, /Ends with 0 when good, 1 failed, 2 wrong use, 3 no bus\.\n$/, command);
  }
  assert.match((await here.run(["up", "--help"])).out, /THALASSA_DURABILITY {2,}\w/);
});
