import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_CALLS } from "#actors/channel/answer.ts";
import { channel as kind } from "#actors/channel/kind.ts";
import { MAX_BRANCHES } from "#actors/channel/tools.ts";
import { type Line, MAX_ANSWER_BYTES, windowOf } from "#actors/turn/mod.ts";
import type { AnswerPart } from "#models/mod.ts";
import { MAX_EVENT_BYTES } from "#runtime/judge.ts";
import { branchAddress } from "#subjects/branch.ts";
import type { ChannelEvent } from "#subjects/channel.ts";
import { FIRST_AT, failure, mail, outcome, specOf } from "#support/spec.ts";

const channel = specOf(kind);
const ada = { party: "terminal", id: "ada" } as const;
const HERE = "main.channel.spec";
const USAGE = { input: 9, output: 4, cacheRead: 0, cacheWrite: 0, microUsd: 120 };

const heard = (text: string): ChannelEvent => ({ type: "heard", data: { text, who: ada } });
const call = (id: string, name: string, input: unknown) => ({ type: "tool-call", id, name, input }) as const;
const words = (text: string) => ({ type: "text", text }) as const;
const answer = (key: string, ...content: AnswerPart[]) => outcome(key, { content, model: "m", stop: "tools" as const });
const thought = (
  content: AnswerPart[],
  results: { call: string; text: string; failed?: true }[] = [],
): ChannelEvent => ({
  type: "thought",
  data: { content, ...(results.length === 0 ? {} : { results }), model: "m" },
});
const look = (id = "c1") => call(id, "look_back", { query: "tea" });
const used = (id = "c1"): ChannelEvent => ({ type: "used", data: { call: id, text: "#1: tea" } });
const from = (who: string) => ({ from: `main.branch.${who}` as const });
const branchOf = (event: string, index = 0) => branchAddress(HERE, event, index);
const begun: ChannelEvent[] = [
  heard("think about tea"),
  {
    type: "said",
    data: {
      text: "I do.",
      content: [words("I do."), call("c1", "branch", { task: "tea" })],
      results: [{ call: "c1", text: "It has begun; its conclusion comes back here by itself." }],
      began: [{ call: 0, task: "tea", seq: 1, who: ada }],
      model: "m",
      answers: [1],
    },
  },
];
const WORK = branchOf("e2");

test("a tool that does something is a step, and its result the next event; then the model is called again", () => {
  channel
    .given(heard("what of tea?"))
    .when(answer("think-1", look()))
    .decides(thought([look()]))
    .sends({})
    .after.runs("use-2-0")
    .when(outcome("use-2-0", { text: "#1: tea" }))
    .decides(used())
    .after.runs("think-1-2");
});

test("tools of one answer run side by side, and the model waits for all of them", () => {
  channel
    .given(heard("x"), thought([look("c1"), look("c2")]))
    .runs("use-2-0", "use-2-1")
    .when(outcome("use-2-1", { text: "second" }))
    .after.runs("use-2-0");
});

test("a tool that throws, and one that brings its process down, have results that say so", () => {
  const given = channel.given(heard("x"), thought([look()]));
  given
    .when(failure("use-2-0", "threw", "no such\nlog"))
    .decides({ type: "used", data: { call: "c1", text: "no such log", failed: true } })
    .after.runs("think-1-2");
  const died = "It was tried three times, and its process died each time. It is not tried again.";
  given
    .when(failure("use-2-0", "abandoned", "three deaths"))
    .decides({ type: "used", data: { call: "c1", text: died, failed: true } });
});

test("calls that cannot be read come back to the model with what to mend", () => {
  const malformed = { type: "malformed-call", id: "c1", name: "branch", raw: "{" } as const;
  const unknown = call("c2", "fly", {});
  const unfit = call("c3", "branch", { task: 7 });
  const { after } = channel.given(heard("x")).when(answer("think-1", malformed, unknown, unfit));
  const results = after.state.turn?.lines.at(-1)?.results ?? [];
  assert.deepEqual(
    results.map(({ call: id, failed }) => [id, failed]),
    [
      ["c1", true],
      ["c2", true],
      ["c3", true],
    ],
  );
  assert.match(results[1]?.text ?? "", /There is no tool fly\. There are: reply, branch/);
  after.runs("think-1-2");
});

test("what is heard during a turn is seen by its next call, and answered with it", () => {
  const { state } = channel.given(heard("one"), thought([look()]), heard("two"));
  assert.deepEqual(
    windowOf(state).lines.map(({ seq }) => seq),
    [1, 2],
  );
  channel
    .given(heard("one"), thought([look()]), heard("two"), used())
    .runs("think-1-2")
    .when(answer("think-1-2", words("both")))
    .decides({ type: "said", data: { text: "both", model: "m", answers: [1, 3] } })
    .after.runs();
});

