import { isDeepStrictEqual } from "node:util";
import type { ExecutorEvent } from "#subjects/executor.ts";
import type { Found } from "./engine.ts";
import { roomAfter } from "./room.ts";
import type { ExecutorRules } from "./rules.ts";
import { type ExecutorState, environmentIn } from "./state.ts";

/** How the engine was found. `found` is absent where it could not say; `stopped` is what it said of one that did. */
export type Looked = {
  readonly type: "looked";
  readonly engine: string;
  readonly problem?: string;
  readonly notes: readonly string[];
  readonly found?: readonly Pick<Found, "env" | "state">[];
  readonly stopped?: { readonly env: string; readonly why: string };
};

/** A sign that something inside tries to get out. */
export type Suspect = { readonly type: "suspect"; readonly env: string; readonly why: string };

type Leaving = Extract<ExecutorEvent, { type: "opened" }>["data"]["lowering"][number];

/** So many are taken in at once; the rest with the next look. */
const AT_ONCE = 64;

/** What is there is compared with what should be. Nothing is said while all is as it was. */
export function judgeLooked(before: ExecutorState, rules: ExecutorRules, looked: Looked): ExecutorEvent | undefined {
  const { problem: _, ...rest } = before;
  const problem = problemOf(before, looked);
  const { engine, notes } = problem === looked.problem ? looked : { engine: before.engine, notes: before.notes };
  const state: ExecutorState = { ...rest, engine, notes, ...(problem === undefined ? {} : { problem }) };
  const found = problem === undefined ? looked.found : undefined;
  const lowering = found === undefined ? [] : leavingIn(state, found, looked.stopped).slice(0, AT_ONCE);
  const gone = found === undefined ? [] : vanishedIn(state, found).slice(0, AT_ONCE);
  if (lowering.length === 0 && gone.length === 0 && isDeepStrictEqual(state, before)) return undefined;
  const strays = lowering.filter(({ env }) => (environmentIn(state, env)?.state ?? "kept") === "kept").length;
  const room = roomAfter(state, rules, strays);
  return { type: "opened", data: { ...room, notes: [...notes], lowering: [...lowering], gone: [...gone] } };
}

/** What one engine keeps, another one does not see: nothing may be thrown away for that. */
function problemOf({ engine, environments }: ExecutorState, looked: Looked): string | undefined {
  if (engine === "" || engine === looked.engine || Object.keys(environments).length === 0) return looked.problem;
  return `its environments are of ${engine}, and ${looked.engine} was found; set executor.engine to ${engine}`;
}

function leavingIn(state: ExecutorState, found: NonNullable<Looked["found"]>, told: Looked["stopped"]): Leaving[] {
  const standing = new Map(found.map((each) => [each.env, each.state]));
  const stopped = Object.entries(state.environments).flatMap(([env, { by, state: stands }]): Leaving[] => {
    if (stands === "up" && standing.get(env) !== "up") {
      return [{ env, by, keep: true, why: told?.env === env ? told.why : "It was found stopped." }];
    }
    if (stands === "kept" && standing.get(env) === "up") return [{ env, by, keep: true, why: "It ran for nobody." }];
    return [];
  });
  const strays = found
    .filter(({ env }) => environmentIn(state, env) === undefined)
    .map(({ env }): Leaving => ({ env, by: state.address, keep: false, why: "Nobody knows it." }));
  return [...stopped, ...strays];
}

function vanishedIn(state: ExecutorState, found: NonNullable<Looked["found"]>) {
  const there = new Set(found.map(({ env }) => env));
  return Object.entries(state.environments)
    .filter(([env, { state: stands }]) => stands === "kept" && !there.has(env))
    .map(([env, { by }]) => ({ env, by }));
}

/** Whoever seems to break out is stopped. */
export function judgeSuspect(state: ExecutorState, { env, why }: Suspect): ExecutorEvent | undefined {
  const environment = environmentIn(state, env);
  if (environment?.state !== "up") return undefined;
  return { type: "lowering", data: { env, by: environment.by, keep: true, why, engine: state.engine } };
}
