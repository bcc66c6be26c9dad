import { type Address, isToken, MAX_MAIL_BYTES, parseAddress } from "#subjects/mod.ts";
import { scrubberOf } from "#subjects/scrub.ts";
import type { AnyEvent, AnyKind, Input, Refusal, Send } from "./actor.ts";
import { Unhandleable } from "./errors.ts";
import type { Fold } from "./fold.ts";

/** The reason of a dead letter is kept, and a rule that threw may have repeated what it read. */
const withoutKeys = scrubberOf([]);

/** Largest event; what is larger belongs in the object store. Units: bytes of JSON. */
export const MAX_EVENT_BYTES = 256 * 1024;

/** Largest body of a send: what the bus takes, less room for headers. Units: bytes of JSON. */
const MAX_SEND_BYTES = MAX_MAIL_BYTES - 16 * 1024;

/** What a kind makes of an input. */
export type Verdict =
  | { readonly type: "event"; readonly event: AnyEvent }
  | { readonly type: "nothing" }
  | { readonly type: "refused"; readonly refusal: Refusal };

/**
 * Asks the kind about an input and tries its answer out before anything is committed: the event fits its schema, folds,
 * and yields sends that the bus takes, for an event whose sends never leave would hold its actor up for ever.
 * Throws: Unhandleable when any of that fails.
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
  const placed = { address, seq: fold.fence + 1, id: input.id, at: input.at };
  const state = guard("evolve", () => kind.evolve(fold.state, event, placed));
  guard("steps", () => kind.steps(state));
  guard("sends", () => Object.entries(kind.sends(event, placed)).forEach(checkSend));
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
  const text = guard("decide", () => writeJson(event.type, parsed.data));
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_EVENT_BYTES) {
    throw new Unhandleable(
      "too-large",
      `the ${event.type} it leads to has ${bytes} bytes of ${MAX_EVENT_BYTES}; send less`,
    );
  }
  // What is folded now is to the letter what will be read back.
  return JSON.parse(text);
}

function checkSend([name, send]: readonly [string, Send]): void {
  const bytes = Buffer.byteLength(writeJson(name, send.data));
  if (bytes > MAX_SEND_BYTES) throw new Error(`${name} has ${bytes} bytes of ${MAX_SEND_BYTES}; send less`);
  if (send.type === "view") {
    if (!isToken(send.view)) throw new Error(`${name} goes to ${send.view}, which is no view`);
    if (send.id !== undefined && !isToken(send.id)) throw new Error(`${name} has the id ${send.id}, which is no token`);
    return;
  }
  if (send.type === "mail") parseAddress(send.to);
  checkVerb(name, send.verb);
  if (send.type !== "timer") return;
  if (!isToken(name) || Number.isNaN(new Date(send.dueAt).getTime())) {
    throw new Error(`${name} due at ${send.dueAt} is no timer; name it by one token and give it a time`);
  }
}

function checkVerb(name: string, verb: string): void {
  if (!isToken(verb)) throw new Error(`${name} has the verb ${verb}, which is no token`);
}

function writeJson(name: string, data: unknown): string {
  const text: string | undefined = JSON.stringify(data);
  if (text === undefined) throw new Error(`${name} has no body; give it at least an empty object`);
  return text;
}

function guard<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof Unhandleable) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Unhandleable("decide-threw", withoutKeys(`${what} threw: ${reason}`), cause);
  }
}
