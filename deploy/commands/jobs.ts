import { setTimeout as delay } from "node:timers/promises";
import { allJobs } from "#bridges/terminal/job-named.ts";
import { assignmentText, standingText } from "#bridges/terminal/job-shown.ts";
import { connectAs, findBus } from "#deploy/access.ts";
import { BadUse } from "#deploy/failure.ts";
import { untilInterrupted } from "#deploy/interrupt.ts";
import { duration, table } from "#deploy/table.ts";
import { terminalContract } from "#subjects/clients.ts";
import { JOB_STATES, type JobState } from "#subjects/job.ts";
import { type ListedJob, listed } from "#subjects/job-list.ts";
import { personText } from "#subjects/job-verbs.ts";
import { DEFAULT_AGENT, parseAddress } from "#subjects/mod.ts";

type Options = {
  readonly state?: string;
  readonly all?: true;
  readonly agent?: string;
  readonly watch?: true;
  readonly json?: true;
};

/** How often a list that is watched is read again. Units: ms. */
const WATCH_MS = 1_000;

/** Lists jobs; with `watch` again and again, until somebody ends it. */
export async function jobs(options: Options): Promise<number> {
  const states = options.state === undefined ? undefined : statesOf(options.state);
  const listing = { ...(states === undefined ? {} : { states }), all: options.all === true };
  await using client = await connectAs(terminalContract.client, findBus());
  const read = async () => listed(await allJobs(client, options.agent), listing, Date.now());
  if (!options.watch) {
    const found = await read();
    print(options.json ? found.map((job) => JSON.stringify(job)) : tableOf(found));
    return 0;
  }
  const signal = untilInterrupted();
  const shown = new Map<string, string>();
  while (!signal.aborted) {
    show(await read(), shown, options.json === true);
    await delay(WATCH_MS, undefined, { signal }).catch(() => {});
  }
  return 0;
}

/** On a terminal the whole list anew, elsewhere what has changed since it was shown last. */
function show(found: readonly ListedJob[], shown: Map<string, string>, asJson: boolean): void {
  const changed = found.filter((job) => shown.get(job.address) !== JSON.stringify(job));
  const isScreen = process.stdout.isTTY && !asJson;
  const isFirst = shown.size === 0;
  for (const job of changed) shown.set(job.address, JSON.stringify(job));
  if (isScreen) process.stdout.write("\x1b[2J\x1b[H");
  if (asJson) print(changed.map((job) => JSON.stringify(job)));
  else if (isScreen || (isFirst && changed.length > 0)) print(tableOf(found));
  else print(changed.map((job) => rowOf(job).join("  ")));
}

function tableOf(found: readonly ListedJob[]): readonly string[] {
  if (found.length === 0) return ["no jobs; thalassa job start TEXT begins one, thalassa jobs --all lists older ones"];
  return table(["JOB", "STATE", "SINCE", "WHO", "WHAT", ""], found.map(rowOf));
}

function rowOf(job: ListedJob): readonly string[] {
  const { agent } = parseAddress(job.address);
  const since = duration(Math.max(Date.now() - job.at, 0));
  const name = agent === DEFAULT_AGENT ? job.id : job.address;
  return [name, job.state, since, personText(job.who), assignmentText(job), standingText(job)];
}

/** Throws: BadUse. */
function statesOf(text: string): readonly JobState[] {
  return text.split(",").map((word) => {
    const state = JOB_STATES.find((each) => each === word.trim());
    if (state !== undefined) return state;
    throw new BadUse(`no job stands as ${JSON.stringify(word)}`, `use ${JOB_STATES.join(", ")}, divided by commas`);
  });
}

function print(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
}
