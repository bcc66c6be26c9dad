import { cancel, log, note, outro } from "@clack/prompts";
import { lookHere } from "#deploy/environments/looking.ts";
import { noEnvironmentsYet, whyNoEnvironments } from "#deploy/environments/missing.ts";
import { executorOptionsHere } from "#deploy/environments/options.ts";
import { BadUse } from "#deploy/failure.ts";
import { homeRoot, openHome } from "#deploy/home.ts";
import { homeTokenFile } from "#deploy/home-token.ts";
import { changeSettingsFile, readSettingsFile } from "#deploy/settings/file.ts";
import { asked, isIdle, Left, type Plan, requireFree, requireOwnPorts, rootOf } from "#deploy/settings/prompts.ts";
import {
  type Answers,
  changesOf,
  checkAnswer,
  overriding,
  presentValue,
  QUESTIONS,
} from "#deploy/settings/questions.ts";
import { processesKey } from "#deploy/settings/table.ts";
import { requireAnswered } from "#deploy/settings/unanswered.ts";
import { commandName } from "#deploy/up-settings.ts";
import { KINDS } from "#subjects/mod.ts";

/** Options of `thalassa setup` as they are typed. */
export type SetupOptions = {
  readonly home?: string;
  readonly port?: string;
  readonly monitorPort?: string;
  readonly durability?: string;
  readonly http?: boolean;
  readonly httpPort?: string;
  readonly processes?: string;
  readonly service?: boolean;
  readonly yes?: true;
  readonly json?: true;
};

/** Asks what the options leave open, then writes everything at once; leaving in the middle changes nothing. */
export async function setup(options: SetupOptions): Promise<number> {
  const isAsking = process.stdin.isTTY === true && process.stdout.isTTY === true && !options.yes && !options.json;
  const told = toldBy(options);
  if (!isAsking && !options.yes) requireAll(options, told);
  try {
    const plan = isAsking ? await asked(options, told) : await assumed(options, told);
    return await carryOut(plan, options);
  } catch (error) {
    if (!(error instanceof Left)) throw error;
    cancel("Nothing was changed.");
    return 1;
  }
}

function toldBy({ port, monitorPort, durability, http, httpPort, processes }: SetupOptions): Answers {
  const told = {
    ...(port === undefined ? {} : { "bus.port": port }),
    ...(monitorPort === undefined ? {} : { "bus.monitor_port": monitorPort }),
    ...(durability === undefined ? {} : { durability }),
    ...(http === undefined ? {} : { "http.on": String(http) }),
    ...(httpPort === undefined ? {} : { "http.port": httpPort }),
    ...(processes === undefined ? {} : processesIn(processes)),
  };
  for (const question of QUESTIONS) {
    const answer: string | undefined = Object.entries(told).find(([key]) => key === question.key)?.[1];
    if (answer !== undefined) checkAnswer(question, answer);
  }
  return told;
}

/** Shape: `channel=2,worker=4`. */
function processesIn(list: string): Answers {
  const known = KINDS.map(({ kind }) => kind);
  return Object.fromEntries(
    list.split(",").map((part) => {
      const [kind = "", count] = part.trim().split("=");
      if (count === undefined || !known.includes(kind)) {
        throw new BadUse(
          `--processes ${JSON.stringify(part)} names no kind and number`,
          `use ${known.map((each) => `${each}=1`).join(",")}`,
        );
      }
      return [processesKey(kind), count];
    }),
  );
}

function requireAll({ service }: SetupOptions, told: Answers): void {
  const open = QUESTIONS.filter((each) => told[each.key] === undefined && !isIdle(each, told)).map(
    ({ option }) => option,
  );
  const missing = [...new Set(open), ...(service === undefined ? ["--service or --no-service"] : [])];
  requireAnswered(missing, "give them, or --yes, which leaves the rest as it is");
}

async function assumed(options: SetupOptions, told: Answers): Promise<Plan> {
  const root = rootOf(options.home);
  const file = readSettingsFile(root);
  const present = QUESTIONS.map((each) => [each.key, String(presentValue(each, file, process.env, told))]);
  requireOwnPorts(Object.fromEntries(present));
  for (const question of QUESTIONS) {
    const answer = told[question.key];
    if (question.isPort && answer !== undefined) await requireFree(question, answer, root);
  }
  return { root, file, answers: told, service: options.service === true };
}

async function carryOut({ root, file, answers, service }: Plan, options: SetupOptions): Promise<number> {
  const home = openHome({ ...process.env, THALASSA_HOME: root });
  const changes = changesOf(answers, file, process.env);
  changeSettingsFile(file, changes);
  const lack = whyNoEnvironments(await lookHere(executorOptionsHere(home.root)));
  const isHttpOn = presentValue({ key: "http.on" }, file, process.env, answers) === true;
  const report: Report = {
    home: home.root,
    file: file.path,
    changed: changes.map(({ key, value }) => ({ key, value })),
    hidden: overriding(answers, process.env),
    ...(isHttpOn ? { token: homeTokenFile(home) } : {}),
    ...(lack === undefined ? {} : { noEnvironments: lack }),
  };
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else tell(report, root !== homeRoot(), service);
  if (!service) return 0;
  process.env.THALASSA_HOME = root;
  return await (await import("./service.ts")).install(options.json ? { json: true } : {});
}

/** What was done. */
type Report = {
  readonly home: string;
  readonly file: string;
  readonly changed: readonly { readonly key: string; readonly value: unknown }[];
  /** Variables that win over an answer here. */
  readonly hidden: readonly string[];
  readonly token?: string;
  /** Why jobs could run nothing on this host. */
  readonly noEnvironments?: string;
};

function tell(
  { home, file, changed, hidden, token, noEnvironments }: Report,
  isElsewhere: boolean,
  service: boolean,
): void {
  const lines = changed.map(({ key, value }) => `${key} = ${JSON.stringify(value)}`);
  note(lines.length === 0 ? "nothing to change" : lines.join("\n"), file);
  for (const variable of hidden) log.warn(`${variable} is set in this environment, and wins over the file here.`);
  if (token !== undefined) log.info(`HTTP asks for a token; thalassa up keeps this home's own in ${token}`);
  if (isElsewhere) log.info(`This home is not the default one: set THALASSA_HOME=${home} for every command.`);
  const cli = commandName(process.env);
  if (noEnvironments !== undefined) log.warn(noEnvironmentsYet(noEnvironments));
  const start = isElsewhere ? `THALASSA_HOME=${home} ${cli} up` : `${cli} up`;
  const first = service ? `Talk with: ${cli} chat` : `Start it with: ${start}`;
  outro(`${first}   ·   see every setting: ${cli} config   ·   check everything: ${cli} doctor`);
}
