import assert from "node:assert/strict";
import { test } from "node:test";
import { executor } from "#actors/executor/kind.ts";
import { MOST_OPEN } from "#actors/executor/state.ts";
import type { Send } from "#runtime/actor.ts";
import type { ExecutorEvent } from "#subjects/executor.ts";
import type { Address } from "#subjects/mod.ts";
import { emission, failure, mail, outcome, specOf } from "#support/spec.ts";
import { BOUNDS, JOB } from "./world.ts";

const spec = specOf(executor);
const SELF: Address = "main.executor.spec";
const OTHER: Address = "main.worker.w2";
const env = "main-a";
const room = { running: 1, free: 15, engine: "docker" };

const opened: ExecutorEvent = {
  type: "opened",
  data: { ...room, running: 0, free: 16, notes: [], lowering: [], gone: [] },
};
const raising: ExecutorEvent = { type: "raising", data: { env, order: "u", bounds: BOUNDS, by: JOB, ...room } };
const raised: ExecutorEvent = {
  type: "raised",
  data: { env, by: JOB, order: "u", boot: "b", notes: [], ...room },
};
const up = [opened, raising, raised];

const exec = (order: string) => ({ env, order, argv: ["true"], timeoutMs: 1_000 });
const ordered = (order: string): ExecutorEvent => ({
  type: "ordered",
  data: { by: JOB, order: { verb: "exec", data: exec(order) } },
});
const write = { env, order: "w", does: { type: "write", path: "f", text: "t" } } as const;
const answered = (result: object): Readonly<Record<string, Send>> => ({
  result: { type: "mail", to: JOB, verb: "result", data: { order: "o", result } },
});

test("an environment comes up, and its job is told", () => {
  spec
    .given(opened)
    .runs("watch")
    .when({ ...mail({ verb: "up" as const, data: { env, order: "u", bounds: BOUNDS } }), from: JOB })
    .decides(raising)
    .after.steps({
      watch: { type: "watch", endless: true, previews: [], doors: [] },
      "up-main-a": { type: "up", env, bounds: BOUNDS },
    })
    .when(outcome("up-main-a", { type: "raised", env, boot: "b", notes: [], fresh: false }))
    .decides({ type: "raised", data: { ...raised.data, fresh: true } })
    .after.runs("watch");
});

test("an environment that does not come up leaves nothing behind, but for a workspace that was there", () => {
  const lowering = (keep: boolean, why: string): ExecutorEvent => ({
    type: "lowering",
    data: { env, by: JOB, keep, why, engine: "docker" },
  });
  const fresh = spec.given(opened, raising);
  fresh.when(outcome("up-main-a", { type: "unraised", env, why: "no" })).decides(lowering(false, "no"));
  fresh
    .when(failure("up-main-a", "abandoned", "died"))
    .decides(lowering(false, "died"))
    .after.runs("watch", "down-main-a");
  const before: ExecutorEvent = {
    type: "lowered",
    data: { env, by: JOB, keep: true, why: "w", tells: true, unfinished: [], ...room },
  };
  const again = spec.given(...up, lowering(true, "w"), before, raising);
  again.when(outcome("up-main-a", { type: "unraised", env, why: "no" })).decides(lowering(true, "no"));
});

test("an order has one step, which ends once, whatever became of it", () => {
  const result = { type: "done", text: "d" } as const;
  const step = outcome("order-main-a:o", { type: "finished" as const, env, order: "o", result });
  const finished: ExecutorEvent = {
    type: "finished",
    data: { env, by: JOB, order: "o", result, engine: "docker" },
  };
  spec
    .given(...up)
    .when({ ...mail({ verb: "exec" as const, data: exec("o") }), from: JOB })
    .decides(ordered("o"))
    .sends({})
    .after.runs("watch", "order-main-a:o")
    .when(step)
    .decides(finished)
    .after.runs("watch")
    .when(step)
    .ignores();
  spec
    .given(...up, ordered("o"), finished)
    .when({ ...mail({ verb: "exec" as const, data: exec("o") }), from: JOB })
    .ignores();
  const thrown = { type: "failed", code: "not-done", text: "The host could not do it: wrong" } as const;
  spec
    .given(...up, ordered("o"))
    .when(failure("order-main-a:o", "threw", "wrong"))
    .decides({ type: "finished", data: { env, by: JOB, order: "o", result: thrown, engine: "docker" } })
    .sends(answered(thrown));
});

