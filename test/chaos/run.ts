import { setTimeout as delay } from "node:timers/promises";
import { KINDS, OPERATOR } from "#subjects/kinds.ts";
import { startServer } from "#support/server.ts";
import { Chance } from "./chance.ts";
import {
  byAddress,
  checkAnswered,
  checkChains,
  checkHeard,
  checkState,
  checkTold,
  checkViews,
  type Logs,
  type Violation,
} from "./checks.ts";
import type { ChaosOptions } from "./options.ts";
import { OverHttp } from "./over-http.ts";
import type { Asked } from "./stand-in.ts";
import { Store, type Stored } from "./stored.ts";
import { Storm } from "./storm.ts";
import { type Speaking, Talker } from "./talker.ts";
import { Tap } from "./tap.ts";
import { TOOL_KINDS, WithTools } from "./with-tools.ts";

/** Within a round the messages come, and then the fault. Units: ms. */
const ROUND_MS = { messages: 500, fault: { from: 150, to: 700 }, rest: 600 } as const;

/** How long the system may take to come to rest once nothing is broken any more. Units: ms. */
const REST_MS = 60_000;

/** Everything a run did and saw. */
export type Outcome = {
  readonly options: ChaosOptions;
  readonly storm: Storm;
  readonly talker: Speaking;
  /** What there is to say of the HTTP bridge, where it took part. */
  readonly overHttp?: string;
  /** And of what was thought with tools, and each request to the model. */
  readonly withTools?: { readonly summary: string; readonly asked: readonly Asked[] };
  readonly tap: Tap;
  /** Of the channels. */
  readonly log: readonly Stored[];
  readonly logs: Logs;
  readonly violations: readonly Violation[];
  /** Units: ms. */
  readonly tookMs: number;
  readonly restMs: number;
};

/** Talks to channels while their processes and the server are killed and stopped, then checks what came of it. */
export async function runChaos(options: ChaosOptions): Promise<Outcome> {
  const startedAt = performance.now();
  await using server = await startServer({ kinds: KINDS });
  const chance = new Chance(options.seed);
  await using tools = options.plain ? undefined : await WithTools.begin(options.seed);
  const parts = { kinds: tools === undefined ? { channel: 100 } : TOOL_KINDS, env: tools?.env ?? {} };
  await using storm = await Storm.gather(server, chance, options, parts);
  await using http = options.over === "http" ? await OverHttp.begin(server, chance, options) : undefined;
  await using talker: Speaking = http?.talker ?? (await Talker.connect(server, chance, options));
  const tap = await Tap.open(server);
  await rage(options, chance, storm, talker, tap, () => http?.strike());
  await storm.calm();
  await http?.calm();
  await talker.done();
  const store = await Store.over(await server.connect(OPERATOR));
  const calmAt = performance.now();
  const left = await untilAtRest(store, Object.keys(parts.kinds));
  const restMs = performance.now() - calmAt;
  await tap.flush();
  const logs = await logsOf(store, Object.keys(parts.kinds));
  const log = logs.channel ?? [];
  const violations = [
    ...left,
    ...checkHeard(log, talker.messages),
    ...checkAnswered(log),
    ...Object.entries(logs).flatMap(([kind, records]) => [...checkChains(records), ...checkTold(kind, records, tap)]),
    ...tap.dead.map((subject) => ({ what: `a dead letter: ${subject}` })),
    ...checkViews(log, await store.viewed()),
    ...((await tools?.check(logs, store)) ?? []),
    ...((await http?.check(log)) ?? []),
    ...(await checkStates(store, logs, "live")),
  ];
  await storm.startAfresh();
  violations.push(...(await checkStates(store, logs, "read back")), ...troubles(storm));
  const tookMs = performance.now() - startedAt;
  const overHttp = http === undefined ? {} : { overHttp: http.summary };
  const withTools = tools === undefined ? {} : { withTools: { summary: tools.summary, asked: tools.asked } };
  return { options, storm, talker, tap, log, logs, violations, tookMs, restMs, ...overHttp, ...withTools };
}

async function logsOf(store: Store, kinds: readonly string[]): Promise<Logs> {
  const logs = kinds.map(async (kind) => [kind, await store.log(kind)] as const);
  return Object.fromEntries(await Promise.all(logs));
}

/** Rounds of a few messages and one fault, until there were enough of both. */
async function rage(
  options: ChaosOptions,
  chance: Chance,
  storm: Storm,
  talker: Speaking,
  tap: Tap,
  strikeBridge: () => void,
): Promise<void> {
  const { messages, faults } = options;
  while (talker.messages.length < messages || storm.struck < faults) {
    const due = Math.ceil((messages * (storm.struck + 1)) / faults) - talker.messages.length;
    const wanted = Math.min(due, messages - talker.messages.length);
    const saying = Array.from({ length: Math.max(0, wanted) }, async () => {
      await delay(chance.between(0, ROUND_MS.messages));
      talker.say();
    });
    await delay(chance.between(ROUND_MS.fault.from, ROUND_MS.fault.to));
    strikeBridge();
    if (storm.struck < faults) await storm.strike((pid) => tap.thinking(pid));
    await Promise.all(saying);
    await delay(chance.between(0, ROUND_MS.rest));
  }
}

/** At rest the mail streams are empty. */
async function untilAtRest(store: Store, kinds: readonly string[]): Promise<readonly Violation[]> {
  const until = performance.now() + REST_MS;
  while (true) {
    const left = Object.entries(await store.leftovers(kinds)).filter(([, count]) => count > 0);
    if (left.length === 0) return [];
    if (performance.now() > until)
      return left.map(([stream, count]) => ({ what: `${count} messages are left in ${stream} after ${REST_MS} ms` }));
    await delay(50);
  }
}

async function checkStates(store: Store, logs: Logs, how: string): Promise<readonly Violation[]> {
  const checks = [...byAddress(Object.values(logs).flat())].map(async ([address, records]) =>
    checkState(address, records, await store.ask(address)),
  );
  const violations = (await Promise.all(checks)).flat();
  return violations.map((violation) => ({ ...violation, what: `${how}: ${violation.what}` }));
}

/** A process never meets what it did not expect, and never breaks. */
function troubles(storm: Storm): readonly Violation[] {
  const errors = storm.lines.filter(({ level, event }) => level >= 50 && event !== "failed");
  return [
    ...errors.map((line) => ({ what: `a process was in trouble: ${JSON.stringify(line)}` })),
    ...storm.garbled.map((line) => ({ what: `a process broke: ${line}` })),
  ];
}
