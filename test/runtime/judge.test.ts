import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnyEvent, AnyKind, MailInput, Send } from "#runtime/actor.ts";
import { Unhandleable } from "#runtime/errors.ts";
import { Fold } from "#runtime/fold.ts";
import { judge, MAX_EVENT_BYTES, type Verdict } from "#runtime/judge.ts";
import { ledger, ledgerKind } from "#support/ledger.ts";

const ADA = ledger("ada");
const WAKE: MailInput<{ verb: string; data: unknown }> = { type: "mail", id: "m", at: 1, verb: "wake", data: {} };
const WOKEN: AnyEvent = { type: "woken", data: { tag: "a" } };

function verdictOf(kind: Partial<AnyKind>): Verdict {
  const whole = { ...ledgerKind(), decide: () => WOKEN, ...kind };
  return judge(whole, new Fold(whole, ADA), ADA, WAKE);
}

function codeOf(kind: Partial<AnyKind>): string {
  try {
    return verdictOf(kind).type;
  } catch (error) {
    return error instanceof Unhandleable ? error.code : String(error);
  }
}

function sending(name: string, send: Send): Partial<AnyKind> {
  return { sends: () => ({ [name]: send }) };
}

test("an event is folded as it will be read back", () => {
  const data = { tag: "a", reason: "b", more: "dropped by the schema" };
  const verdict = verdictOf({ decide: () => ({ type: "worked", data: { tag: "a", to: undefined } }) });
  assert.ok(verdict.type === "event" && !Object.hasOwn(verdict.event.data as object, "to"));
  assert.deepEqual(verdictOf({ decide: () => ({ type: "failed", data }) }), {
    type: "event",
    event: { type: "failed", data: { tag: "a", reason: "b" } },
  });
});

test("nothing is committed that does not fit, does not fold, or is too large", () => {
  const thrower = (): never => {
    throw new Error("no");
  };
  assert.equal(codeOf({ decide: thrower }), "decide-threw");
  assert.equal(codeOf({ evolve: thrower }), "decide-threw");
  assert.equal(codeOf({ steps: thrower }), "decide-threw");
  assert.equal(codeOf({ sends: thrower }), "decide-threw");
  assert.equal(codeOf({ decide: () => ({ type: "danced", data: {} }) }), "decide-threw");
  assert.equal(codeOf({ decide: () => ({ type: "woken", data: {} }) }), "decide-threw");
  const tag = "x".repeat(MAX_EVENT_BYTES);
  assert.equal(codeOf({ decide: () => ({ type: "woken", data: { tag } }) }), "too-large");
});

test("what a rule threw is a reason without keys", () => {
  const decide = (): never => {
    throw new Error(`no: Bearer ${"a1B2".repeat(8)}`);
  };
  assert.throws(() => verdictOf({ decide }), { message: "decide threw: no: Bearer [hidden]" });
});

test("nothing is committed whose sends could never leave", () => {
  const mail = { type: "mail", to: ADA, verb: "wake", data: {} } as const;
  const timer = { type: "timer", dueAt: 1, verb: "wake", data: {} } as const;
  assert.equal(codeOf(sending("fine", mail)), "event");
  assert.equal(codeOf(sending("fine", timer)), "event");
  assert.equal(codeOf(sending("fine", { type: "view", view: "balances", data: {} })), "event");
  assert.equal(codeOf(sending("fine", { type: "view", view: "balances", id: "day-1", data: {} })), "event");
  assert.equal(codeOf(sending("x", { ...mail, to: "main.ledger.no body" })), "decide-threw");
  assert.equal(codeOf(sending("x", { ...mail, verb: "two words" })), "decide-threw");
  assert.equal(codeOf(sending("x", { ...mail, data: undefined })), "decide-threw");
  assert.equal(codeOf(sending("x", { ...mail, data: "x".repeat(2 ** 20) })), "decide-threw");
  assert.equal(codeOf(sending("no token", timer)), "decide-threw");
  assert.equal(codeOf(sending("x", { ...timer, dueAt: Number.NaN })), "decide-threw");
  assert.equal(codeOf(sending("x", { type: "view", view: "all of it", data: {} })), "decide-threw");
  assert.equal(codeOf(sending("x", { type: "view", view: "balances", id: "a.b", data: {} })), "decide-threw");
});
