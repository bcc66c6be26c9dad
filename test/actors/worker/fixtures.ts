import { type WorkerKind, workerKind } from "#actors/worker/kind.ts";
import { workerRulesFrom } from "#actors/worker/rules.ts";
import type { JudgedThought } from "#actors/worker/thought.ts";
import { type AnswerPart, modelsFrom } from "#models/mod.ts";
import type { Job } from "#subjects/job.ts";
import type { Address, Who } from "#subjects/mod.ts";
import type { WorkerEvent } from "#subjects/worker.ts";

/** The job of these tests, and whom it knows. */
export const ADDRESS: Address = "main.worker.spec";
/** Its conversation. */
export const CHANNEL: Address = "main.channel.terminal-default";
/** Its agent's steward. */
export const CORTEX: Address = "main.cortex.main";
/** The executor of its host. */
export const EXECUTOR: Address = "main.executor.here";

/** An owner. */
export const ada: Who = { party: "terminal", id: "ada" };
/** A user. */
export const bob: Who = { party: "telegram", id: "4711" };
/** A stranger. */
export const eve: Who = { party: "telegram", id: "666" };

/** By what it is judged. */
export const RULES = workerRulesFrom({ THALASSA_ROLES_USERS: "telegram:4711", THALASSA_JOBS_MINUTES: "10" });

/** The kind under these rules. */
export const kind: WorkerKind = workerKind(
  {
    models: modelsFrom("worker", {}),
    hosts: async () => [],
    environments: async () => [],
    policy: async () => undefined,
  },
  RULES,
);

/** A task of Ada's. */
export const job = (more: Partial<Job> = {}): Job => ({
  assignment: { type: "task", text: "count the stars" },
  who: ada,
  role: "owner",
  env: "main-spec",
  for: CHANNEL,
  ...more,
});

/** A line that Ada wants run. */
export const RUN = job({ assignment: { type: "run", text: "make stars" } });

/** A job that runs on a host, with its environment there. */
export const running = (of: Job = job()): readonly WorkerEvent[] => [
  { type: "requested", data: { job: of } },
  { type: "started", data: { job: of, limitMs: RULES.limitMs } },
  { type: "placed", data: { job: of, host: "here", order: `${ADDRESS}:up-0`, bounds: RULES.bounds } },
  { type: "attached", data: { job: of, host: "here", engine: "docker", notes: [] } },
];

/** Words of a model. */
export const words = (text: string): AnswerPart => ({ type: "text", text });
/** A call of the tool `shell`. */
export const shell = (id: string, command: string): AnswerPart => ({
  type: "tool-call",
  id,
  name: "shell",
  input: { command },
});

/** An answer of a model, each of whose calls the policy has judged so. */
export function answer(effect: "allow" | "ask" | "deny", ...content: AnswerPart[]): JudgedThought {
  const verdicts = content.flatMap((part) =>
    part.type === "tool-call" ? [{ call: part.id, effect, why: "because" }] : [],
  );
  return { content, model: "m", stop: "end", verdicts };
}
