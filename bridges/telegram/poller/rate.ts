import type { Incoming } from "#subjects/telegram-update.ts";
import type { PollerRules } from "./rules.ts";
import { type Counted, MINUTE_MS } from "./state.ts";

/** So many strangers' presses are remembered at most. */
const MAX_STRANGE = 1_000;

/** What an update counts as; undefined where it counts as nothing. Units: `at` ms since 1970. */
export function countedOf(incoming: Incoming, isStranger: boolean, at: number): Counted | undefined {
  if (incoming.type === "membership" || incoming.type === "moved") return undefined;
  const album = incoming.type === "message" ? incoming.album : undefined;
  return {
    person: incoming.from.id,
    at,
    ...(album === undefined ? {} : { album }),
    ...(isStranger ? { isStranger } : {}),
  };
}

/** The same with one more, without what is over a minute old; an album counts once. */
export function withCounted(recent: readonly Counted[], counted: Counted | undefined, at: number): readonly Counted[] {
  const kept = recent.filter((each) => each.at > at - MINUTE_MS);
  if (counted === undefined || isCounted(kept, counted)) return kept;
  const strange = kept.filter(({ isStranger }) => isStranger === true);
  return [...(strange.length < MAX_STRANGE ? kept : kept.filter((each) => each !== strange[0])), counted];
}

/** Whether somebody writes more than they may; of whom, where it is so. */
export function overLimit(
  recent: readonly Counted[],
  counted: Counted,
  { userPerMinute, allPerMinute }: PollerRules,
): "person" | "all" | undefined {
  const kept = recent.filter(({ at }) => at > counted.at - MINUTE_MS);
  if (isCounted(kept, counted)) return undefined;
  if (kept.filter(({ person }) => person === counted.person).length >= userPerMinute) return "person";
  if (counted.isStranger === true) return undefined;
  return kept.filter(({ isStranger }) => isStranger !== true).length >= allPerMinute ? "all" : undefined;
}

function isCounted(recent: readonly Counted[], { person, album }: Counted): boolean {
  return album !== undefined && recent.some((each) => each.person === person && each.album === album);
}