test("what is heard while the last call runs waits for the next turn", () => {
  channel
    .given(heard("one"), thought([look()]), used(), heard("two"))
    .runs("think-1-2")
    .when(answer("think-1-2", words("one")))
    .decides({ type: "said", data: { text: "one", model: "m", answers: [1] } })
    .after.runs("think-4");
});

test("words beside a tool that goes on are said at once, and the turn goes on", () => {
  const content = [words("I look."), look()];
  channel
    .given(heard("x"))
    .when(answer("think-1", ...content))
    .decides({ type: "said", data: { text: "I look.", content, model: "m", to: [1] } })
    .after.runs("use-2-0");
});

test("a reply ends the turn, one that says more follows does not", () => {
  const end = call("c1", "reply", { text: "Tea." });
  channel
    .given(heard("x"))
    .when(answer("think-1", end))
    .decides({
      type: "said",
      data: { text: "Tea.", content: [end], results: [{ call: "c1", text: "Said." }], model: "m", answers: [1] },
    })
    .after.runs();
  const more = call("c1", "reply", { text: "Wait.", more: true });
  channel.given(heard("x")).when(answer("think-1", more)).after.runs("think-1-2");
});

test("silence after something was said ends the turn without a word", () => {
  const more = call("c1", "reply", { text: "Wait.", more: true });
  channel
    .given(heard("x"))
    .when(answer("think-1", more))
    .after.when(answer("think-1-2"))
    .decides({ type: "thought", data: { content: [], model: "m", answers: [1] } })
    .after.runs();
});

test("the last call of a turn has nothing more done, and speaks for itself when the model does not", () => {
  const before = Array.from({ length: MAX_CALLS - 1 }, (_, index) => [thought([look(`c${index}`)]), used(`c${index}`)]);
  const last = channel.given(heard("x"), ...before.flat()).runs(`think-1-${MAX_CALLS}`);
  const judged = last.when(answer(`think-1-${MAX_CALLS}`, look("c9")));
  judged.after.runs();
  const end: Line | undefined = judged.after.state.window.at(-1);
  assert.match(end?.text ?? "", /^I have worked at this for 5 steps/);
  assert.match(end?.results?.[0]?.text ?? "", /^Not done/);
});

test("a branch begins with the past before the answer, and its conclusion comes back by itself", () => {
  const content = [words("I do."), call("c1", "branch", { task: "tea" })];
  const work = branchOf("e2");
  channel
    .given(heard("think about tea"))
    .when(answer("think-1", ...content))
    .decides(begun[1] ?? assert.fail())
    .sends({
      view: { type: "view", view: "channels", data: { at: FIRST_AT + 1_000, last: "I do." } },
      "spawn-0": { type: "mail", to: work, verb: "spawn", data: { from: HERE, seq: 1, task: "tea", who: ada } },
      "overdue-0": { type: "timer", dueAt: FIRST_AT + 1_000 + 20 * 60_000, verb: "overdue", data: { work } },
    })
    .after.runs()
    .answers("status", {
      heard: 1,
      said: 1,
      thinking: false,
      waiting: 0,
      work: [{ address: work, task: "tea", since: FIRST_AT + 1_000 }],
    });
});

test("a conclusion begins a turn of its own, once", () => {
  const conclude = mail({ verb: "conclude" as const, data: { outcome: "done" as const, text: "It is green." } });
  channel
    .given(...begun)
    .when({ ...conclude, from: WORK })
    .decides({ type: "concluded", data: { from: WORK, outcome: "done", text: "It is green." } })
    .after.runs("think-3")
    .when({ ...conclude, from: WORK })
    .ignores();
  channel
    .given(...begun)
    .when({ ...conclude, ...from("stranger") })
    .ignores();
});

test("a branch that was cancelled ends without another word, one that is lost is told of", () => {
  const cancelled = mail({ verb: "conclude" as const, data: { outcome: "cancelled" as const, text: "no" } });
  channel
    .given(...begun)
    .when({ ...cancelled, from: WORK })
    .after.runs();
  channel
    .given(...begun)
    .when(mail({ verb: "overdue" as const, data: { work: WORK } }))
    .after.runs("think-3")
    .when(mail({ verb: "overdue" as const, data: { work: WORK } }))
    .ignores();
});

test("a branch that could not even begin has ended badly", () => {
  const data = { id: "e2:spawn-0", verb: "spawn", code: "unreadable", reason: "no such kind" };
  channel
    .given(...begun)
    .when(mail({ verb: "bounced" as const, data }))
    .decides({ type: "concluded", data: { from: WORK, outcome: "failed", text: "no such kind" } });
  channel
    .given(...begun)
    .when(mail({ verb: "refused" as const, data: { ...data, id: "e2:cancel-1", verb: "cancel" } }))
    .ignores();
});

