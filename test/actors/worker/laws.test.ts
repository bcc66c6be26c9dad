import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { WorkerInput } from "#actors/worker/decide.ts";
import type { WorkerState } from "#actors/worker/state.ts";
import { hasEnded, type JobState, TRANSITIONS } from "#subjects/job.ts";
import { parseAddress } from "#subjects/mod.ts";
import { type WorkerEvent, workerContract } from "#subjects/worker.ts";
import { ADDRESS, ada, answer, bob, CHANNEL, CORTEX, EXECUTOR, eve, kind, shell, words } from "./fixtures.ts";

/** What may come next, where it depends on how the job stands; `crash` makes its steps run again. */
type Move =
  | { readonly type: "mail"; readonly verb: string; readonly data: object; readonly from?: string }
  | { readonly type: "step"; readonly brings: "words" | "call" | "ask" | "deny" | "failure" | "unplaced" }
  | { readonly type: "result"; readonly isGood: boolean }
  | { readonly type: "attach" | "down" | "crash" };

const who = fc.constantFrom(ada, bob, eve);
const approval = fc.constantFrom("a1", "a2", "a3");
const mailOf = (verb: string, data: fc.Arbitrary<object>, from?: string): fc.Arbitrary<Move> =>
  data.map((body) => ({ type: "mail", verb, data: body, ...(from === undefined ? {} : { from }) }));
const assignment = fc.constantFrom({ type: "task", text: "count" }, { type: "run", text: "make" });

const moves: fc.Arbitrary<Move[]> = fc
  .tuple(
    mailOf("spawn", fc.record({ assignment, who: fc.constantFrom(ada, bob), for: fc.constant(CHANNEL) })),
    fc.array(
      fc.oneof(
        mailOf("approve", fc.record({ approval, who })),
        mailOf("deny", fc.record({ approval, who, why: fc.constant("no") })),
        mailOf("expire", fc.record({ approval })),
        { arbitrary: mailOf("grant", fc.constant({}), CORTEX), weight: 3 },
        mailOf("halt", fc.constant({ who: ada, why: "fire" }), CORTEX),
        mailOf("abort", fc.record({ who, why: fc.constant("") })),
        mailOf("cancel", fc.constant({ reason: "" }), CHANNEL),
        mailOf("tell", fc.record({ text: fc.constant("and?"), who })),
        mailOf("retry", fc.record({ who })),
        mailOf("timeout", fc.constant({})),
        mailOf("leave", fc.constant({})),
        mailOf("detach", fc.constant({ env: "main-spec", why: "gone" }), EXECUTOR),
        fc.record({
          type: fc.constant("step" as const),
          brings: fc.constantFrom("words", "call", "call", "call", "ask", "deny", "failure", "unplaced"),
        }) as fc.Arbitrary<Move>,
        fc.record({ type: fc.constant("result" as const), isGood: fc.boolean() }) as fc.Arbitrary<Move>,
        { arbitrary: fc.constantFrom<Move>({ type: "attach" }), weight: 2 },
        fc.constantFrom<Move>({ type: "down" }, { type: "crash" }),
      ),
      { maxLength: 40, size: "max" },
    ),
  )
  .map(([first, rest]) => [first, ...rest]);

test("in whatever order things come, a job moves only as its transitions have it, and its end is its end", () => {
  fc.assert(
    fc.property(moves, (list) => {
      let before: JobState | undefined;
      for (const { state, event } of play(list)) {
        const { stands } = state;
        assert.ok(stands !== undefined);
        if (before === undefined) assert.ok(stands === "queued" || stands === "needs_approval");
        else if (stands !== before)
          assert.ok(TRANSITIONS[before].includes(stands), `${before} to ${stands}: ${event.type}`);
        before = stands;
      }
    }),
  );
});

test("every event fits its contract, and a replay comes to the same state, which survives being written down", () => {
  fc.assert(
    fc.property(moves, (list) => {
      const log = play(list);
      for (const { event } of log) workerContract.events[event.type].parse(JSON.parse(JSON.stringify(event.data)));
      const again = log.reduce(
        (state, { event, seq }) => kind.evolve(state, JSON.parse(JSON.stringify(event)), placed(seq)),
        kind.initial(ADDRESS),
      );
      assert.deepEqual(JSON.parse(JSON.stringify(again)), JSON.parse(JSON.stringify(log.at(-1)?.state ?? again)));
    }),
  );
});

