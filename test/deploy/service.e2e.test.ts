import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { openHome } from "#deploy/home.ts";
import { isAlive } from "#deploy/os-process.ts";
import { serviceName } from "#deploy/service/program.ts";
import { KINDS } from "#subjects/mod.ts";
import { eventually } from "#support/eventually.ts";
import { freePort } from "./installation.ts";
import { portsOf, ServiceBed } from "./service-bed.ts";

/** The system's own program that gives a command a terminal. */
const TERMINAL = "script";

const unitOf = (bed: ServiceBed): string => `${serviceName(bed.here.root, { HOME: bed.here.root })}.service`;
const fileOf = (bed: ServiceBed): string => join(bed.env.XDG_CONFIG_HOME ?? "", "systemd", "user", unitOf(bed));

test("a service is installed, brought up to date, stopped, started and taken away, and its data stays", async () => {
  await using bed = await ServiceBed.create();
  const unit = unitOf(bed);
  const { code, out } = await bed.install(bed.here.port, "--json");
  assert.equal(code, 0, out);
  const { event, file, up, startsAt, notes } = JSON.parse(out);
  assert.deepEqual(
    { event, file, up, startsAt },
    { event: "installed", file: fileOf(bed), up: true, startsAt: "boot" },
  );
  assert.match(notes[0], /lingering was turned on/);
  assert.deepEqual(bed.calls, [
    "systemctl --user daemon-reload",
    `systemctl --user enable ${unit}`,
    `loginctl --no-ask-password enable-linger ${userInfo().username}`,
    `systemctl --user start ${unit}`,
  ]);
  const first = await bed.pid();
  assert.match((await bed.here.run(["send", "default", "my name is Ada", "--wait"])).out, /Ada/);

  assert.match((await bed.install()).out, /installed already/);
  assert.equal(await bed.pid(), first, "nothing to change, nothing started anew");

  const port = await freePort();
  assert.match((await bed.install(port)).out, /brought up to date/);
  assert.equal(isAlive(first), false);
  assert.match((await bed.here.run(["send", "default", "what is my name?", "--wait"])).out, /Ada/);

  const status = (await bed.service("status")).out;
  assert.match(status, /running +yes, process \d+, for /);
  assert.match(status, /starts at +boot/);
  const doctor = (await bed.here.run(["doctor"], "", bed.env)).out;
  assert.match(doctor, /✔ up +process \d+ watches over all, as a service; starts at boot/);
  assert.equal((await bed.service("stop")).code, 0);
  assert.equal((await bed.service("status")).code, 1);
  assert.match((await bed.service("logs")).out, /\d\d:\d\d:\d\d +stopped; everything said is kept/);
  for (const line of bed.journal.trim().split("\n")) assert.doesNotThrow(() => JSON.parse(line), line);

  assert.match((await bed.service("start")).out, new RegExp(`Thalassa is up at nats://127.0.0.1:${port}`));
  const gone = await bed.service("uninstall");
  assert.match(gone.out, /stopped and removed: [\s\S]* is untouched; thalassa up goes on from it/);
  assert.equal(existsSync(fileOf(bed)), false);
  assert.match((await bed.service("uninstall")).out, /was not installed/);
  const again = await bed.here.up();
  assert.match((await bed.here.run(["send", "default", "what is my name?", "--wait"])).out, /Ada/);
  await again.end();
});

test("what a service said is there after everything was killed at once and started again", async () => {
  await using bed = await ServiceBed.create();
  await bed.install();
  await bed.here.run(["send", "default", "my name is Ada", "--wait"]);
  const supervisor = await bed.pid();
  const started = bed.journal.split("\n").filter((line) => line.includes('"event":"started"'));
  const pids = [supervisor, ...started.map((line) => Number(JSON.parse(line).pid))];
  assert.equal(pids.length, 1 + KINDS.length, "the supervisor, the server and a process of each kind but telegram");
  for (const pid of pids) process.kill(pid, "SIGKILL");
  await eventually(
    () => pids.filter(isAlive),
    (alive) => alive.length === 0,
  );
  assert.match((await bed.service("start")).out, /Thalassa is up/);
  assert.match((await bed.here.run(["send", "default", "what is my name?", "--wait"])).out, /Ada/);
});

