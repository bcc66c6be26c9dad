import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ExecutorInput } from "#actors/executor/decide.ts";
import { noEngine } from "#actors/executor/engine-choice.ts";
import type { Brought } from "#actors/executor/judge-end.ts";
import { executor, executorKind } from "#actors/executor/kind.ts";
import { DEFAULT_RULES } from "#actors/executor/rules.ts";
import { type ExecutorState, initial, MOST_OPEN, running } from "#actors/executor/state.ts";
import { type ExecutorEvent, executorContract } from "#subjects/executor.ts";
import type { Address } from "#subjects/mod.ts";
import { FIRST_AT } from "#support/spec.ts";
import { BOUNDS, HOST, JOB } from "./world.ts";

const ENVS = ["main-a", "main-b", "constructor"] as const;
const JOBS: readonly Address[] = [JOB, "main.worker.w2", "else.worker.w3"];
const MOST = 2;

const kind = executorKind(
  { ...DEFAULT_RULES, environments: MOST },
  {
    engine: noEngine("nothing is run here"),
    previews: { open: never, close: never, restore: () => {}, notes: () => [] },
    doors: { open: never, admit: never, close: never },
  },
);

/** What may happen to a host; numbers choose among what there is. */
type Deed =
  | {
      readonly type: "order";
      readonly verb: "up" | "down" | "exec";
      readonly env: string;
      readonly by: number;
      readonly name: number;
    }
  | { readonly type: "step"; readonly which: number; readonly isWell: boolean }
  | { readonly type: "look"; readonly up: readonly string[]; readonly kept: readonly string[] }
  | { readonly type: "tend"; readonly hours: number };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("order" as const),
      verb: fc.constantFrom("up" as const, "down" as const, "exec" as const, "exec" as const),
      env: fc.constantFrom(...ENVS),
      by: fc.constantFrom(0, 0, 0, 0, 1, 2),
      name: fc.nat({ max: 20 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ type: fc.constant("step" as const), which: fc.nat(), isWell: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("look" as const),
      up: fc.subarray([...ENVS, "main-stray"]),
      kept: fc.subarray([...ENVS]),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("tend" as const), hours: fc.nat({ max: 30 }) }) },
);

/** Long enough for environments to come and go several times. */
const deeds = fc.array(deed, { minLength: 20, maxLength: 120, size: "max" });

/** A host as its log has it, and all that it sent. */
class World {
  state: ExecutorState = initial(HOST);
  at = FIRST_AT;
  readonly events: ExecutorEvent[] = [];
  readonly results = new Map<string, number>();
  readonly taken = new Set<string>();

  do(deed: Deed): void {
    this.at += 1_000;
    switch (deed.type) {
      case "order":
        this.judge(mailOf(deed, this.at));
        break;
      case "step":
        this.step(deed.which, deed.isWell);
        break;
      case "look": {
        const kept = deed.kept.filter((env) => !deed.up.includes(env)).map((env) => ({ env, state: "kept" as const }));
        const found = [...deed.up.map((env) => ({ env, state: "up" as const })), ...kept];
        const data: Brought = { type: "looked", engine: "docker", notes: [], found };
        this.judge({ type: "emission", id: "i", at: this.at, key: "watch", data });
        break;
      }
      case "tend":
        this.at += deed.hours * 3_600_000;
        this.judge({ type: "mail", id: "i", at: this.at, verb: "tend", data: { at: this.at } });
    }
  }

  /** A step that is wanted comes to its end, well or not. */
  step(which: number, isWell: boolean): void {
    const wanted = Object.entries(kind.steps(this.state)).filter(([key]) => key !== "watch");
    const [key, step] = wanted[which % Math.max(1, wanted.length)] ?? [];
    if (key === undefined || step === undefined) return;
    const input = { id: "i", at: this.at, key };
    const data = endOf(step, isWell);
    if (data !== undefined) this.judge({ ...input, type: "outcome", data });
    else this.judge({ ...input, type: "failure", code: "threw", reason: "wrong" });
  }

