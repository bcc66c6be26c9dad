import { randomBytes } from "node:crypto";
import type { Hearing } from "#runtime/mod.ts";
import type { Address } from "#subjects/mod.ts";
import type { Bridge } from "./bridge.ts";
import type { Caller } from "./caller.ts";
import { type Came, CameOf } from "./came-of.ts";
import { onBus } from "./deadline.ts";
import { mailIdOf } from "./mail-id.ts";
import { Problem } from "./problem.ts";
import { whileAsked } from "./while-asked.ts";

/** How long an actor has to say what came of what it was sent. Units: ms. */
const HEARD_MS = 5_000;

/** Refusals by which an actor says that it is not for this person. */
const FORBIDDEN: ReadonlySet<string> = new Set(["not-owner", "not-yours", "not-known", "foreign-job"]);

/** Verbs that are judged by the time of their mail, of which a key says nothing; the same one twice changes nothing there. */
const TIMED: ReadonlySet<string> = new Set(["spawn", "approve", "deny"]);

type Done = Extract<Came, { type: "done" }>;

/** The id of a wish: by its key, where it has one. */
export type WishId = { readonly id: string; readonly isKeyed: boolean };

/** The id under which a request's wish is sent. Throws: Problem. */
export function wishId(caller: Caller, key: string | undefined): WishId {
  if (key === undefined) return { id: randomBytes(9).toString("base64url"), isKeyed: false };
  return { id: mailIdOf(caller.name, key), isKeyed: true };
}

/** A wish on its way. */
export type Wish = {
  readonly to: Address;
  readonly verb: string;
  /** Asked for only when it has to be sent: one with a key that was heard before is known by that. */
  readonly data: () => object;
  readonly wish: WishId;
  readonly asker: Parameters<typeof whileAsked>[3];
};

/**
 * Sends a wish and waits for what came of it; undefined where nobody has heard it in time. One with a key that was heard
 * before is told what came of it then. Throws: Problem when it is refused.
 */
export async function sendWish(
  bridge: Bridge,
  hearing: Hearing,
  { to, verb, data, wish: { id, isKeyed }, asker }: Wish,
): Promise<Done | undefined> {
  if (bridge.isStopping) throw new Problem("stopping", "This bridge takes no new wishes.");
  using coming = new CameOf(hearing, to, id);
  const before = isKeyed ? await onBus((signal) => recordOf(bridge, to, id, signal), UNKNOWN) : undefined;
  if (before !== undefined) return before;
  const name = isKeyed && !TIMED.has(verb) ? { key: id } : { id };
  const again = isKeyed ? "the same Idempotency-Key asks again" : UNKNOWN;
  await onBus((signal) => bridge.client.send(to, verb, data(), { ...name, signal }), again);
  const came = await whileAsked(bridge, coming.came, HEARD_MS, asker);
  if (came?.type !== "refused") return came;
  const { code: refusal, reason } = came;
  throw new Problem(FORBIDDEN.has(refusal) ? "job-forbidden" : "refused", reason, { address: to, id, refusal });
}

const UNKNOWN = "whether it has this nobody knows";

async function recordOf(
  { client }: Bridge,
  address: Address,
  id: string,
  signal: AbortSignal,
): Promise<Done | undefined> {
  for await (const page of client.backwards(address, signal)) {
    const record = page.find(({ cause }) => cause === id);
    if (record !== undefined) return { type: "done", record };
  }
  return undefined;
}
