import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { Chance } from "#chaos/chance.ts";
import { byAddress, checkChains, checkState, checkTold, type Logs, type Violation } from "#chaos/checks.ts";
import { Store } from "#chaos/stored.ts";
import { Tap } from "#chaos/tap.ts";
import { connectAs } from "#deploy/access.ts";
import type { Client } from "#runtime/mod.ts";
import { OPERATOR } from "#subjects/kinds.ts";
import type { Address } from "#subjects/mod.ts";
import { startServer } from "#support/server.ts";
import { checkHost, checkMail, checkSlots, checkViews, KINDS_AT_WORK, settled } from "./aftermath.ts";
import { checkCounted, checkMoves, checkSteps, type Ending, endingOf } from "./checks.ts";
import { Crew } from "./crew.ts";
import { type HostRecord, hostRecord, type JobRecord, jobRecord } from "./job-record.ts";
import type { JobChaosOptions } from "./options.ts";
import type { ReadArtifact } from "./output-checks.ts";
import { type PlannedJob, type PlannedStep, planJobs } from "./plan.ts";
import { type Reader, Requester } from "./requester.ts";
import { setStage } from "./stage.ts";

/** Within a round jobs come, and then something is killed. Units: ms. */
const ROUND_MS = { from: 300, to: 1_500 } as const;

/** What a process that has just started says of itself may change once more within this time. Units: ms. */
const STATE_MS = 10_000;

/** A job, what its log says, which of its steps ran to their end, and how it ended. */
export type Judged = {
  readonly job: PlannedJob;
  readonly record: JobRecord;
  readonly ran: readonly PlannedStep[];
  readonly ending: Ending;
};

/** Everything that a run did and saw. Units: ms. */
export type JobOutcome = {
  readonly options: JobChaosOptions;
  readonly crew: Crew;
  readonly logs: Logs;
  readonly judged: readonly Judged[];
  readonly readers: number;
  readonly violations: readonly Violation[];
  readonly tookMs: number;
};

/** Has jobs done while everything under them is killed, then checks what came of it. */
export async function runJobChaos(options: JobChaosOptions): Promise<JobOutcome> {
  const startedAt = performance.now();
  const chance = new Chance(options.seed);
  await using stage = await setStage(options.withEngine);
  await using server = await startServer();
  const tap = await Tap.open(server);
  await using crew = await Crew.gather({ server, engine: stage.own, chance, env: stage.env });
  await using client = await connectAs("terminal", server);
  const requester = new Requester(client);
  await rage(options, chance, crew, requester, planJobs(chance, options.jobs, stage.scene.lasting));
  await crew.calm();
  await requester.done();
  await Promise.all(requester.begun.map(({ address }) => requester.ended(address)));
  const store = await Store.over(await server.connect(OPERATOR));
  const mail = await checkMail(store);
  const first = await judge(options, requester.begun, await logsOf(store), client);
  const readers = await readOut(requester, first.judged);
  const after = [
    ...mail,
    ...(await checkMail(store)),
    ...(await checkSlots(client)),
    ...(await checkHost(client, stage.host, stage.scene)),
  ];
  await tap.flush();
  const logs = await logsOf(store);
  const records = jobRecords(logs);
  after.push(
    ...first.violations,
    ...readers.flatMap((reader) => checkReader(reader, first.judged, records, hostRecord(logs.executor ?? []))),
    ...(await checkViews(store, [...records.values()], stage.host)),
    ...Object.entries(logs).flatMap(([kind, all]) => [...checkChains(all), ...checkTold(kind, all, tap)]),
    ...tap.dead.map((subject) => ({ what: `a dead letter: ${subject}` })),
    ...(await checkStates(store, "live")),
  );
  await crew.startAfresh();
  after.push(...(await checkStates(store, "read back")), ...troubles(crew));
  const tookMs = performance.now() - startedAt;
  return { options, crew, logs, judged: first.judged, readers: readers.length, violations: after, tookMs };
}

/** Rounds of a few jobs and one kill, until there were enough of both. */
async function rage(
  { jobs, kills, panics }: JobChaosOptions,
  chance: Chance,
  crew: Crew,
  requester: Requester,
  planned: readonly PlannedJob[],
): Promise<void> {
  for (let round = 1; crew.kills.length < kills || requester.begun.length < jobs; round++) {
    // All are begun while there is still a third of the kills to come.
    const due = Math.min(jobs, Math.ceil((1.5 * jobs * (crew.kills.length + 1)) / kills));
    for (const job of planned.slice(requester.begun.length, due)) requester.begin(job);
    await delay(chance.between(ROUND_MS.from, ROUND_MS.to));
    if (crew.kills.length < kills) await crew.strike();
    if (panics && round === Math.ceil(kills / 2)) requester.panic();
  }
}

