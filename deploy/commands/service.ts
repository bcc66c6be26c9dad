import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { connectAs, findBus } from "#deploy/access.ts";
import { type Home, openHome } from "#deploy/home.ts";
import { untilInterrupted } from "#deploy/interrupt.ts";
import { managerHere } from "#deploy/service/here.ts";
import { jsonLine, logLine } from "#deploy/service/log-line.ts";
import { type ServiceManager, type ServiceState, ServiceTrouble } from "#deploy/service/manager.ts";
import { type PassedOptions, serviceProgram } from "#deploy/service/program.ts";
import { duration } from "#deploy/table.ts";
import { upHolder } from "#deploy/up-holder.ts";
import { AlreadyUp } from "#deploy/up-lock.ts";
import { upSettings } from "#deploy/up-settings.ts";
import { replaceFile } from "#deploy/whole-file.ts";
import { TAP } from "#subjects/mod.ts";

/** Options that all of `thalassa service` has. */
type ServiceOptions = { readonly system?: true; readonly json?: true };

/** How long a service that was started has to be up; the first start may fetch nats-server, and that is said. Units: ms. */
const UP_MS = 30_000;

/** Has the system run Thalassa from now on. The same again changes nothing; another text brings it up to date. */
export async function install(options: ServiceOptions & PassedOptions & { readonly dryRun?: true }): Promise<number> {
  upSettings({ ...options, chat: false }, process.env);
  const { home, manager } = here(options);
  const text = manager.define(serviceProgram(home.root, options, process.env));
  if (options.dryRun) {
    say(options, { event: "dry-run", file: manager.file, text }, text.trimEnd());
    return 0;
  }
  await manager.require();
  const before = await manager.state();
  requireFree(home, before);
  const change = write(manager.file, text);
  const notes = await manager.enable();
  if (!before.running) await manager.start();
  else if (change !== "unchanged") await manager.restart();
  const isUp = await untilUp(manager);
  const { state: _, ...state } = await manager.state();
  const url = isUp ? findBus().url : undefined;
  say(options, { event: change, file: manager.file, up: isUp, url, ...state, notes }, [
    `${CHANGES[change]}: ${manager.file}`,
    ...notes,
    isUp ? `Thalassa is up at ${url} and stays so; talk with thalassa chat` : NOT_YET,
  ]);
  return isUp ? 0 : 1;
}

/** Says how the service stands; 1 when it does not run. */
export async function status(options: ServiceOptions): Promise<number> {
  const { home, manager } = here(options);
  const state = await manager.state();
  const { held, pid } = upHolder(home);
  const byHand = held && !state.running;
  say(options, { ...state, file: manager.file, home: home.root, byHand }, [
    `installed   ${state.installed ? manager.file : "no; thalassa service install does it"}`,
    `running     ${runningLine(state)}`,
    ...(byHand ? [`            thalassa up runs by hand, process ${pid}; stop it before you start the service`] : []),
    `starts at   ${STARTS[state.startsAt]}`,
    `home        ${home.root}`,
  ]);
  return state.running ? 0 : 1;
}

/** Starts what is installed. */
export async function start(options: ServiceOptions): Promise<number> {
  const { home, manager } = installed(options);
  const before = await manager.state();
  requireFree(home, before);
  if (!before.running) await manager.start();
  const isUp = await untilUp(manager);
  say(options, { event: "started", up: isUp }, isUp ? `Thalassa is up at ${findBus().url}` : NOT_YET);
  return isUp ? 0 : 1;
}

/** Stops what is installed, in good order. */
export async function stop(options: ServiceOptions): Promise<number> {
  const { manager } = installed(options);
  await manager.stop();
  const { startsAt } = await manager.state();
  say(
    options,
    { event: "stopped", startsAt },
    `stopped; everything said is kept. Starts again at: ${STARTS[startsAt]}`,
  );
  return 0;
}

/** Stops the service and takes it away; the home stays as it is. */
export async function uninstall(options: ServiceOptions): Promise<number> {
  const { home, manager } = here(options);
  const was = existsSync(manager.file);
  if (was) await manager.disable();
  rmSync(manager.file, { force: true });
  const notes = was ? await manager.forget() : [];
  say(options, { event: was ? "uninstalled" : "not-installed", file: manager.file, home: home.root, notes }, [
    was ? `stopped and removed: ${manager.file}` : "it was not installed",
    ...notes,
    `the data in ${home.root} is untouched; thalassa up goes on from it`,
  ]);
  return 0;
}

/** Shows what the service said. */
export async function logs(options: ServiceOptions & { readonly follow?: true }): Promise<number> {
  const { manager } = here(options);
  const [command, ...args] = manager.history(options.follow === true);
  const told = options.json ? jsonLine : logLine;
  const stop = untilInterrupted();
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"], signal: stop });
  const ended = once(child, "close").catch((error: unknown) => {
    if (stop.aborted) return [0];
    throw error;
  });
  createInterface({ input: child.stdout }).on("line", (line) => process.stdout.write(`${told(line)}\n`));
  const [code] = await ended;
  return code === 0 || stop.aborted ? 0 : 1;
}

function here({ system }: ServiceOptions): { readonly home: Home; readonly manager: ServiceManager } {
  const home = openHome();
  return { home, manager: managerHere(home, system === true, process.env) };
}

function installed(options: ServiceOptions): ReturnType<typeof here> {
  const found = here(options);
  if (existsSync(found.manager.file)) return found;
  throw new ServiceTrouble({
    code: "service-not-installed",
    message: `there is no service of ${found.home.root}: ${found.manager.file} does not exist`,
    hint: "thalassa service install makes it, starts it and keeps it running",
  });
}

/** A supervisor started by hand keeps the home; the service would only fail, again and again. Throws: AlreadyUp. */
function requireFree(home: Home, { running }: ServiceState): void {
  const { held, pid } = upHolder(home);
  if (held && !running) throw new AlreadyUp(home, pid);
}

function write(file: string, text: string): "installed" | "updated" | "unchanged" {
  const before = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (before === text) return "unchanged";
  mkdirSync(dirname(file), { recursive: true });
  replaceFile(file, text, { mode: 0o644 });
  return before === undefined ? "installed" : "updated";
}

/** Waits until the bus of the service answers; false when that takes too long, or it ends again and again. */
async function untilUp(manager: ServiceManager): Promise<boolean> {
  for (const until = performance.now() + UP_MS; performance.now() < until; await delay(200)) {
    const { pid, restarts = 0 } = await manager.state();
    if (restarts > 1) return false;
    const { held, pid: holder } = upHolder(openHome());
    if (!held || holder !== pid) continue;
    try {
      await using _client = await connectAs(TAP, findBus());
      return true;
    } catch {
      // Not yet.
    }
  }
  return false;
}

function runningLine({ running, state, pid, sinceAt, restarts = 0 }: ServiceState): string {
  if (!running) return `no: ${state}`;
  const since = sinceAt === undefined ? "" : `, for ${duration(Date.now() - sinceAt)}`;
  return `yes, process ${pid}${since}${restarts > 0 ? `, started again ${restarts === 1 ? "once" : `${restarts} times`}` : ""}`;
}

function say({ json }: ServiceOptions, fields: object, lines: string | readonly string[]): void {
  process.stdout.write(`${json ? JSON.stringify(fields) : [lines].flat().join("\n")}\n`);
}

const CHANGES = { installed: "installed", updated: "brought up to date", unchanged: "installed already" } as const;
const STARTS = { boot: "boot", login: "your login", never: "no time by itself" } as const;
const NOT_YET = "not up yet, and tried again and again; thalassa service logs says why";
