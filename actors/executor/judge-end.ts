import type { StepInput } from "#runtime/mod.ts";
import { excerpt } from "#subjects/excerpt.ts";
import type { Executed, ExecutorEvent } from "#subjects/executor.ts";
import type { OrderResult } from "#subjects/order.ts";
import { failed, interrupted } from "./failed.ts";
import type { Looked, Suspect } from "./judge-look.ts";
import { roomAfter } from "./room.ts";
import type { ExecutorRules } from "./rules.ts";
import { type Environment, type ExecutorState, environmentIn } from "./state.ts";
import { orderKey } from "./steps.ts";

/** What the steps of a host bring. */
export type Brought =
  | Looked
  | Suspect
  | {
      readonly type: "raised";
      readonly env: string;
      readonly boot: string;
      readonly notes: readonly string[];
      readonly fresh: boolean;
    }
  | { readonly type: "unraised"; readonly env: string; readonly why: string }
  | { readonly type: "lowered"; readonly env: string }
  | { readonly type: "finished"; readonly env: string; readonly order: string; readonly result: OrderResult };

/** Most of an error that is passed on. Units: UTF-16 units. */
const MAX_REASON = 400;

/** A step has come to its end. What is not wanted any more changes nothing. */
export function judgeEnd(
  state: ExecutorState,
  rules: ExecutorRules,
  input: StepInput<Brought>,
): ExecutorEvent | undefined {
  if (input.type === "failure") return judgeFailure(state, input.key, excerpt(input.reason, MAX_REASON), input.at);
  const brought = input.data;
  switch (brought.type) {
    case "raised":
      return raised(state, rules, brought);
    case "unraised":
      return unraised(state, brought.env, brought.why);
    case "lowered":
      return lowered(state, rules, brought.env);
    case "finished":
      return finished(state, brought, input.at);
    default:
      return undefined;
  }
}

function raised(
  state: ExecutorState,
  rules: ExecutorRules,
  { env, boot, notes, fresh }: Extract<Brought, { type: "raised" }>,
): ExecutorEvent | undefined {
  const environment = environmentIn(state, env);
  if (environment?.state !== "raising" || environment.wish === undefined) return undefined;
  const { by, order } = environment.wish;
  // One that was made and whose raising was repeated after a crash is new to whoever wants it.
  const isFresh = fresh || environment.fresh ? { fresh: true } : {};
  return {
    type: "raised",
    data: { env, by, order, boot, notes: [...notes], ...isFresh, ...roomAfter(state, rules, 0) },
  };
}

/** What is left of an environment that did not come up is cleared away; a workspace that was there before stays. */
function unraised(state: ExecutorState, env: string, why: string): ExecutorEvent | undefined {
  const environment = environmentIn(state, env);
  if (environment?.state !== "raising") return undefined;
  const { by, fresh } = environment;
  return { type: "lowering", data: { env, by, keep: !fresh, why, engine: state.engine } };
}

function lowered(state: ExecutorState, rules: ExecutorRules, env: string): ExecutorEvent | undefined {
  const environment = environmentIn(state, env);
  if (environment?.state !== "lowering" || environment.end === undefined) return undefined;
  const { by, end, open, next } = environment;
  const unfinished = Object.entries(open).map(([order, each]) => ({ order, result: cutShort(each, end.why) }));
  const room = roomAfter(state, rules, next === undefined ? -1 : 0);
  // A job that wants it again already has given up the former one: it waits for what comes now.
  const tells = end.tells && next?.by !== by;
  return { type: "lowered", data: { env, by, ...end, tells, unfinished, ...room } };
}

/** What an order comes to whose environment is gone. */
function cutShort({ verb }: Executed, why: string): OrderResult {
  if (verb === "exec") return interrupted(why);
  const text = `The environment is gone, and nobody knows how far this was: ${why}`;
  return failed("interrupted", text);
}

function finished(
  state: ExecutorState,
  { env, order, result }: Extract<Brought, { type: "finished" }>,
  at: number,
): ExecutorEvent | undefined {
  const environment = environmentIn(state, env);
  const open = environment && Object.hasOwn(environment.open, order) ? environment.open[order] : undefined;
  if (environment?.state !== "up" || open === undefined) return undefined;
  const previews = previewsAfter(environment, open, result, at);
  const data = { env, by: environment.by, order, result, engine: state.engine };
  return { type: "finished", data: previews === undefined ? data : { ...data, previews } };
}

function previewsAfter({ previews }: Environment, order: Executed, result: OrderResult, at: number) {
  if (order.verb !== "preview" || result.type !== "preview") return undefined;
  const { port } = order.data;
  const others = previews.filter((each) => each.until > at && each.port !== port);
  return [...others, { port, url: result.url, until: result.until }];
}

function judgeFailure(state: ExecutorState, key: string, reason: string, at: number): ExecutorEvent | undefined {
  for (const [env, { state: stands, open }] of Object.entries(state.environments)) {
    if (stands === "raising" && key === `up-${env}`) return unraised(state, env, reason);
    const order = Object.keys(open).find((each) => key === orderKey(env, each));
    if (order === undefined) continue;
    const result = failed("not-done", `The host could not do it: ${reason}`);
    return finished(state, { type: "finished", env, order, result }, at);
  }
  return undefined;
}
