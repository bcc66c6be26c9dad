import type { z } from "zod";
import type { Executed, ExecutorEvent, previewSchema } from "#subjects/executor.ts";
import { type Address, parseAddress } from "#subjects/mod.ts";

/** What somebody wants of an environment. */
export type Wish = Omit<Extract<ExecutorEvent, { type: "raising" }>["data"], "running" | "free" | "engine" | "problem">;

/** A port that is reachable from outside. Units: `until` ms since 1970. */
export type Preview = z.output<typeof previewSchema>;

/** An environment as its log has it. Units: ms since 1970. */
export type Environment = {
  readonly by: Address;
  readonly state: "raising" | "up" | "lowering" | "kept";
  /** Since when it stands so. */
  readonly since: number;
  /** When whoever has it last ordered something or was answered. */
  readonly heardAt: number;
  /** What it was last wanted as; of one that nobody knows there is none. */
  readonly wish?: Wish;
  /** It had no workspace before it was raised. */
  readonly fresh: boolean;
  /** The name of its life, while it is up. */
  readonly boot?: string;
  readonly notes: readonly string[];
  /** What becomes of it, while it is let go. */
  readonly end?: { readonly keep: boolean; readonly why: string; readonly tells: boolean };
  /** What is to become of it after that. */
  readonly next?: Wish;
  /** Orders that have begun, by name. */
  readonly open: Readonly<Record<string, Executed>>;
  /** The names of the last ones that came to their end. */
  readonly done: readonly string[];
  readonly previews: readonly Preview[];
  /** Hosts that programs may reach. */
  readonly admitted: readonly string[];
};

/** An environment that is gone, with the names of its last orders: none of them is done once more. */
type Gone = { readonly env: string; readonly done: readonly string[] };

/** How a host's environments stand. */
export type ExecutorState = {
  readonly address: Address;
  /** Empty before it was looked for. */
  readonly engine: string;
  /** Why there is none to be used. */
  readonly problem?: string;
  readonly notes: readonly string[];
  readonly environments: Readonly<Record<string, Environment>>;
  /** The last ones that are gone, oldest first. */
  readonly gone: readonly Gone[];
};

/** Raised when `ExecutorState` changes its shape. */
export const STATE_VERSION = 1;

/** Most orders of an environment at once. */
export const MOST_OPEN = 32;

/** So many orders that have ended are remembered of an environment. */
const MOST_DONE = 64;

/** So many environments that are gone are remembered. */
const MOST_GONE = 64;

/** A host of which nothing is known. */
export function initial(address: Address): ExecutorState {
  return { address, engine: "", notes: [], environments: {}, gone: [] };
}

/** The environment of a name, which may be that of something that every object has. */
export function environmentIn({ environments }: ExecutorState, env: string): Environment | undefined {
  return Object.hasOwn(environments, env) ? environments[env] : undefined;
}

/** Whether an order has begun or has come to its end: then it is not done once more. */
export function isKnownOrder(state: ExecutorState, env: string, order: string): boolean {
  const environment = environmentIn(state, env);
  if (environment !== undefined && Object.hasOwn(environment.open, order)) return true;
  return doneIn(state, env).includes(order);
}

/** The names of an environment's last orders, whether it is there or not. */
export function doneIn(state: ExecutorState, env: string): readonly string[] {
  return environmentIn(state, env)?.done ?? state.gone.find((each) => each.env === env)?.done ?? [];
}

/** The same host with this environment. */
export function withEnvironment(state: ExecutorState, env: string, environment: Environment): ExecutorState {
  return {
    ...state,
    environments: { ...state.environments, [env]: environment },
    gone: state.gone.filter((each) => each.env !== env),
  };
}

/** The same host where these orders have come to their end. */
export function withDone(state: ExecutorState, env: string, orders: readonly string[]): ExecutorState {
  const environment = environmentIn(state, env);
  const done = [...new Set([...doneIn(state, env), ...orders])].slice(-MOST_DONE);
  if (environment !== undefined) return withEnvironment(state, env, { ...environment, done });
  const others = state.gone.filter((each) => each.env !== env);
  return { ...state, gone: [...others, { env, done }].slice(-MOST_GONE) };
}

/** The same host without this environment; only what was done in it is still known. */
export function withoutEnvironment(state: ExecutorState, env: string): ExecutorState {
  const done = doneIn(state, env);
  const { [env]: _, ...environments } = state.environments;
  return withDone({ ...state, environments }, env, done);
}

/** How many environments there are or are about to be; a kept workspace is none. */
export function running({ environments }: ExecutorState): number {
  return Object.values(environments).filter(({ state }) => state !== "kept").length;
}

/** Whether somebody may have an environment that another one had: both are of the same agent. */
export function mayInherit({ by }: Environment, from: Address): boolean {
  return parseAddress(by).agent === parseAddress(from).agent;
}
