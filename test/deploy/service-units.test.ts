import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { NODE_CARRIERS } from "#deploy/node-carrier.ts";
import { programsOnPath } from "#deploy/program.ts";
import { launchdPlist } from "#deploy/service/launchd-plist.ts";
import { jsonLine, logLine } from "#deploy/service/log-line.ts";
import { serviceName, serviceProgram } from "#deploy/service/program.ts";
import { systemdUnit } from "#deploy/service/systemd-unit.ts";

/** systemd's own judge of units. */
const CHECKER = "systemd-analyze";

const PROGRAM = {
  command: ["/opt/my node/bin/node", "/opt/100%/$HOME/main.ts", "up", "--only", 'a "b"'],
  environment: { THALASSA_HOME: "/home/ada/50% of $x", PATH: "/usr/bin:/bin" },
};

test("the unit of a user is one text, in which spaces, percent and dollar signs mean themselves", () => {
  assert.equal(
    systemdUnit(PROGRAM, { type: "user" }),
    `# Written by \`thalassa service install\`, which also updates it; put changes of your own into a drop-in
# (systemctl --user edit).
[Unit]
Description=Thalassa: AI agents as durable actors on NATS
StartLimitIntervalSec=0

[Service]
Type=exec
Environment="THALASSA_HOME=/home/ada/50%% of $x"
Environment="PATH=/usr/bin:/bin"
ExecStart="/opt/my node/bin/node" "/opt/100%%/$$HOME/main.ts" "up" "--only" "a \\"b\\""
Restart=on-failure
RestartSec=2
RestartPreventExitStatus=2
KillMode=mixed
TimeoutStopSec=30
OOMPolicy=continue
UMask=0077
SyslogIdentifier=thalassa

[Install]
WantedBy=default.target
`,
  );
});

test("the unit of the whole system runs as the owner of the home, for whoever boots", () => {
  const unit = systemdUnit(PROGRAM, { type: "system", uid: 1000 });
  for (const line of ["User=1000", "WantedBy=multi-user.target", "After=network.target"]) {
    assert.ok(unit.split("\n").includes(line), line);
  }
});

test("the launchd agent is one text, in which what XML would read is escaped", () => {
  const program = { command: ["/opt/a & b/node", "up"], environment: { THALASSA_HOME: "/Users/ada/<x>" } };
  assert.equal(
    launchdPlist("thalassa", "/Users/ada/logs/service.log", program),
    `<?xml version="1.0" encoding="UTF-8"?>
<!-- Written by \`thalassa service install\`, which also updates it. -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>thalassa</string>
  <key>ProgramArguments</key>
  <array>
    <string>/opt/a &amp; b/node</string>
    <string>up</string>
  </array>
  <key>EnvironmentVariables</key>
  <dict>
    <key>THALASSA_HOME</key>
    <string>/Users/ada/&lt;x&gt;</string>
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>2</integer>
  <key>ExitTimeOut</key>
  <integer>30</integer>
  <key>Umask</key>
  <integer>63</integer>
  <key>StandardOutPath</key>
  <string>/Users/ada/logs/service.log</string>
  <key>StandardErrorPath</key>
  <string>/Users/ada/logs/service.log</string>
</dict>
</plist>
`,
  );
});

test("the service runs up with absolute paths, and takes over where things are but no secrets", () => {
  const env = {
    HOME: "/home/ada",
    THALASSA_CACHE: "/c",
    PATH: "/tmp/x",
    SOME_API_KEY: "s",
    THALASSA_NATS_URL: "",
    THALASSA_LOG: "warn",
  };
  const { command, environment } = serviceProgram(
    "/h",
    { only: "channel=2", port: "4333", httpPort: "0", http: false },
    env,
  );
  const [node, option, main, ...rest] = command;
  assert.match(`${node} ${main}`, /^\/\S*node \/\S*deploy\/main\.ts$/);
  assert.equal(option, "--disable-warning=ExperimentalWarning");
  assert.deepEqual(rest, [
    "up",
    "--no-chat",
    "--json",
    "--only",
    "channel=2",
    "--port",
    "4333",
    "--http-port",
    "0",
    "--no-http",
  ]);
  assert.deepEqual(Object.keys(environment), ["THALASSA_HOME", "PATH", "THALASSA_CACHE", "THALASSA_LOG"]);
  assert.match(environment.PATH ?? "", /^\/home\/ada\/\.local\/bin:.*\/usr\/bin:\/bin/);
});

test("a home of its own has a service of its own", () => {
  const env = { HOME: "/home/ada" };
  assert.equal(serviceName("/home/ada/.thalassa", env), "thalassa");
  assert.match(serviceName("/srv/other", env), /^thalassa-[0-9a-f]{6}$/);
});

test("the launcher and the service know the same carriers of Node", () => {
  const launcher = readFileSync("bin/thalassa.js", "utf8");
  for (const [platform, carrier] of Object.entries(NODE_CARRIERS)) {
    assert.ok(launcher.includes(`"${platform}": "${carrier}"`), platform);
  }
});

test("what the service said is read as a line for people, and for programs as an object", () => {
  const at = new Date(2026, 10, 21, 8, 0, 1).getTime();
  const said = JSON.stringify({ level: 40, time: at, msg: "the disk is full" });
  const failed = JSON.stringify({
    error: { code: "port-taken", message: "port 4222 is taken", hint: "choose another" },
  });
  assert.equal(logLine(said), "2026-11-21 08:00:01 ! the disk is full");
  assert.equal(logLine(failed).trim(), "✖ port 4222 is taken; choose another");
  assert.equal(logLine("Started thalassa.service.").trim(), "Started thalassa.service.");
  assert.deepEqual(
    [said, failed, "plain"].map(jsonLine).map((line) => Object.keys(JSON.parse(line))),
    [["level", "msg", "time"], ["error"], ["level", "msg"]],
  );
});

// The text above is the test where this checker is not on the machine.
if (programsOnPath(CHECKER, process.env).length > 0) {
  test("systemd itself finds nothing wrong with the units", () => {
    const folder = mkdtempSync(join(tmpdir(), "thalassa unit-"));
    try {
      const command = [process.execPath, ...PROGRAM.command.slice(1)];
      for (const scope of [{ type: "user" }, { type: "system", uid: 0 }] as const) {
        const file = join(folder, `${scope.type}.service`);
        writeFileSync(file, systemdUnit({ ...PROGRAM, command }, scope));
        const args = ["verify", ...(scope.type === "user" ? ["--user"] : []), "--man=no", file];
        const env = { ...process.env, XDG_RUNTIME_DIR: folder };
        const { status, stderr } = spawnSync(CHECKER, args, { env, encoding: "utf8" });
        const complaints = stderr.split("\n").filter((line) => line.includes(`${scope.type}.service`));
        assert.deepEqual({ status, complaints }, { status: 0, complaints: [] });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
