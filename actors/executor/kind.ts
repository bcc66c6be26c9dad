import type { z } from "zod";
import type { Kind } from "#runtime/mod.ts";
import { executorContract } from "#subjects/executor.ts";
import { decideWith } from "./decide.ts";
import { noEngine } from "./engine-choice.ts";
import { evolve } from "./evolve.ts";
import type { Brought } from "./judge-end.ts";
import { performWith } from "./perform.ts";
import type { ExecutorPort } from "./port.ts";
import { prunable } from "./prune.ts";
import { DEFAULT_RULES, type ExecutorRules } from "./rules.ts";
import { sends } from "./sends.ts";
import { type ExecutorState, initial, STATE_VERSION } from "./state.ts";
import { type ExecutorStep, steps } from "./steps.ts";

/** A host's environments, as the runtime runs them. */
export type ExecutorKind = Kind<typeof executorContract, ExecutorState, ExecutorStep, Brought>;

/** The kind `executor` under these rules, on what it does its work with. Units: `clock` ms since 1970. */
export function executorKind(rules: ExecutorRules, port: ExecutorPort, clock: () => number = Date.now): ExecutorKind {
  return {
    contract: executorContract,
    stateVersion: STATE_VERSION,
    initial,
    decide: decideWith(rules),
    evolve,
    sends,
    steps,
    perform: performWith(port),
    answers: { list: (state) => list(state, rules, clock()) },
  };
}

/** The kind `executor` for whoever folds logs: it has no engine. */
export const executor: ExecutorKind = executorKind(DEFAULT_RULES, {
  engine: noEngine("nothing is run where logs are only read"),
  previews: { open: nothing, close: nothing, restore: () => {}, notes: () => [] },
  doors: { open: nothing, admit: nothing, close: nothing },
});

function nothing(): Promise<never> {
  return Promise.reject(new Error("nothing is run where logs are only read"));
}

/** The environments of a host, and what would be thrown away at this time. Units: `at` ms since 1970. */
function list(state: ExecutorState, rules: ExecutorRules, at: number): z.output<typeof executorContract.asks.list> {
  const { engine, problem, notes, environments } = state;
  return {
    engine,
    ...(problem === undefined ? {} : { problem }),
    notes: [...notes],
    environments: Object.entries(environments).map(([env, { by, state: stands, since, open, previews }]) => ({
      env,
      by,
      state: stands,
      since,
      running: Object.keys(open).length,
      previews: previews.filter(({ until }) => until > at),
    })),
    prunable: prunable(state, rules, at).map(({ env, why }) => ({ env, why })),
  };
}
