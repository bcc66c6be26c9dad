import { styleText } from "node:util";
import { connectAs, findBus, keysDirOf } from "#deploy/access.ts";
import { checkAccess, checkKeys } from "#deploy/checks/access.ts";
import { checkDurability, checkJetStream, checkVersion } from "#deploy/checks/bus.ts";
import { checkClock, checkClockSteps } from "#deploy/checks/clock.ts";
import { checkEngine, checkPreviews } from "#deploy/checks/engine.ts";
import { bad, type Finding, findingLines, good, summaryLines } from "#deploy/checks/finding.ts";
import { checkDisk, checkHome } from "#deploy/checks/host.ts";
import { checkHosts } from "#deploy/checks/hosts.ts";
import { checkHttp } from "#deploy/checks/http.ts";
import { checkCache, checkNode } from "#deploy/checks/program.ts";
import { checkSecrets } from "#deploy/checks/secrets.ts";
import { checkServerSettings } from "#deploy/checks/server-settings.ts";
import { checkSnapshots } from "#deploy/checks/snapshots.ts";
import { checkDead, checkGrowth, checkStreams } from "#deploy/checks/streams.ts";
import { checkTelegram } from "#deploy/checks/telegram.ts";
import { checkTimers } from "#deploy/checks/timers.ts";
import { checkUp } from "#deploy/checks/up.ts";
import { checkMail, checkProcesses } from "#deploy/checks/work.ts";
import { executorOptionsHere } from "#deploy/environments/options.ts";
import { explain } from "#deploy/failure.ts";
import { type Home, openHome } from "#deploy/home.ts";
import { rebuildViews } from "#deploy/rebuild-views.ts";
import { withoutSecrets } from "#deploy/secrets/hiding.ts";
import type { Client } from "#runtime/mod.ts";
import { OPERATOR } from "#subjects/mod.ts";

/** Options of `thalassa doctor`. */
type DoctorOptions = { readonly json?: true; readonly rebuildViews?: true };

type Run = () => readonly Finding[] | Promise<readonly Finding[]>;

/** Checks everything; 1 when something is wrong. With `--rebuild-views` it mends the views, and checks nothing else. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const report = new Report(options.json === true);
  const home = openHome();
  if (!options.rebuildViews) await checkHost(report, home);
  report.title("The bus");
  await using patient = await reach(report);
  const { client } = patient;
  if (client !== undefined && options.rebuildViews) await report.check("views", () => mendViews(client));
  else if (client !== undefined) await checkBus(report, home, client);
  report.end();
  return report.isBad ? 1 : 0;
}

async function checkHost(report: Report, home: Home): Promise<void> {
  report.title("This host");
  await report.check("home", () => checkHome(home));
  await report.check("keys", () => checkKeys(keysDirOf(home)));
  await report.check("disk", () => checkDisk(home));
  await report.check("node", () => checkNode());
  await report.check("cache", () => checkCache(home, process.env));
  await report.check("clock", () => checkClockSteps(home));
  await report.check("up", () => checkUp(home));
  await report.check("engine", () => checkEngine(executorOptionsHere(home.root)));
  await report.check("previews", () => checkPreviews(executorOptionsHere(home.root), home));
}

async function checkBus(report: Report, home: Home, client: Client): Promise<void> {
  await report.check("server", () => checkVersion(client));
  await report.check("settings", () => checkServerSettings(client, home));
  await report.check("access", () => checkAccess(findBus()));
  await report.check("jetstream", () => checkJetStream(client));
  await report.check("streams", () => checkStreams(client));
  await report.check("durability", () => checkDurability(client, home));
  await report.check("clock", () => checkClock(client));
  await report.check("secrets", () => checkSecrets(client, home));
  report.title("The work");
  await report.check("processes", () => checkProcesses(client));
  await report.check("hosts", () => checkHosts(client));
  await report.check("http", () => checkHttp(home));
  await report.check("telegram", () => checkTelegram(client));
  await report.check("mail", () => checkMail(client));
  await report.check("timers", () => checkTimers(client));
  await report.check("snapshots", () => checkSnapshots(client));
  await report.check("dead", () => checkDead(client));
  await report.check("growth", () => checkGrowth(client, home));
}

async function mendViews(client: Client): Promise<readonly Finding[]> {
  const isWatched = process.stderr.isTTY === true;
  const progress = (done: number): void => void process.stderr.write(`\r${done} actors read`);
  const { actors, right, mended, gone } = await rebuildViews(client, isWatched ? progress : undefined);
  if (isWatched) process.stderr.write("\r\u001B[K");
  return [good("views", `${actors} actors read: ${right} entries were right, ${mended} put right, ${gone} removed`)];
}

/** Connects, and says how that went. */
async function reach(report: Report): Promise<AsyncDisposable & { readonly client: Client | undefined }> {
  let client: Client | undefined;
  await report.check("bus", async () => {
    const bus = findBus();
    client = await connectAs(OPERATOR, bus);
    return [good("bus", `reached at ${bus.url}`)];
  });
  return { client, [Symbol.asyncDispose]: async () => client?.[Symbol.asyncDispose]() };
}

/** Findings, told as they come: under titles and summed up for people, a line each for programs. */
class Report {
  readonly #findings: Finding[] = [];
  readonly #asJson: boolean;

  constructor(asJson: boolean) {
    this.#asJson = asJson;
  }

  get isBad(): boolean {
    return this.#findings.some(({ level }) => level === "bad");
  }

  /** Begins a group. */
  title(text: string): void {
    if (!this.#asJson) this.#print(`${this.#findings.length > 0 ? "\n" : ""}${styleText("bold", text)}`);
  }

  /** Runs a check and tells what it found; one that fails is a finding, and the others go on. */
  async check(name: string, run: Run): Promise<void> {
    for (const finding of await attempt(name, run)) {
      this.#findings.push(finding);
      this.#print(...(this.#asJson ? [JSON.stringify(finding)] : findingLines(finding)));
    }
  }

  /** Sums up. */
  end(): void {
    if (!this.#asJson) this.#print(...summaryLines(this.#findings));
  }

  #print(...lines: readonly string[]): void {
    process.stdout.write(withoutSecrets(`${lines.join("\n")}\n`));
  }
}

async function attempt(name: string, run: Run): Promise<readonly Finding[]> {
  try {
    return await run();
  } catch (error) {
    const { message, hint } = explain(error);
    return [bad(name, message, hint ?? "thalassa up puts most things right; its log is in the home")];
  }
}