test("only so many branches run at a time", () => {
  const calls = Array.from({ length: MAX_BRANCHES + 1 }, (_, index) => call(`c${index}`, "branch", { task: "t" }));
  const { state } = channel.given(heard("x")).when(answer("think-1", ...calls)).after;
  assert.equal(state.work.length, MAX_BRANCHES);
  const results = state.turn?.lines.at(-1)?.results ?? [];
  assert.deepEqual(results.map(({ failed }) => failed === true).indexOf(true), MAX_BRANCHES);
});

test("what is at work is told, and cancelled, by its name", () => {
  const name = WORK.split(".")[2] ?? "";
  const tell = call("c1", "route", { to: name, text: "and coffee" });
  const cancel = call("c2", "cancel", { to: WORK, reason: "enough" });
  channel
    .given(...begun, heard("more"))
    .when(answer("think-3", words("Done."), tell, cancel))
    .sends({
      view: { type: "view", view: "channels", data: { at: FIRST_AT + 3_000, last: "Done." } },
      "tell-0": { type: "mail", to: WORK, verb: "tell", data: { text: "and coffee" } },
      "cancel-1": { type: "mail", to: WORK, verb: "cancel", data: { reason: "enough" } },
    });
  const stranger = call("c1", "cancel", { to: "b123456-0" });
  channel
    .given(...begun, heard("more"))
    .when(answer("think-3", words("Done."), stranger))
    .sends({ view: { type: "view", view: "channels", data: { at: FIRST_AT + 3_000, last: "Done." } } })
    .after.runs("think-3-2");
});

test("half an address is no name, and what is named so is not told that it was reached", () => {
  const half = WORK.split(".").slice(1).join(".");
  const { after } = channel
    .given(...begun, heard("more"))
    .when(answer("think-3", call("c1", "route", { to: half, text: "and coffee" })))
    .sends({});
  assert.equal(after.state.turn?.lines.at(-1)?.results?.[0]?.failed, true);
});

test("a call that cannot be read takes no place among the thoughts on the side", () => {
  const unfit = call("c0", "branch", { task: 7 });
  const calls = Array.from({ length: MAX_BRANCHES }, (_, index) => call(`c${index + 1}`, "branch", { task: "t" }));
  const { state } = channel.given(heard("x")).when(answer("think-1", unfit, ...calls)).after;
  assert.equal(state.work.length, MAX_BRANCHES);
});

test("its report is shown as its status", () => {
  const report = mail({ verb: "report" as const, data: { text: "half way" } });
  const { state } = channel.given(...begun).when({ ...report, from: WORK }).after;
  assert.equal(state.work[0]?.status, "half way");
});

test("somebody stops a turn: its tools have results that say so, and what waited is closed with it", () => {
  const stop = mail({ verb: "stop" as const, data: { who: ada } });
  const { after } = channel
    .given(heard("one"), thought([look()]), heard("two"))
    .when(stop)
    .decides({ type: "stopped", data: { who: ada, answers: [1, 3] } });
  after.runs();
  assert.deepEqual(
    after.state.window.flatMap(({ results = [] }) => results),
    [{ call: "c1", text: "Not waited for: the turn was stopped.", failed: true }],
  );
  channel.given().when(stop).refuses("nothing-to-stop");
});

test("what a call cost goes to the agent's ledger, with who began it", () => {
  const cost = { model: "anthropic/x", usage: USAGE };
  channel
    .given(heard("x"))
    .when(outcome("think-1", { content: [look()], stop: "tools" as const, ...cost }))
    .decides({ type: "thought", data: { content: [look()], ...cost, who: ada } })
    .sends({
      charge: {
        type: "mail",
        to: "main.cortex.main",
        verb: "charge",
        data: { ...USAGE, model: "anthropic/x", for: HERE, who: ada },
      },
    });
});

test("an answer that no event could hold fails with what it cost", () => {
  assert.equal(MAX_ANSWER_BYTES, MAX_EVENT_BYTES);
  const large = call("c1", "look_back", { query: "x".repeat(MAX_ANSWER_BYTES) });
  const cost = { model: "anthropic/x", usage: USAGE };
  const { after } = channel
    .given(heard("x"))
    .when(outcome("think-1", { content: [large], stop: "tools" as const, ...cost }))
    .decides({
      type: "failed",
      data: {
        reason: "My answer was too large to be kept. Please ask for less at once.",
        answers: [1],
        ...cost,
        who: ada,
      },
    });
  after.runs();
});

test("a call that may not be made says why, and closes what was heard", () => {
  channel
    .given(heard("x"))
    .when(outcome("think-1", { denied: "the agent's budget of today is spent" }))
    .decides({
      type: "failed",
      data: { reason: "I may not answer: the agent's budget of today is spent", answers: [1] },
    })
    .after.runs();
});

test("a warning is noted for people, and asks nothing of the model", () => {
  channel
    .given()
    .when(mail({ verb: "warn" as const, data: { text: "half of it is spent" } }))
    .decides({ type: "warned", data: { text: "half of it is spent" } })
    .after.runs();
});
