import type { roleOf } from "#actors/policy/mod.ts";
import type { CortexEvent, CortexMail } from "#subjects/cortex.ts";
import { type Address, parseAddress } from "#subjects/mod.ts";
import {
  calm,
  grantable,
  isKnown,
  MAX_QUEUED,
  personOf,
  queued,
  type SlotLimits,
  type Slots,
  without,
} from "./slots.ts";

/** By what jobs are judged. */
export type SlotRules = { readonly limits: SlotLimits; readonly roles: Parameters<typeof roleOf>[1] };

type Refusal = { readonly type: "refusal"; readonly code: string; readonly reason: string };

/** Whose cortex it is, and how its jobs stand. */
type At = { readonly agent: string; readonly slots: Slots };

/** Judges the wish of a job for its turn. A wish that was heard already changes nothing. */
export function claim(
  { agent, slots }: At,
  from: Address | undefined,
  { who }: Extract<CortexMail, { verb: "claim" }>["data"],
  { limits }: SlotRules,
): CortexEvent | Refusal | undefined {
  if (!isJobOf(agent, from)) return foreign(agent, from);
  if (isKnown(slots, from)) return undefined;
  const mine = slots.queue.filter(({ person }) => person === personOf(who)).length;
  if (mine >= limits.queued || slots.queue.length >= MAX_QUEUED) {
    const reason = `${mine} jobs of this person wait already; begin it again when some of them have ended`;
    return { type: "refusal", code: "too-many-queued", reason };
  }
  const granted = grantable(queued(slots, from, who), limits);
  return { type: "claimed", data: { by: from, who, granted } };
}

/** Judges that a job needs no slot any more; one that has none changes nothing. */
export function release(
  { agent, slots }: At,
  from: Address | undefined,
  { limits }: SlotRules,
): CortexEvent | Refusal | undefined {
  if (!isJobOf(agent, from)) return foreign(agent, from);
  if (!isKnown(slots, from)) return undefined;
  return { type: "released", data: { by: from, granted: grantable(without(slots, from), limits) } };
}

/** Judges the wish to stop all, or to go on. */
export function panic(
  { slots }: At,
  { on, who, why }: Extract<CortexMail, { verb: "panic" }>["data"],
  role: ReturnType<typeof roleOf>,
  { limits }: SlotRules,
): CortexEvent | Refusal | undefined {
  if (role !== "owner") {
    return { type: "refusal", code: "not-owner", reason: "only an owner may stop all jobs; see roles.owners" };
  }
  const isOn = slots.panic !== undefined;
  if (on && isOn) return { type: "refusal", code: "panic-on", reason: "all jobs are stopped already" };
  if (!on && !isOn) return { type: "refusal", code: "panic-off", reason: "nothing is stopped" };
  if (on) return { type: "panicked", data: { who, why, halted: slots.running.map(({ address }) => address) } };
  return { type: "calmed", data: { who, granted: grantable(calm(slots), limits) } };
}

function isJobOf(agent: string, from: Address | undefined): from is Address {
  if (from === undefined) return false;
  const parts = parseAddress(from);
  return parts.agent === agent && parts.kind === "worker";
}

function foreign(agent: string, from: Address | undefined): Refusal {
  const reason = `${from ?? "nobody"} is no job of agent ${agent}; only they have slots here`;
  return { type: "refusal", code: "no-job", reason };
}