test("an order that cannot be done is answered at once", () => {
  const code = (given: readonly ExecutorEvent[]): unknown => {
    const input = { ...mail({ verb: "exec" as const, data: exec("o") }), from: JOB };
    const event = executor.decide(spec.given(...given).state, input);
    assert.equal(event?.type, "finished");
    return event?.type === "finished" && event.data.result.type === "failed" && event.data.result.code;
  };
  assert.equal(code([opened]), "no-environment");
  assert.equal(code([opened, raising]), "not-up");
  const many = Array.from({ length: MOST_OPEN }, (_, at) => ordered(`x${at}`));
  assert.equal(code([...up, ...many]), "too-many-orders");
});

test("mail of nobody, or of somebody else, is refused", () => {
  const order = mail({ verb: "exec" as const, data: exec("o") });
  spec
    .given(...up)
    .when(order)
    .refuses("no-sender");
  spec
    .given(...up)
    .when({ ...order, from: OTHER })
    .refuses("foreign-environment");
});

test("what was not finished when an environment is gone is told of with that", () => {
  const wrote: ExecutorEvent = { type: "ordered", data: { by: JOB, order: { verb: "file", data: write } } };
  const lowering: ExecutorEvent = { type: "lowering", data: { env, by: JOB, keep: true, why: "w", engine: "docker" } };
  const given = spec.given(...up, ordered("o"), wrote, lowering).runs("watch", "down-main-a");
  const event = executor.decide(given.state, outcome("down-main-a", { type: "lowered", env }));
  assert.equal(event?.type, "lowered");
  const unfinished = event?.type === "lowered" ? event.data.unfinished : [];
  const codes = new Map(unfinished.map(({ order, result }) => [order, result.type === "failed" ? result.code : ""]));
  assert.deepEqual([...codes.keys()], ["o", "w"]);
  assert.equal(codes.get("w"), "interrupted");
});

test("what one engine keeps is not thrown away because another one does not see it", () => {
  const looked = { type: "looked", engine: "bubblewrap", notes: [], found: [] } as const;
  const event = executor.decide(spec.given(...up).state, emission("watch", looked));
  assert.equal(event?.type, "opened");
  assert.deepEqual(event?.type === "opened" && [event.data.lowering, event.data.free, event.data.engine], [
    [],
    0,
    "docker",
  ]);
  assert.match((event?.type === "opened" && event.data.problem) || "", /executor\.engine/);
  spec
    .given(opened)
    .when(emission("watch", looked))
    .decides({
      type: "opened",
      data: { running: 0, free: 16, engine: "bubblewrap", notes: [], lowering: [], gone: [] },
    });
});

test("environments that nobody knows are thrown away, and those that stopped are let go", () => {
  const found = [{ env: "main-x", state: "up" }] as const;
  const looked = { type: "looked", engine: "docker", notes: [], found, stopped: { env, why: "it ended" } } as const;
  spec
    .given(...up)
    .when(emission("watch", looked))
    .decides({
      type: "opened",
      data: {
        ...{ running: 2, free: 14, engine: "docker", notes: [], gone: [] },
        lowering: [
          { env, by: JOB, keep: true, why: "it ended" },
          { env: "main-x", by: SELF, keep: false, why: "Nobody knows it." },
        ],
      },
    })
    .after.runs("watch", "down-main-a", "down-main-x");
});

test("a job that wants its environment again already is not told that the former one is gone, and another one is", () => {
  const lowering: ExecutorEvent = { type: "lowering", data: { env, by: JOB, keep: true, why: "w", engine: "docker" } };
  const wanted = (by: Address): ExecutorEvent => ({
    type: "raising",
    data: { env, order: "u2", bounds: BOUNDS, by, ...room },
  });
  const told = (...next: readonly ExecutorEvent[]): boolean => {
    const { state } = spec.given(...up, lowering, ...next);
    const event = executor.decide(state, outcome("down-main-a", { type: "lowered", env }));
    return event?.type === "lowered" && event.data.tells;
  };
  assert.deepEqual([told(), told(wanted(OTHER)), told(wanted(JOB))], [true, true, false]);
});