test("up as a service survives logout", async () => {
  await using bed = await ServiceBed.create();
  const args = ["service", "install", ...portsOf(bed.here.port)];
  const words = [process.execPath, resolve("deploy/main.ts"), ...args].map((word) => `'${word}'`).join(" ");
  const inTerminal = process.platform === "darwin" ? ["-q", "/dev/null", "sh", "-c"] : ["-qec"];
  const command = `${words}; echo shell $$; exec sleep 600`;
  const env = {
    HOME: bed.here.root,
    THALASSA_HOME: bed.here.root,
    THALASSA_CACHE: openHome().cacheDir,
    THALASSA_OFFLINE_PACE_MS: "0",
    ...bed.env,
  };
  const terminal = spawn(TERMINAL, [...inTerminal, command, "/dev/null"], { env });
  let said = "";
  terminal.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await eventually(
    () => said,
    (text) => /Thalassa is up[\s\S]*shell \d+/.test(text),
    30_000,
  );
  const shell = Number(/shell (\d+)/.exec(said)?.[1]);
  const pid = await bed.pid();
  const closed = once(terminal, "exit");
  terminal.kill("SIGKILL");
  await closed;
  await eventually(
    () => isAlive(shell),
    (alive) => !alive,
  );
  assert.match((await bed.here.run(["send", "default", "are you there?", "--wait"])).out, /are you there/);
  assert.equal(await bed.pid(), pid, "the same process as before");
});

test("without systemd the installation is refused with what to do instead, and nothing is written", async () => {
  await using bed = await ServiceBed.create();
  bed.set("silent");
  bed.set("no-linger");
  const silent = await bed.install(bed.here.port, "--json");
  assert.equal(silent.code, 1);
  const { code, message, hint } = JSON.parse(silent.err).error;
  assert.equal(code, "no-service-manager");
  assert.match(message, /no systemd answers .* Failed to connect to bus/);
  assert.match(hint, /thalassa up --no-chat/);
  const none = await bed.here.run(["service", "install", "--json"], "", { ...bed.env, PATH: "/nowhere" });
  assert.match(JSON.parse(none.err).error.message, /no systemd/);
  assert.equal(existsSync(fileOf(bed)), false);
});

test("where lingering is not allowed the person is told what root has to do", async () => {
  await using bed = await ServiceBed.create();
  bed.set("no-linger");
  const { out } = await bed.install();
  assert.match(out, /ends when you log out .*have root run: loginctl enable-linger/);
  assert.match((await bed.service("status")).out, /starts at +your login/);
});

test("a service beside an up by hand is refused, and status tells of it", async () => {
  await using bed = await ServiceBed.create();
  const up = await bed.here.up();
  const { code, err } = await bed.install(bed.here.port, "--json");
  assert.equal(code, 1);
  assert.equal(JSON.parse(err).error.code, "already-up");
  assert.match(err, new RegExp(`Thalassa is up already .* process ${up.child.pid}`));
  assert.match((await bed.service("status")).out, new RegExp(`runs by hand, process ${up.child.pid}`));
});

test("a unit that systemd does not start is told with its words", async () => {
  await using bed = await ServiceBed.create();
  bed.set("broken");
  const { code, err } = await bed.install(bed.here.port, "--json");
  assert.equal(code, 1);
  assert.equal(JSON.parse(err).error.code, "service-failed");
  assert.match(err, /bad unit file setting/);
});

test("what is not installed cannot be started, and a dry run only prints", async () => {
  await using bed = await ServiceBed.create();
  const { code, err } = await bed.service("start", "--json");
  assert.deepEqual({ code, is: JSON.parse(err).error.code }, { code: 1, is: "service-not-installed" });
  const dry = await bed.install(bed.here.port, "--dry-run");
  assert.match(dry.out, /^# Written by [\s\S]*ExecStart="\/[\s\S]*WantedBy=default\.target\n$/);
  assert.deepEqual([dry.code, existsSync(fileOf(bed)), bed.calls], [0, false, []]);
  assert.equal((await bed.service("install", "--port", "x")).code, 2);
  assert.equal(readFileSync(join(bed.here.root, "home.json"), "utf8").includes('"format":1'), true);
});
