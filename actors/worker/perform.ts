import { type HoldingRule, rulesOf } from "#actors/policy/mod.ts";
import { LiveWords, type Question, type ThinkPort, think } from "#actors/thinking/mod.ts";
import { type Denied, offered, type Turn } from "#actors/turn/mod.ts";
import type { Tools } from "#runtime/mod.ts";
import { type Address, parseAddress } from "#subjects/mod.ts";
import { workerContract } from "#subjects/worker.ts";
import { MAX_CALLS } from "./answer.ts";
import { choosePlace, type PlacePort } from "./place.ts";
import type { WorkerStep } from "./steps.ts";
import type { Brought, JudgedThought } from "./thought.ts";
import { WORKER_TOOLS } from "./tools.ts";
import { verdictsOf } from "./verdicts.ts";

/** What a worker does its work with. */
export type WorkPort = ThinkPort &
  PlacePort & {
    /** The text under a key of who the agents are; the rules of the policy are among them. */
    readonly policy: (key: string) => Promise<string | undefined>;
  };

/** Told to the model at the last call that a job has. */
const LAST_CALL = "(This is your last call: say now how the task stands.)";

const TOOLS = offered(WORKER_TOOLS);

/** Makes the `perform` of a worker: chooses a host, or calls a model and has the policy judge what it wants. */
export function performWith(port: WorkPort) {
  return async (step: WorkerStep, tools: Tools<Brought>): Promise<Brought> => {
    switch (step.type) {
      case "place":
        return await choosePlace(step, port, tools.signal);
      case "settle":
        return { gone: true };
      case "think":
        return await thinkAbout(step, tools, port);
    }
  };
}

async function thinkAbout(
  { turn, job }: Extract<WorkerStep, { type: "think" }>,
  tools: Tools<Brought>,
  port: WorkPort,
): Promise<JudgedThought | Denied> {
  const { address, signal } = tools;
  using words = new LiveWords(tools);
  const spenders = [{ conversation: job.for ?? address, who: job.who }];
  const told = (text: string, attempt: number): void => words.push(text, attempt);
  const thought = await think(questionOf(turn), { address, signal, spenders }, port, told);
  if ("denied" in thought) return thought;
  return { ...thought, verdicts: verdictsOf(thought.content, job, await holdingRules(address, port)) };
}

async function holdingRules(address: Address, { policy }: WorkPort): Promise<readonly HoldingRule[]> {
  return await rulesOf(parseAddress(address).agent, policy);
}

/** What a model is asked next: the task, and what was done so far. */
export function questionOf(turn: Turn): Question {
  const window = { lines: turn.lines, open: turn.lines.length, before: 0, heard: 1, said: turn.calls };
  const notes = turn.calls + 1 >= MAX_CALLS ? [LAST_CALL] : [];
  return { kind: workerContract.kind, window, tools: TOOLS, notes };
}