async function judge(
  options: JobChaosOptions,
  planned: readonly PlannedJob[],
  logs: Logs,
  client: Client,
): Promise<{ readonly judged: readonly Judged[]; readonly violations: readonly Violation[] }> {
  const [records, host] = [jobRecords(logs), hostRecord(logs.executor ?? [])];
  const storm = { panicked: options.panics, withEngine: options.withEngine };
  const judged: Judged[] = [];
  const violations: Violation[] = [];
  for (const job of planned) {
    const record = records.get(job.address) ?? jobRecord(job.address, []);
    const { ran, violations: wrong } = await checkSteps(job, record, host, readWith(client));
    const ending = endingOf(job, record, ran, storm);
    judged.push({ job, record, ran, ending });
    violations.push(...wrong, ...checkMoves(record, host));
    if (ending === "wrong")
      violations.push({ what: `it is ${record.states.at(-1)}: ${record.final}`, address: job.address });
  }
  const meant = new Set<Address>(planned.map(({ address }) => address));
  const unmeant = [...records.keys()].filter((address) => !meant.has(address));
  return { judged, violations: [...violations, ...unmeant.map((address) => ({ what: "nobody began it", address }))] };
}

/** Of a job that did not come to its own reading, another one reads. */
async function readOut(requester: Requester, judged: readonly Judged[]): Promise<readonly Reader[]> {
  const readers: Reader[] = [];
  for (const { job, record, ending } of judged) {
    const hadPlace = record.events.some(({ type }) => type === "attached");
    if (ending !== "whole" && hadPlace) readers.push(await requester.read(job.address));
  }
  return readers;
}

function checkReader(
  { of, address }: Reader,
  judged: readonly Judged[],
  records: ReadonlyMap<Address, JobRecord>,
  host: HostRecord,
): readonly Violation[] {
  const [read, record] = [judged.find(({ job }) => job.address === of), records.get(address)];
  const [order] = record?.orders ?? [];
  const result = order && host.results.get(order.order.data.order)?.[0];
  if (read === undefined || record === undefined || result?.type !== "exec" || result.how !== "ended") {
    return [{ what: `what ${of} counted could not be read: ${record?.final}`, address }];
  }
  const { length } = record.orders;
  const more = length === 1 ? [] : [{ what: `it was to read, and ordered ${length} times`, address }];
  return [...more, ...checkMoves(record, host), ...checkCounted(read.job, read.ran, result.stdout.text)];
}

async function logsOf(store: Store): Promise<Logs> {
  const logs = KINDS_AT_WORK.map(async (kind) => [kind, await store.log(kind)] as const);
  return Object.fromEntries(await Promise.all(logs));
}

function jobRecords({ worker = [] }: Logs): ReadonlyMap<Address, JobRecord> {
  return new Map([...byAddress(worker)].map(([address, records]) => [address, jobRecord(address, records)]));
}

function readWith(client: Client): ReadArtifact {
  return async (name) => {
    const found = await client.artifact(name);
    return found && (await text(found.content));
  };
}

/** What each actor says of itself is what its log folds to, once nothing happens to it any more. */
async function checkStates(store: Store, how: string): Promise<readonly Violation[]> {
  const look = async (): Promise<readonly Violation[]> => {
    const actors = [...byAddress(Object.values(await logsOf(store)).flat())];
    const checks = actors.map(async ([address, records]) => checkState(address, records, await store.ask(address)));
    return (await Promise.all(checks)).flat();
  };
  const wrong = await settled(look, ({ length }) => length === 0, STATE_MS);
  return wrong.map((each) => ({ ...each, what: `${how}: ${each.what}` }));
}

/** A process never meets what it did not expect, and never breaks. */
function troubles(crew: Crew): readonly Violation[] {
  const errors = crew.lines.filter(({ level, event }) => level >= 50 && event !== "failed");
  return [
    ...errors.map((line) => ({ what: `a process was in trouble: ${JSON.stringify(line)}` })),
    ...crew.garbled.map((line) => ({ what: `a process broke: ${line}` })),
  ];
}
