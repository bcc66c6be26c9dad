import { spawn } from "node:child_process";
import { appendFileSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endProcess, isAlive } from "#deploy/os-process.ts";

/**
 * Stands in for systemctl, loginctl and journalctl: writes down how it was called, and does with a unit what systemd
 * does as far as it matters: runs its ExecStart in an environment of nothing but the unit's, in a session of its own.
 */
const folder = process.env.STAND_IN ?? "";
const [program = "", ...args] = process.argv.slice(2);
const at = (name: string): string => join(folder, name);
const words = args.filter((arg) => !arg.startsWith("--"));

appendFileSync(at("calls"), `${[program, ...args].join(" ")}\n`);

if (program === "loginctl") loginctl();
else if (program === "journalctl") process.stdout.write(readFileSync(at("journal"), "utf8"));
else await systemctl();

function loginctl(): void {
  if (words[0] === "enable-linger" && existsSync(at("no-linger"))) fail("Could not enable linger: Access denied");
  if (words[0] === "enable-linger") writeFileSync(at("linger"), "");
  else process.stdout.write(`Linger=${existsSync(at("linger")) ? "yes" : "no"}\n`);
}

async function systemctl(): Promise<void> {
  if (existsSync(at("silent"))) fail("Failed to connect to bus: No such file or directory");
  const [verb, unit] = words;
  if (verb === "show") process.stdout.write(unit === undefined ? "Version=252\n" : properties());
  if (verb === "enable") writeFileSync(at("enabled"), "");
  if (verb === "stop" || verb === "restart" || args.includes("--now")) await stop();
  if (verb === "disable") rmSync(at("enabled"), { force: true });
  if (verb === "start" || verb === "restart") start(`${unit}`);
}

function properties(): string {
  const pid = mainPid();
  const running = pid !== undefined && isAlive(pid);
  return `ActiveState=${running ? "active" : "inactive"}
SubState=${running ? "running" : "dead"}
MainPID=${running ? pid : 0}
NRestarts=0
UnitFileState=${existsSync(at("enabled")) ? "enabled" : "disabled"}
ActiveEnterTimestamp=Sat 2026-11-21 08:00:50 UTC
`;
}

function start(unit: string): void {
  if (existsSync(at("broken"))) fail(`Failed to start ${unit}: Unit ${unit} has a bad unit file setting.`);
  const text = readFileSync(join(process.env.XDG_CONFIG_HOME ?? "", "systemd", "user", unit), "utf8");
  const lines = text.split("\n").map((line) => line.split(/=(.*)/s, 2));
  const settings = lines.filter(([key]) => key === "Environment").flatMap(([, value]) => unquoted(`${value}`));
  const [command = "", ...rest] = unquoted(`${lines.find(([key]) => key === "ExecStart")?.[1]}`);
  const journal = openSync(at("journal"), "a");
  const child = spawn(command, rest, {
    env: Object.fromEntries(settings.map((setting) => setting.split(/=(.*)/s, 2))),
    stdio: ["ignore", journal, journal],
    detached: true,
    cwd: "/",
  });
  writeFileSync(at("main.pid"), `${child.pid}`);
  child.unref();
}

async function stop(): Promise<void> {
  const pid = mainPid();
  if (pid !== undefined && isAlive(pid)) await endProcess(pid, 30_000);
}

function mainPid(): number | undefined {
  return existsSync(at("main.pid")) ? Number(readFileSync(at("main.pid"), "utf8")) : undefined;
}

function unquoted(line: string): readonly string[] {
  const quoted = line.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  return quoted.map((word) => JSON.parse(word).replaceAll("%%", "%").replaceAll("$$", "$"));
}

function fail(words: string): never {
  process.stderr.write(`${words}\n`);
  process.exit(1);
}
