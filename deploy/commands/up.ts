import { styleText } from "node:util";
import { connectAs } from "#deploy/access.ts";
import { watchDisk } from "#deploy/disk-watch.ts";
import { noEnvironmentsYet, problemOfHost } from "#deploy/environments/missing.ts";
import { executorHost } from "#deploy/environments/options.ts";
import type { Home } from "#deploy/home.ts";
import { channelToTalkIn } from "#deploy/identity/whose-channel.ts";
import { friendlyReporter, jsonReporter, type Reporter } from "#deploy/reporter.ts";
import { chatSettings } from "#deploy/settings/here.ts";
import { Supervisor } from "#deploy/supervisor.ts";
import { tapCommand } from "#deploy/tap-context.ts";
import { launch, type Running, upHome } from "#deploy/up.ts";
import { firstRequest } from "#deploy/up-http.ts";
import { UpLock } from "#deploy/up-lock.ts";
import { commandName, type Durability, type UpOptions, upSettings } from "#deploy/up-settings.ts";
import { OPERATOR } from "#subjects/mod.ts";

/** Starts all, watches over it, and stops it in good order when told to. */
export async function up(options: UpOptions): Promise<number> {
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const settings = upSettings(options, process.env);
  outliveTerminal();
  const home = upHome();
  using _lock = UpLock.take(home);
  const out = { print: (line: string): void => void process.stdout.write(`${line}\n`) };
  const reporter = options.json || !process.stdout.isTTY ? jsonReporter() : friendlyReporter((line) => out.print(line));
  const begun = Date.now();
  await using supervisor = new Supervisor((event) => reporter.event(event));
  const stop = stopOnSignal(supervisor, reporter);
  try {
    const running = await launch({ home, settings, reporter, supervisor, signal: stop });
    tellWhatNext(home, reporter, running, settings.durability);
    if ((settings.processes.executor ?? 0) > 0) void tellOfEnvironments(running, begun, reporter);
    using _disk = watchDisk(home.dataDir, reporter, () => supervisor.restartBus());
    if (options.chat && isTerminal && !options.json) await chatHere(running, home.root, out, stop);
    else await aborted(stop);
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  reporter.note("stopping: the kinds hand over, then the bus ends (Ctrl-C again forces it)", { event: "stopping" });
  await supervisor.stop();
  reporter.note("stopped; everything said is kept, thalassa up goes on from here", { event: "stopped" });
  return 0;
}

/** A terminal that goes away breaks its streams before the hang-up is heard; what runs here must still end in good order. */
function outliveTerminal(): void {
  for (const stream of [process.stdin, process.stdout, process.stderr]) {
    stream.removeAllListeners("error");
    stream.on("error", () => {});
  }
}

/** The first signal asks for a stop in good order, the second one forces it. */
function stopOnSignal(supervisor: Supervisor, reporter: Reporter): AbortSignal {
  const stop = new AbortController();
  const onSignal = (): void => {
    if (!stop.signal.aborted) {
      stop.abort(new Error("told to stop"));
      return;
    }
    reporter.note("forced: everything is killed at once; nothing that was said is lost", { event: "forced" });
    supervisor.kill();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  return stop.signal;
}

async function chatHere(
  running: Running,
  homeRoot: string,
  out: { print: (line: string) => void },
  signal: AbortSignal,
): Promise<void> {
  const { openChat } = await import("#deploy/chat-here.ts");
  const { terminalContract } = await import("#subjects/clients.ts");
  const toStdout = out.print;
  await using client = await connectAs(terminalContract.client, running);
  try {
    const { channel } = await chatSettings(client);
    const meant = (name: string) => channelToTalkIn(client, name);
    await openChat(client, { homeRoot, channel, meant, signal, onScreen: (print) => (out.print = print) });
  } finally {
    out.print = toStdout;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  // A pending promise alone does not keep a process alive.
  const alive = setInterval(() => {}, 60_000);
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => {
      clearInterval(alive);
      resolve();
    }),
  );
}

/** Jobs without an engine would wait for one, and nobody would know. */
async function tellOfEnvironments(running: Running, begun: number, reporter: Reporter): Promise<void> {
  try {
    await using client = await connectAs(OPERATOR, running);
    const problem = await problemOfHost(client, executorHost(), begun);
    if (problem !== undefined) reporter.note(noEnvironmentsYet(problem), { event: "no-environments" });
  } catch {
    // The doctor tells of it too, and the bus may be gone by now.
  }
}

function tellWhatNext(home: Home, reporter: Reporter, running: Running, durability: Durability): void {
  const { url, keysDir, isOurs, http } = running;
  const tap = tapCommand(home, url, keysDir);
  if (isOurs) reporter.note(DURABILITY[durability], { durability });
  reporter.note("Thalassa is up", { event: "up", url, tap, ...(http && { http: http.url }) });
  const cli = commandName(process.env);
  const request =
    http === undefined ? "" : `\n  http     ${http.url}, token in ${http.tokenFile}:\n  ${firstRequest(http)}\n`;
  reporter.text(`
  talk     ${styleText("bold", `${cli} chat`)}   or here, where there is a prompt
  watch    ${styleText("bold", `${cli} tap`)}    or ${styleText("bold", tap)}
  look     ${styleText("bold", `${cli} ps`)}     and ${styleText("bold", `${cli} doctor`)}
  stop     Ctrl-C, or /quit at the prompt here
${request}`);
}

const DURABILITY: Readonly<Record<Durability, string>> = {
  process: "durability: process (a killed process loses nothing, a power cut up to a second)",
  disk: "durability: disk (every write is synced before it counts)",
};
