import { type ExecutorRules, HOUR_MS } from "./rules.ts";
import type { Environment, ExecutorState } from "./state.ts";

/** An environment that is to be let go, or thrown away, and by which rule. */
export type Prunable = {
  readonly env: string;
  readonly by: Environment["by"];
  readonly keep: boolean;
  readonly why: string;
};

/** So many are pruned at once; the rest when it is looked after again. */
const AT_ONCE = 64;

/**
 * What is not wanted any more at this time: a workspace that was kept for longer than it may be, the oldest ones where more
 * are kept than may be, and an environment whose job has said nothing for long while nothing runs. Units: `at` ms since 1970.
 */
export function prunable(state: ExecutorState, rules: ExecutorRules, at: number): readonly Prunable[] {
  const all = Object.entries(state.environments);
  const kept = all
    .filter(([, { state: stands }]) => stands === "kept")
    .toSorted(([, one], [, other]) => other.since - one.since);
  const thrown = kept.flatMap(([env, environment], place): Prunable[] => {
    const why = reason(environment, place, rules, at);
    return why === undefined ? [] : [{ env, by: environment.by, keep: false, why }];
  });
  const idle = all
    .filter(([, environment]) => isIdle(environment, rules, at))
    .map(
      ([env, { by }]): Prunable => ({
        env,
        by,
        keep: true,
        why: `Its job ordered nothing for ${hours(rules.idleMs)}.`,
      }),
    );
  return [...thrown, ...idle].slice(0, AT_ONCE);
}

function reason({ since }: Environment, place: number, rules: ExecutorRules, at: number): string | undefined {
  if (at - since >= rules.keepMs) return `It was kept for ${hours(rules.keepMs)}.`;
  if (place >= rules.kept) return `More than ${rules.kept} are kept, and this is one of the oldest.`;
  return undefined;
}

function isIdle({ state, open, heardAt, previews }: Environment, { idleMs }: ExecutorRules, at: number): boolean {
  if (previews.some(({ until }) => until > at)) return false;
  return state === "up" && Object.keys(open).length === 0 && at - heardAt >= idleMs;
}

function hours(ms: number): string {
  return `${Math.round(ms / HOUR_MS)} hours`;
}