  judge(input: ExecutorInput): void {
    const decided = kind.decide(this.state, input);
    if (decided === undefined || decided.type === "refusal") return;
    executorContract.events[decided.type].parse(decided.data);
    const placed = { address: HOST, seq: this.events.length + 1, id: `e${this.events.length}`, at: this.at };
    const before = this.state;
    this.state = JSON.parse(JSON.stringify(kind.evolve(before, decided, placed)));
    this.events.push(decided);
    if (decided.type === "ordered") this.taken.add(`${decided.data.order.data.env} ${decided.data.order.data.order}`);
    const env = "env" in decided.data ? decided.data.env : "";
    for (const send of Object.values(kind.sends(decided, placed))) {
      if (send.type !== "mail" || send.verb !== "result") continue;
      const name = `${env} ${(send.data as { order: string }).order}`;
      this.results.set(name, (this.results.get(name) ?? 0) + 1);
    }
    this.check(before, decided);
  }

  check(before: ExecutorState, event: ExecutorEvent): void {
    assert.ok(running(this.state) <= MOST + 4, "strays aside there is never more than there is room for");
    if (event.type === "raising") assert.ok(running(this.state) <= Math.max(MOST, running(before)));
    for (const [env, { state, open, by, end, next }] of Object.entries(this.state.environments)) {
      assert.ok(Object.keys(open).length <= MOST_OPEN);
      assert.equal(end !== undefined, state === "lowering", `${env} is ${state}`);
      assert.ok(next === undefined || state === "lowering");
      if (state !== "up" && state !== "lowering") assert.deepEqual(open, {});
      for (const order of Object.keys(open))
        assert.ok(order.startsWith(by), `${order} runs in an environment of ${by}`);
    }
  }

  /** Everything that is wanted comes to its end. */
  settle(): void {
    for (let most = 0; Object.keys(kind.steps(this.state)).length > 1; most++) {
      assert.ok(most < 1_000, "it comes to rest");
      this.step(0, true);
    }
  }
}

test("whatever happens, each order comes to its end exactly once, and by nobody else's hand", () => {
  fc.assert(
    fc.property(deeds, (past) => {
      const world = new World();
      for (const each of past) world.do(each);
      world.settle();
      for (const order of world.taken) assert.equal(world.results.get(order), 1, order);
      for (const [order, times] of world.results) assert.equal(times, 1, order);
    }),
    { numRuns: 400 },
  );
});

test("what is folded again is the same, and what was let go says nothing more", () => {
  fc.assert(
    fc.property(deeds, (past) => {
      const world = new World();
      for (const each of past) world.do(each);
      const up = new Set<string>();
      for (const event of world.events) {
        if (event.type === "raised") up.add(event.data.env);
        if (event.type === "lowered") up.delete(event.data.env);
        if (event.type === "ordered") assert.ok(up.has(event.data.order.data.env));
        const isAnswer = event.type === "finished" && event.data.result.type === "exec";
        if (isAnswer) assert.ok(up.has(event.data.env), `${event.data.order} ended after its environment`);
      }
      const again = executor.initial(HOST);
      const state = world.events.reduce<ExecutorState>(
        (before, event) => executor.evolve(before, event, { address: HOST, seq: 1, id: "e", at: FIRST_AT }),
        again,
      );
      assert.deepEqual(Object.keys(state.environments).sort(), Object.keys(world.state.environments).sort());
    }),
    { numRuns: 200 },
  );
});

function endOf(step: ReturnType<typeof kind.steps>[string], isWell: boolean): Brought | undefined {
  switch (step.type) {
    case "up":
      return isWell
        ? { type: "raised", env: step.env, boot: "b", notes: [], fresh: false }
        : { type: "unraised", env: step.env, why: "no" };
    case "down":
      return { type: "lowered", env: step.env };
    case "order": {
      if (!isWell) return undefined;
      const nothing = { text: "", bytes: 0 };
      const result = { type: "exec", how: "ended", code: 0, ms: 1, stdout: nothing, stderr: nothing } as const;
      return { type: "finished", env: step.env, order: step.order.data.order, result };
    }
    default:
      return undefined;
  }
}

function mailOf({ verb, env, by, name }: Extract<Deed, { type: "order" }>, at: number): ExecutorInput {
  const from = JOBS[by] ?? JOB;
  const order = `${from}:${verb}-${name}`;
  const mail = { type: "mail" as const, id: "i", at, from };
  switch (verb) {
    case "up":
      return { ...mail, verb, data: { env, order, bounds: BOUNDS } };
    case "down":
      return { ...mail, verb, data: { env, order, keep: name % 2 === 0 } };
    case "exec":
      return { ...mail, verb, data: { env, order, argv: ["true"], timeoutMs: 1 } };
  }
}

function never(): Promise<never> {
  return Promise.reject(new Error("nothing is run here"));
}
