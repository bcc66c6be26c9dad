import type { ExecutorEvent } from "#subjects/executor.ts";
import type { Address } from "#subjects/mod.ts";
import {
  doneIn,
  type Environment,
  type ExecutorState,
  environmentIn,
  type Wish,
  withDone,
  withEnvironment,
  withoutEnvironment,
} from "./state.ts";

type Of<Type extends ExecutorEvent["type"]> = Extract<ExecutorEvent, { type: Type }>["data"];

/** Most hosts that an environment may reach. */
const MOST_ADMITTED = 300;

/** Folds one event of a host's log. Units: `at` ms since 1970. */
export function evolve(state: ExecutorState, event: ExecutorEvent, { at }: { readonly at: number }): ExecutorState {
  switch (event.type) {
    case "opened":
      return opened(state, event.data, at);
    case "raising":
      return raising(state, event.data, at);
    case "raised":
      return raised(state, event.data, at);
    case "declined":
      return declined(state, event.data);
    case "ordered":
      return ordered(state, event.data, at);
    case "finished":
      return finished(state, event.data, at);
    case "lowering":
      return lowering(state, event.data, at);
    case "lowered":
      return lowered(state, event.data, at);
    case "tended":
      return event.data.pruned.reduce((before, each) => lowering(before, each, at), state);
    default:
      return state;
  }
}

function opened(before: ExecutorState, data: Of<"opened">, at: number): ExecutorState {
  const { problem: _, ...rest } = before;
  const { engine, problem, notes } = data;
  const state: ExecutorState = { ...rest, engine, notes, ...(problem === undefined ? {} : { problem }) };
  const left = data.gone.reduce((each, { env }) => withoutEnvironment(each, env), state);
  return data.lowering.reduce((each, leaving) => lowering(each, leaving, at), left);
}

function raising(state: ExecutorState, data: Of<"raising">, at: number): ExecutorState {
  const { env, order, by, bounds, image } = data;
  const wish: Wish = { env, order, by, bounds, ...(image === undefined ? {} : { image }) };
  const environment = environmentIn(state, env);
  if (environment?.state === "lowering") return withEnvironment(state, env, { ...environment, next: wish });
  if (environment?.state === "raising") return withEnvironment(state, env, { ...environment, wish });
  return withEnvironment(state, env, raisedFrom(state, wish, environment === undefined, at));
}

function raisedFrom(state: ExecutorState, wish: Wish, fresh: boolean, at: number): Environment {
  const done = doneIn(state, wish.env);
  const empty = { notes: [], open: {}, previews: [], admitted: [] };
  return { ...empty, by: wish.by, state: "raising", since: at, heardAt: at, wish, fresh, done };
}

function raised(state: ExecutorState, { env, order, boot, notes }: Of<"raised">, at: number): ExecutorState {
  const environment = environmentIn(state, env);
  if (environment === undefined) return state;
  const since = environment.state === "up" ? environment.since : at;
  const up: Environment = { ...environment, state: "up", since, heardAt: at, boot, notes };
  return withDone(withEnvironment(state, env, up), env, [order]);
}

/** Whoever waited for it to be let go first does not wait any more. */
function declined(state: ExecutorState, { env, by }: Of<"declined">): ExecutorState {
  const environment = environmentIn(state, env);
  if (environment?.next?.by !== by) return state;
  const { next: _, ...rest } = environment;
  return withEnvironment(state, env, rest);
}

function ordered(state: ExecutorState, { order }: Of<"ordered">, at: number): ExecutorState {
  const { env, order: name } = order.data;
  const environment = environmentIn(state, env);
  if (environment === undefined) return state;
  return withEnvironment(state, env, { ...environment, heardAt: at, open: { ...environment.open, [name]: order } });
}

function finished(state: ExecutorState, data: Of<"finished">, at: number): ExecutorState {
  const { env, order, result } = data;
  const environment = environmentIn(state, env);
  if (environment === undefined) return withDone(state, env, [order]);
  const { [order]: ended, ...open } = environment.open;
  const hosts = ended?.verb === "admit" && result.type === "done" ? ended.data.hosts : [];
  const admitted = [...new Set([...environment.admitted, ...hosts])].slice(-MOST_ADMITTED);
  const previews = data.previews ?? environment.previews;
  return withDone(withEnvironment(state, env, { ...environment, open, admitted, previews, heardAt: at }), env, [order]);
}

function lowering(state: ExecutorState, { env, by, keep, why, order }: Leaving, at: number): ExecutorState {
  const environment = environmentIn(state, env) ?? { ...unknown(by, at), done: doneIn(state, env) };
  const isHad = environment.state === "raising" || environment.state === "up";
  const end = { keep, why, tells: isHad || order !== undefined || environment.end?.tells === true };
  return withEnvironment(state, env, { ...environment, state: "lowering", since: at, end });
}

type Leaving = {
  readonly env: string;
  readonly by: Address;
  readonly keep: boolean;
  readonly why: string;
  readonly order?: string | undefined;
};

function unknown(by: Address, at: number): Omit<Environment, "done"> {
  const empty = { notes: [], open: {}, previews: [], admitted: [] };
  return { ...empty, by, state: "kept", since: at, heardAt: at, fresh: false };
}

function lowered(before: ExecutorState, { env, keep, unfinished }: Of<"lowered">, at: number): ExecutorState {
  const state = withDone(
    before,
    env,
    unfinished.map(({ order }) => order),
  );
  const environment = environmentIn(state, env);
  if (environment === undefined) return state;
  if (environment.next !== undefined) {
    return withEnvironment(state, env, raisedFrom(state, environment.next, !keep, at));
  }
  if (!keep) return withoutEnvironment(state, env);
  const { boot: _, end: __, ...rest } = environment;
  const kept: Environment = { ...rest, state: "kept", since: at, open: {}, previews: [], admitted: [] };
  return withEnvironment(state, env, kept);
}
