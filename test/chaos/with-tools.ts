import { branchContract } from "#subjects/branch.ts";
import { channelContract } from "#subjects/channel.ts";
import { cortexContract } from "#subjects/cortex.ts";
import type { Logs, Violation } from "./checks.ts";
import { checkLedger, spentIn } from "./ledger-checks.ts";
import { type Asked, ModelStandIn } from "./stand-in.ts";
import type { Store } from "./stored.ts";
import { type Thinking, thinkingIn } from "./thoughts.ts";
import { begunIn, checkBranches, checkCalls, checkReports, checkResults, checkSeen, reportsIn } from "./turn-checks.ts";

/** Kinds that take part, and of a hundred faults of a process those that hit one of them. */
export const TOOL_KINDS = { channel: 60, branch: 32, cortex: 8 } as const;

/** So little that every run reaches it. Units: US dollars. */
const WARN_USD = "0.0005";

/** The model with tools, where chaos has one. */
export class WithTools implements AsyncDisposable {
  readonly #model: ModelStandIn;
  #told = "";

  private constructor(model: ModelStandIn) {
    this.#model = model;
  }

  /** Starts the stand-in of a model. */
  static async begin(seed: number): Promise<WithTools> {
    return new WithTools(await ModelStandIn.start(seed));
  }

  /** What processes need to think with it. */
  get env(): Readonly<Record<string, string>> {
    return { ...this.#model.env, THALASSA_BUDGET_WARN_USD: WARN_USD };
  }

  /** What turns, branches and the ledger came to. */
  async check(logs: Logs, store: Store): Promise<readonly Violation[]> {
    const thinking = await thinkingIn(logs);
    this.#told = tellOf(logs, thinking, this.#model.asked);
    return [
      ...this.#model.problems.map((what) => ({ what })),
      ...thinking.violations,
      ...checkCalls(thinking.thoughts, this.#model.asked),
      ...checkResults(logs),
      ...checkBranches(logs),
      ...checkReports(logs.channel ?? []),
      ...checkSeen(logs.channel ?? []),
      ...checkLedger(logs, await store.entries("budgets.>")),
      ...(await checkTimers(logs, store)),
    ];
  }

  /** Every request to the model. */
  get asked(): readonly Asked[] {
    return this.#model.asked;
  }

  /** How often what happened. */
  get summary(): string {
    return this.#told;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#model[Symbol.asyncDispose]();
  }
}

/** What waits is one timer for each branch, on either side. */
async function checkTimers(logs: Logs, store: Store): Promise<readonly Violation[]> {
  const wanted = begunIn(logs.channel ?? []).length;
  const kinds = [channelContract.kind, branchContract.kind, cortexContract.kind];
  const [overdue, timeout, other] = await Promise.all(kinds.map((kind) => store.timers(kind)));
  const what = `${overdue} timers of channels, ${timeout} of branches and ${other} of the cortex wait, for ${wanted} branches`;
  return overdue === wanted && timeout === wanted && other === 0 ? [] : [{ what }];
}

function tellOf(logs: Logs, { thoughts }: Thinking, asked: readonly Asked[]): string {
  const { channel = [], branch = [] } = logs;
  const events = (among: typeof channel, name: string): number => among.filter(({ event }) => event === name).length;
  const ends = branch.filter(({ event }) => event === "concluded").map(({ data }) => data as { outcome: string });
  const outcomes = Object.entries(Object.groupBy(ends, ({ outcome }) => outcome));
  const { calls, tokens, microUsd } = spentIn(logs);
  const resumed = thoughts.reduce((sum, each) => sum + each.resumed, 0);
  const repeated = asked.length - new Set(asked.map(({ key }) => key)).size;
  const untold = reportsIn(channel).filter(({ end }) => end === "failed").length;
  const cut = asked.filter(({ isWhole }) => !isWhole).length;
  return [
    `with tools: ${asked.length} requests for ${thoughts.length} calls of the model, ${repeated} of them repeats (${resumed} resumed), ${cut} cut off`,
    `${events(channel, "used")} tools used by channels and ${events(branch, "used")} by branches`,
    `${begunIn(channel).length} branches (${outcomes.map(([outcome, all]) => `${all?.length} ${outcome}`).join(", ")}), ${untold} of their conclusions in turns that came to nothing`,
    `${events(channel, "warned")} warned; ${calls} answers charged: ${tokens} tokens, ${microUsd} µ$`,
  ].join("; ");
}
