import { modelsFrom } from "#models/mod.ts";
import type { Kind } from "#runtime/mod.ts";
import { workerContract } from "#subjects/worker.ts";
import { decideWith } from "./decide.ts";
import { evolve } from "./evolve.ts";
import { performWith, type WorkPort } from "./perform.ts";
import { type WorkerRules, workerRulesFrom } from "./rules.ts";
import { sends } from "./sends.ts";
import { initial, STATE_VERSION, status, type WorkerState } from "./state.ts";
import { steps, type WorkerStep } from "./steps.ts";
import type { Brought } from "./thought.ts";

/** A job, as the runtime runs it. */
export type WorkerKind = Kind<typeof workerContract, WorkerState, WorkerStep, Brought>;

/** The kind `worker` on what it works with, under these rules. */
export function workerKind(port: WorkPort, rules: WorkerRules): WorkerKind {
  return {
    contract: workerContract,
    stateVersion: STATE_VERSION,
    initial,
    decide: decideWith(rules),
    evolve,
    sends,
    steps,
    perform: performWith(port),
    answers: { status },
  };
}

const nothing = async (): Promise<readonly never[]> => [];

/** The kind `worker` for whoever folds logs: it thinks offline, and has nowhere to work. */
export const worker: WorkerKind = workerKind(
  {
    models: modelsFrom("worker", {}),
    hosts: nothing,
    environments: nothing,
    policy: async () => undefined,
  },
  workerRulesFrom({}),
);
