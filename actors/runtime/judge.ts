import type { Address } from "#subjects/mod.ts";
import type { AnyEvent, AnyKind, Input, Refusal } from "./actor.ts";
import { Unhandleable } from "./errors.ts";
import type { Fold } from "./fold.ts";

/** Largest event; what is larger belongs in the object store. Units: bytes of JSON. */
export const MAX_EVENT_BYTES = 256 * 1024;

/** What a kind makes of an input. */
export type Verdict =
  | { readonly type: "event"; readonly event: AnyEvent }
  | { readonly type: "nothing" }
  | { readonly type: "refused"; readonly refusal: Refusal };

/**
 * Asks the kind about an input and tries its answer out before anything is committed: the event fits its schema, folds,
 * and yields its sends. Throws: Unhandleable when any of that fails.
 */
export function judge(
  kind: AnyKind,
  fold: Fold,
  address: Address,
  input: Input<{ readonly verb: string; readonly data: unknown }, unknown>,
): Verdict {
  const decided = guard("decide", () => kind.decide(fold.state, input));
  if (decided === undefined) return { type: "nothing" };
  if (isRefusal(decided)) return { type: "refused", refusal: decided };
  const event = { type: decided.type, data: checkData(kind, decided) };
  const placed = { seq: fold.fence + 1, id: input.id, at: input.at };
  const state = guard("evolve", () => kind.evolve(fold.state, event, placed));
  guard("steps", () => kind.steps(state));
  guard("sends", () => kind.sends(event, { ...placed, address }));
  return { type: "event", event };
}

function isRefusal(decided: AnyEvent | Refusal): decided is Refusal {
  return decided.type === "refusal";
}

function checkData(kind: AnyKind, event: AnyEvent): unknown {
  const { events, kind: name } = kind.contract;
  const schema = Object.hasOwn(events, event.type) ? events[event.type] : undefined;
  if (schema === undefined)
    throw new Unhandleable("decide-threw", `${name} decided on ${event.type}, which is no event of it`);
  const parsed = schema.safeParse(event.data);
  if (!parsed.success) {
    throw new Unhandleable("decide-threw", `${name} decided on a malformed ${event.type}: ${parsed.error.message}`);
  }
  const bytes = Buffer.byteLength(JSON.stringify(parsed.data) ?? "");
  if (bytes > MAX_EVENT_BYTES) {
    throw new Unhandleable(
      "too-large",
      `the ${event.type} it leads to has ${bytes} bytes of ${MAX_EVENT_BYTES}; send less`,
    );
  }
  return parsed.data;
}

function guard<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof Unhandleable) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Unhandleable("decide-threw", `${what} threw: ${reason}`, cause);
  }
}
