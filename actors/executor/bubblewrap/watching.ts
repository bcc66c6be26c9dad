import { setTimeout as delay } from "node:timers/promises";
import type { EngineEvent } from "#actors/executor/engine.ts";
import { refusedForks } from "./control-groups.ts";
import { type Holder, holderOf } from "./holder.ts";
import type { ResolvedBubblewrapOptions } from "./options.ts";
import type { Place } from "./place.ts";
import { sizeOfWorkspace } from "./workspace.ts";

/** So many processes more than it may have, wanted between two looks, are no accident. */
const STORM = 100;

const MIB = 1024 * 1024;

/** A reason why an environment cannot go on. */
type Ending = { readonly why: string; readonly isSo: () => Promise<boolean> };

/** The environments that are looked at. */
export type Watched = {
  /** Those that were raised, or found running, and not let go. */
  wanted(): Promise<readonly Place[]>;
  /** Ends one and keeps its workspace, if it is still wanted and it still is so; gives whether it did. */
  end(place: Place, isSo: () => Promise<boolean>): Promise<boolean>;
};

/** What happens to environments that nobody here asked for, until `signal`. */
export async function* watch(
  { lookMs, measureMs }: ResolvedBubblewrapOptions,
  watched: Watched,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent> {
  const forks = new Map<string, number>();
  let measureAt = 0;
  while (!signal.aborted) {
    const measures = Date.now() >= measureAt;
    if (measures) measureAt = Date.now() + measureMs;
    for (const place of await watched.wanted()) {
      const holder = await holderOf(place);
      const ending = await endingOf(place, holder, measures);
      if (ending !== undefined && (await watched.end(place, ending.isSo)))
        yield { env: place.env, type: "stopped", why: ending.why };
      const times = holder === undefined ? 0 : await refusedForks(holder.groups);
      const more = times - (forks.get(place.key) ?? 0);
      forks.set(place.key, times);
      const why = `it tried ${more} times within a moment to have more processes than it may`;
      if (more >= STORM) yield { env: place.env, type: "suspect", why };
    }
    await delay(lookMs, undefined, { signal }).catch(() => undefined);
  }
}

async function endingOf(place: Place, holder: Holder | undefined, measures: boolean): Promise<Ending | undefined> {
  const isGone = async () => (await holderOf(place)) === undefined;
  if (holder === undefined) return { why: "its first process was ended", isSo: isGone };
  const mostMb = holder.bounds.diskMb;
  const isTooLarge = async () => (await sizeOfWorkspace(place)) > mostMb * MIB;
  if (!measures || !(await isTooLarge())) return undefined;
  return { why: `its workspace grew above ${mostMb} MiB`, isSo: isTooLarge };
}
