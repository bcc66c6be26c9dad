import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_CALLS } from "#actors/branch/answer.ts";
import { branch as kind } from "#actors/branch/kind.ts";
import { MAX_ANSWER_BYTES } from "#actors/turn/mod.ts";
import type { AnswerPart } from "#models/mod.ts";
import type { BranchEvent } from "#subjects/branch.ts";
import { FIRST_AT, failure, mail, outcome, specOf } from "#support/spec.ts";

const branch = specOf(kind);
const ada = { party: "terminal", id: "ada" } as const;
const CHANNEL = "main.channel.terminal-tea";
const USAGE = { input: 9, output: 4, cacheRead: 0, cacheWrite: 0, microUsd: 120 };
const OF = { for: CHANNEL, who: ada } as const;

const origin = { from: CHANNEL, seq: 17, task: "tea", who: ada } as const;
const spawned: BranchEvent = { type: "spawned", data: origin };
const look = (id = "c1") => ({ type: "tool-call", id, name: "look_back", input: { query: "tea" } }) as const;
const words = (text: string) => ({ type: "text", text }) as const;
const answer = (key: string, ...content: AnswerPart[]) => outcome(key, { content, model: "m", stop: "end" as const });
const thought = (...content: AnswerPart[]): BranchEvent => ({ type: "thought", data: { content, model: "m", ...OF } });
const used = (id = "c1"): BranchEvent => ({ type: "used", data: { call: id, text: "#1: tea" } });
const ended = (outcome: "done" | "failed" | "cancelled" | "timed-out", text: string): BranchEvent => ({
  type: "concluded",
  data: { outcome, text, for: CHANNEL },
});
const conclude = (outcome: string, text: string) => ({
  conclude: { type: "mail", to: CHANNEL, verb: "conclude", data: { outcome, text } } as const,
});

test("it is begun once, thinks at once, and has a time limit", () => {
  branch
    .given()
    .when(mail({ verb: "spawn" as const, data: origin }))
    .decides(spawned)
    .sends({ timeout: { type: "timer", dueAt: FIRST_AT + 15 * 60_000, verb: "timeout", data: {} } })
    .after.runs("think-1")
    .answers("status", { task: "tea", calls: 0, status: "", outcome: "thinking" })
    .when(mail({ verb: "spawn" as const, data: origin }))
    .ignores();
});

test("an answer without tools is its conclusion, and its conversation and the ledger are told", () => {
  branch
    .given(spawned)
    .when(outcome("think-1", { content: [words("Green.")], model: "m", stop: "end" as const, usage: USAGE }))
    .decides({ type: "concluded", data: { outcome: "done", text: "Green.", model: "m", usage: USAGE, ...OF } })
    .sends({
      ...conclude("done", "Green."),
      charge: { type: "mail", to: "main.cortex.main", verb: "charge", data: { ...USAGE, model: "m", ...OF } },
    })
    .after.runs()
    .answers("status", { task: "tea", calls: 0, status: "", outcome: "done" });
});

test("an answer with tools is a thought; their results are seen by the next call", () => {
  branch
    .given(spawned)
    .when(answer("think-1", look()))
    .decides(thought(look()))
    .after.runs("use-2-0")
    .when(outcome("use-2-0", { text: "#1: tea" }))
    .decides(used())
    .after.runs("think-1-2");
});

test("what it says of itself is passed on to its conversation", () => {
  const status = { type: "tool-call", id: "c1", name: "set_status", input: { text: "half way" } } as const;
  branch
    .given(spawned)
    .when(answer("think-1", status))
    .sends({ report: { type: "mail", to: CHANNEL, verb: "report", data: { text: "half way" } } })
    .after.runs("think-1-2")
    .answers("status", { task: "tea", calls: 1, status: "half way", outcome: "thinking" });
});

test("what it is told is seen by its next call", () => {
  const { state } = branch.given(spawned, thought(look()), { type: "told", data: { text: "and coffee" } }, used());
  assert.deepEqual(
    state.turn?.lines.map(({ text }) => text),
    ["[Task] tea", "", "and coffee"],
  );
});

test("what it is told while it concludes is seen before it has concluded, but for its last call", () => {
  const told: BranchEvent = { type: "told", data: { text: "and coffee" } };
  const { after } = branch
    .given(spawned, told)
    .when(answer("think-1", words("Green.")))
    .decides(thought(words("Green.")));
  after.runs("think-1-2");
  assert.deepEqual(
    after.state.turn?.lines.map(({ role, text, content }) => [role, content ?? text]),
    [
      ["user", "[Task] tea"],
      ["agent", [words("Green.")]],
      ["user", "and coffee"],
    ],
  );
  const before = Array.from({ length: MAX_CALLS - 1 }, (_, index) => [thought(look(`c${index}`)), used(`c${index}`)]);
  branch
    .given(spawned, ...before.flat(), told)
    .when(answer(`think-1-${MAX_CALLS}`, words("Green.")))
    .decides({ type: "concluded", data: { outcome: "done", text: "Green.", model: "m", ...OF } });
});

test("it ends when it is cancelled, when its time is over, and when it cannot go on; and only once", () => {
  const cancel = mail({ verb: "cancel" as const, data: { reason: "enough" } });
  const timeout = mail({ verb: "timeout" as const, data: {} });
  branch
    .given(spawned)
    .when(cancel)
    .decides(ended("cancelled", "enough"))
    .sends(conclude("cancelled", "enough"))
    .after.runs()
    .when(timeout)
    .ignores();
  branch.given(spawned).when(timeout).decides(ended("timed-out", "It took too long and was ended.")).after.runs();
  branch
    .given(spawned)
    .when(failure("think-1", "threw", "nobody\nthere"))
    .decides(ended("failed", "nobody there"));
  branch
    .given(spawned)
    .when(failure("think-1", "abandoned", "three deaths"))
    .decides(ended("failed", "Its process died three times while it thought, and it was given up."));
  branch.given(spawned, ended("done", "x")).when(cancel).refuses("not-thinking");
  branch
    .given(spawned, ended("done", "x"))
    .when(answer("think-1", words("late")))
    .ignores();
});

test("it has so many calls of the model, and the last one concludes", () => {
  const before = Array.from({ length: MAX_CALLS - 1 }, (_, index) => [thought(look(`c${index}`)), used(`c${index}`)]);
  const last = branch.given(spawned, ...before.flat()).runs(`think-1-${MAX_CALLS}`);
  const concluded = (outcome: "done" | "failed", text: string): BranchEvent => ({
    type: "concluded",
    data: { outcome, text, model: "m", ...OF },
  });
  last.when(answer(`think-1-${MAX_CALLS}`, words("so far"), look("c9"))).decides(concluded("done", "so far"));
  const text = "Not done: a branch has 10 calls of the model, and this was the last one.";
  last.when(answer(`think-1-${MAX_CALLS}`, look("c9"))).decides(concluded("failed", text));
});

test("an answer that no event could hold ends it, with what that cost", () => {
  const large = { type: "malformed-call", id: "c1", name: "look_back", raw: "x".repeat(MAX_ANSWER_BYTES) } as const;
  const data = {
    outcome: "failed" as const,
    text: "An answer of the model was too large to be kept.",
    model: "m",
    ...OF,
  };
  branch.given(spawned).when(answer("think-1", large)).decides({ type: "concluded", data });
});

test("a model that says nothing has not concluded", () => {
  branch
    .given(spawned)
    .when(answer("think-1"))
    .decides({
      type: "concluded",
      data: { outcome: "failed", text: "The model concluded with nothing.", model: "m", ...OF },
    });
});
