import type { z } from "zod";
import type { ExecutorEvent } from "#subjects/executor.ts";
import type { Address } from "#subjects/mod.ts";
import type { ORDERS } from "#subjects/order.ts";
import { foreign, type Refusal } from "./refusal.ts";
import { roomAfter } from "./room.ts";
import type { ExecutorRules } from "./rules.ts";
import { doneIn, type Environment, type ExecutorState, environmentIn, mayInherit, running } from "./state.ts";

type Up = z.output<typeof ORDERS.up>;
type Down = z.output<typeof ORDERS.down>;
type Verdict = ExecutorEvent | Refusal | undefined;

/** Somebody wants an environment: a new one, its own once more, or one that was kept of a job of the same agent. */
export function judgeUp(state: ExecutorState, rules: ExecutorRules, data: Up, from: Address): Verdict {
  const { env, order } = data;
  if (doneIn(state, env).includes(order)) return undefined;
  const environment = environmentIn(state, env);
  const raising = (more: number): ExecutorEvent => ({
    type: "raising",
    data: { ...data, by: from, ...roomAfter(state, rules, more) },
  });
  switch (environment?.state) {
    case "up":
    case "raising":
      return environment.by === from
        ? again(state, rules, environment, data, raising(0))
        : foreign(env, environment.by);
    case "lowering": {
      const holder = environment.next ?? environment;
      if (environment.next?.order === order) return undefined;
      const isFree = environment.next === undefined && mayInherit(environment, from);
      return isFree || holder.by === from ? raising(0) : foreign(env, holder.by);
    }
    default: {
      if (environment !== undefined && !mayInherit(environment, from)) return foreign(env, environment.by);
      const why = problemOf(state, rules);
      return why === undefined ? raising(1) : { type: "declined", data: { env, by: from, order, why } };
    }
  }
}

/** Whoever has an environment and wants it again is given it as it is. */
function again(
  state: ExecutorState,
  rules: ExecutorRules,
  environment: Environment,
  { env, order }: Up,
  raising: ExecutorEvent,
): Verdict {
  const { by, boot, notes, wish } = environment;
  if (wish?.order === order) return undefined;
  if (environment.state === "raising" || boot === undefined) return raising;
  return { type: "raised", data: { env, by, order, boot, notes: [...notes], ...roomAfter(state, rules, 0) } };
}

/** Why there is no room for one more. */
function problemOf(state: ExecutorState, { environments }: ExecutorRules): string | undefined {
  if (state.problem !== undefined) return `This host can run no environments: ${state.problem}`;
  if (running(state) < environments) return undefined;
  return `This host runs ${running(state)} of ${environments} environments; ask another one, or let one go.`;
}

/** Whoever has an environment lets it go; of one that is not there any more it is told so. */
export function judgeDown(state: ExecutorState, { env, order, keep }: Down, from: Address): Verdict {
  const environment = environmentIn(state, env);
  const declined = (why: string): ExecutorEvent => ({ type: "declined", data: { env, by: from, order, why } });
  if (environment === undefined) return declined("There is no such environment here.");
  if (environment.next?.by === from) return declined("It was not raised again.");
  if (environment.by !== from) return foreign(env, environment.by);
  if (environment.state === "lowering") return undefined;
  if (environment.state === "kept" && keep) return declined("It was let go before; its workspace is kept.");
  const { engine } = state;
  return { type: "lowering", data: { env, by: from, keep, why: "Its job let it go.", order, engine } };
}