test("a slot is claimed once, and given back once the job has ended; no order leaves while somebody has to allow it", () => {
  fc.assert(
    fc.property(moves, (list) => {
      const log = play(list);
      const sent = log.flatMap(({ event, seq }) => Object.values(kind.sends(event, placed(seq))));
      const count = (verb: string): number => sent.filter((send) => send.type === "mail" && send.verb === verb).length;
      const state = log.at(-1)?.state;
      assert.ok(count("claim") <= 1);
      if (state?.stands !== undefined && hasEnded(state.stands)) assert.ok(count("release") >= count("claim"));
      const ordered = sent.flatMap((send) => (send.type === "mail" && send.verb === "exec" ? [send] : []));
      const names = ordered.map(({ data }) => (data as { readonly order: string }).order);
      assert.equal(new Set(names).size, names.length, "no order is given twice");
      const ups = sent.flatMap((send) => (send.type === "mail" && send.verb === "up" ? [send.data] : []));
      assert.equal(new Set(ups.map((data) => (data as { readonly order: string }).order)).size, ups.length);
      for (const { to } of ordered) assert.equal(parseAddress(to).kind, "executor");
      assert.ok(count("conclude") <= 1);
    }),
  );
});

type Told = { readonly event: WorkerEvent; readonly state: WorkerState; readonly seq: number };

function play(list: readonly Move[]): readonly Told[] {
  const log: Told[] = [];
  let state = kind.initial(ADDRESS);
  for (const [index, move] of list.entries()) {
    const input = inputOf(move, state, index);
    const event = input && kind.decide(state, input as never);
    if (event === undefined || event.type === "refusal") continue;
    const seq = log.length + 1;
    state = kind.evolve(state, event, placed(seq));
    log.push({ event, state, seq });
  }
  return log;
}

function placed(seq: number) {
  return { address: ADDRESS, seq, id: `e${seq}`, at: seq };
}

function inputOf(move: Move, state: WorkerState, index: number): WorkerInput | undefined {
  const base = { id: `i${index}`, at: index };
  const mail = (verb: string, data: object, from?: string) =>
    ({ type: "mail", ...base, verb, data, ...(from === undefined ? {} : { from }) }) as unknown as WorkerInput;
  switch (move.type) {
    case "mail":
      return mail(move.verb, move.data, move.from);
    case "attach":
      return (
        state.place &&
        mail("attach", { env: "main-spec", order: state.place.order, engine: "docker", notes: [] }, EXECUTOR)
      );
    case "down":
      return mail("result", { order: `${ADDRESS}:down-0`, result: { type: "done", text: "gone" } }, EXECUTOR);
    case "crash":
      return undefined;
    case "result": {
      const [order] = Object.keys(state.orders);
      const output = { text: "", bytes: 0 };
      const result = { type: "exec", code: move.isGood ? 0 : 1, how: "ended", ms: 1, stdout: output, stderr: output };
      return order === undefined ? undefined : mail("result", { order, result }, EXECUTOR);
    }
    case "step":
      return stepEnd(move.brings, state, base);
  }
}

function stepEnd(
  brings: Extract<Move, { type: "step" }>["brings"],
  state: WorkerState,
  base: { readonly id: string; readonly at: number },
): WorkerInput | undefined {
  const [key, step] = Object.entries(kind.steps(state))[0] ?? [];
  if (key === undefined || step === undefined) return undefined;
  const outcome = (data: object) => ({ type: "outcome", ...base, key, data }) as unknown as WorkerInput;
  if (brings === "failure") return { type: "failure", ...base, key, code: "threw", reason: "no" };
  if (step.type === "settle") return outcome({ gone: true });
  if (step.type === "place") return outcome(brings === "unplaced" ? { unplaced: "nowhere" } : { placed: "here" });
  if (brings === "words") return outcome(answer("allow", words("done")));
  const effect = brings === "ask" || brings === "deny" ? brings : "allow";
  return outcome(answer(effect, shell(`c${state.calls}`, "ls"), shell(`d${state.calls}`, "pwd")));
}
