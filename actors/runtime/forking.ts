import { type Address, FORK, FORKED, forkSchema, parseAddress } from "#subjects/mod.ts";
import type { Input } from "./actor.ts";
import type { Bus } from "./bus.ts";
import type { Verdict } from "./judge.ts";
import { recordsUpTo } from "./lineage.ts";

/** Whether a mail asks for a fork, which the runtime itself sees to. */
export function isFork({ verb }: Extract<Input<{ readonly verb: string }, unknown>, { type: "mail" }>): boolean {
  return verb === FORK;
}

/**
 * Judges a wish to begin with another's past: the event that says so, or why not. Nothing of that past is copied; it is
 * read where it stands whenever the fork is read back.
 * Throws: Closed.
 */
export async function judgeFork(
  bus: Pick<Bus, "last" | "record" | "next">,
  address: Address,
  hasPast: boolean,
  data: unknown,
  signal: AbortSignal,
): Promise<Verdict> {
  const wish = forkSchema.parse(data);
  if (hasPast) return refusal("has-a-past", `${address} has a past of its own; fork to another name`);
  if (parseAddress(wish.from).kind !== parseAddress(address).kind)
    return refusal("other-kind", `${wish.from} is of another kind than ${address}; fork to an address of its kind`);
  const [exact] = await recordsUpTo(bus, wish, wish.seq - 1, signal);
  const newest = exact ?? (await recordsUpTo(bus, wish, 0, signal)).at(-1);
  if (newest === undefined)
    return refusal("no-such-past", `nothing had happened to ${wish.from} by ${wish.seq}; see its log`);
  return { type: "event", event: { type: FORKED, data: { from: newest.address, seq: newest.seq } } };
}

function refusal(code: "has-a-past" | "other-kind" | "no-such-past", reason: string): Verdict {
  return { type: "refused", refusal: { type: "refusal", code, reason } };
}
