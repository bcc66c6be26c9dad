import { stepsOf, type Turn } from "#actors/turn/mod.ts";
import type { Job } from "#subjects/job.ts";
import type { Place, WorkerState } from "./state.ts";

/** What a job wants done by its process; all else is ordered of an executor, or waited for. */
export type WorkerStep =
  /** Choose a host for its environment. */
  | { readonly type: "place"; readonly env: string; readonly avoid: readonly string[] }
  /** Ask a model what to do next. */
  | { readonly type: "think"; readonly turn: Turn; readonly job: Job; readonly place: Place }
  /** Nothing has to be ended first. */
  | { readonly type: "settle" };

/** At most one thing at a time: a place, then one call of the model after the other. Tools are orders, and rest. */
export function steps({
  job,
  stands,
  turn,
  place,
  placements,
  avoid,
}: WorkerState): Readonly<Record<string, WorkerStep>> {
  if (job === undefined) return {};
  if (stands === "aborting") return place === undefined ? { settle: { type: "settle" } } : {};
  if (stands !== "running") return {};
  if (place === undefined) return { [`place-${placements}`]: { type: "place", env: job.env, avoid } };
  if (turn === undefined || !place.isUp) return {};
  const wanted = Object.entries(stepsOf(turn)).filter(([, { type }]) => type === "think");
  return Object.fromEntries(wanted.map(([key]) => [key, { type: "think", turn, job, place }]));
}
