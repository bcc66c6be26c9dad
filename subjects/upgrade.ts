import type { z } from "zod";
import type { EventOf, KindContract } from "./contract.ts";

/** A body and its name: the event's, or the verb of mail. */
export type Named = { readonly name: string; readonly data: unknown };

/** Makes of a body of one schema version the same one of the next. Pure, and total on all that was ever stored. */
export type Upgrade = (old: Named) => Named;

/** Upgrades by the version they start from; a version that is not there changed nothing. */
export type Upgrades = Readonly<Record<number, Upgrade>>;

/**
 * A stored body as the present version of its contract has it.
 * Shape: with `{ 1: rename, 2: split }` a body of version 1 goes through both, one of version 2 through the second.
 */
export function upgraded(upgrades: Upgrades | undefined, body: Named, version: number, present: number): Named {
  let now = body;
  for (let at = version; at < present; at++) now = upgrades?.[at]?.(now) ?? now;
  return now;
}

/** An event of a record, of whatever version it was stored; undefined when it is none of the contract. */
export function readEvent<C extends KindContract>(
  contract: C,
  record: { readonly event: string; readonly data: unknown; readonly version: number },
): EventOf<C> | undefined {
  const { event, data, version } = record;
  const now = upgraded(contract.upgrades?.events, { name: event, data }, version, contract.version);
  const schema: z.ZodType | undefined = Object.hasOwn(contract.events, now.name)
    ? contract.events[now.name]
    : undefined;
  const parsed = schema?.safeParse(now.data);
  return parsed?.success ? ({ type: now.name, data: parsed.data } as EventOf<C>) : undefined;
}
