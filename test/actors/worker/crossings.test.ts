import assert from "node:assert/strict";
import { test } from "node:test";
import { executor } from "#actors/executor/kind.ts";
import { MAX_CALL_LINES, promptOf } from "#actors/turn/mod.ts";
import { questionOf } from "#actors/worker/perform.ts";
import { choosePlace } from "#actors/worker/place.ts";
import type { Address } from "#subjects/mod.ts";
import type { WorkerEvent } from "#subjects/worker.ts";
import { mail, outcome, specOf } from "#support/spec.ts";
import {
  ADDRESS,
  ada,
  answer,
  CHANNEL,
  EXECUTOR,
  eve,
  job,
  kind,
  RULES,
  RUN,
  running,
  shell,
  words,
} from "./fixtures.ts";

const spec = specOf(kind);
const hosts = specOf(executor);
const env = "main-spec";
const down = { env, order: `${ADDRESS}:down-0`, keep: true };
const detach = mail({ verb: "detach" as const, from: EXECUTOR, data: { env, why: "it stopped" } });
const completed = (until?: number): WorkerEvent => ({
  type: "completed",
  data: { job: job(), text: "42", host: "here", ...(until === undefined ? {} : { until }) },
});
const shown: WorkerEvent = { type: "used", data: { call: "c1", text: "http://x", until: 2_000_000_000_000 } };

test("an environment that is sought again, after there was one, is a new order, which its host does not take for the first", () => {
  const again = spec
    .given(...running())
    .when(detach)
    .after.runs("place-1");
  const placed = again.when(outcome("place-1", { placed: "here" }));
  const order = `${ADDRESS}:up-1`;
  placed.decides({ type: "placed", data: { job: job(), host: "here", order, bounds: RULES.bounds } });
  const room = { running: 1, free: 15, engine: "docker" };
  const had = { env, by: ADDRESS, notes: [], ...room };
  const host = hosts.given(
    { type: "opened", data: { ...room, notes: [], lowering: [], gone: [] } },
    { type: "raising", data: { env, order: `${ADDRESS}:up-0`, bounds: RULES.bounds, by: ADDRESS, ...room } },
    { type: "raised", data: { ...had, order: `${ADDRESS}:up-0`, boot: "b" } },
    { type: "lowering", data: { env, by: ADDRESS, keep: true, why: "it stopped", engine: "docker" } },
    { type: "lowered", data: { env, by: ADDRESS, keep: true, why: "w", tells: true, unfinished: [], ...room } },
  );
  const up = (name: string) =>
    mail({ verb: "up" as const, from: ADDRESS, data: { env, order: name, bounds: RULES.bounds } });
  host.when(up(`${ADDRESS}:up-0`)).ignores();
  assert.equal(host.when(up(order)).after.state.environments[env]?.state, "raising");
});

test("a job whose environment is another one than before is told that its workspace is empty", () => {
  const attached = (fresh: boolean) =>
    mail({
      verb: "attach" as const,
      from: EXECUTOR,
      data: { env, order: `${ADDRESS}:up-1`, engine: "docker", notes: [], ...(fresh ? { fresh } : {}) },
    });
  const sought = spec
    .given(...running())
    .when(outcome("think-1", answer("allow", shell("c1", "make"))))
    .after.when(detach)
    .after.runs("place-1")
    .when(outcome("place-1", { placed: "here" })).after;
  const said = (of: typeof sought) => JSON.stringify(of.state.turn?.lines.at(-1));
  assert.match(said(sought.when(attached(true)).after), /Your environment is a new one: the workspace is empty/);
  assert.doesNotMatch(said(sought.when(attached(false)).after), /new one/);
  const [requested, started, placed] = running();
  const first = spec.given(...[requested, started, placed].filter((event) => event !== undefined));
  const data = { env, order: `${ADDRESS}:up-0`, engine: "docker", notes: [], fresh: true };
  const begun = first.when(mail({ verb: "attach" as const, from: EXECUTOR, data }));
  begun.decides({ type: "attached", data: { job: job(), host: "here", engine: "docker", notes: [], fresh: true } });
  assert.doesNotMatch(JSON.stringify(begun.after.state.turn), /new one/);
});

test("three environments in a row that do not come up are enough, however many came up before", () => {
  const vain = (given: ReturnType<typeof spec.given>, number: number) =>
    given.when(outcome(`place-${number}`, { placed: "here" })).after.when(detach).after;
  const lost = spec.given(...running()).when(detach).after;
  const twice = vain(vain(lost, 1), 2);
  assert.equal(twice.state.stands, "running");
  assert.equal(vain(twice, 3).state.stands, "failed");
});

test("a job that goes on from one that still shows something is given its environment first", () => {
  const tell = mail({ verb: "tell" as const, data: { text: "make it blue", who: ada } });
  const given = spec.given(...running(), shown, completed(2_000_000_000_000));
  const { state } = given.when(tell).after;
  assert.equal(state.place, undefined);
  const event = kind.decide(given.state, tell);
  assert.ok(event?.type === "renewed" && event.data.host === "here");
  const sent = kind.sends(event, { address: ADDRESS, id: "e9", at: 0 });
  assert.deepEqual(sent.down, { type: "mail", to: EXECUTOR, verb: "down", data: down });
  assert.equal(sent.spawn?.type === "mail" && sent.spawn.verb, "spawn");
  const room = { running: 1, free: 15, engine: "docker" };
  const host = hosts.given(
    { type: "raising", data: { env, order: "u", bounds: RULES.bounds, by: ADDRESS, ...room } },
    { type: "raised", data: { env, by: ADDRESS, order: "u", boot: "b", notes: [], ...room } },
  );
  const up = mail({
    verb: "up" as const,
    from: "main.worker.wnext-0" as Address,
    data: { env, order: "n", bounds: RULES.bounds },
  });
  host.when(up).refuses("foreign-environment");
  const left = host.when(mail({ verb: "down", from: ADDRESS, data: down })).after.when(up).after;
  assert.equal(left.state.environments[env]?.next?.by, "main.worker.wnext-0");
  const leave = { ...mail({ verb: "leave" as const, data: {} }), at: 2_000_000_000_000 };
  given.when(tell).after.when(leave).ignores();
  given.when(leave).decides({ type: "left", data: { job: job(), host: "here" } });
});

test("the job that goes on is given the end of a long story, not all of it", () => {
  const long = spec.given(...running(RUN), {
    type: "failed",
    data: { job: RUN, reason: "x".repeat(40_000), outcome: "failed" },
  });
  const event = kind.decide(long.state, mail({ verb: "retry" as const, data: { who: ada } }));
  assert.ok(event?.type === "renewed" && event.data.before.length < 9_000);
});

test("only a job hands its environment on, and nobody brings in conversations of other agents", () => {
  const assignment = { type: "task" as const, text: "look around" };
  const spawn = (data: object, from?: Address) =>
    mail({ verb: "spawn" as const, ...(from === undefined ? {} : { from }), data: { assignment, who: ada, ...data } });
  const other: Address = "main.worker.wother-0";
  spec
    .given()
    .when(spawn({ env: "main-wother-0" }))
    .refuses("foreign-job");
  spec
    .given()
    .when(spawn({ after: other, env: "main-wother-0" }))
    .refuses("foreign-job");
  spec
    .given()
    .when(spawn({ after: "helper.worker.w1-0", env: "helper-w1-0" }, "helper.worker.w1-0"))
    .refuses("foreign-job");
  spec
    .given()
    .when(spawn({ for: "helper.channel.a" }))
    .refuses("foreign-job");
  spec
    .given()
    .when(spawn({ for: "main.executor.here" }))
    .refuses("foreign-job");
  const next = spec.given().when(spawn({ after: other, env: "main-wother-0", before: "it built a page" }, other)).after;
  assert.equal(next.state.job?.env, "main-wother-0");
});

test("only the host that has the environment says what came of it", () => {
  const elsewhere: Address = "main.executor.there";
  const result = { type: "done", text: "done" } as const;
  const ordered = spec.given(...running()).when(outcome("think-1", answer("allow", shell("c1", "ls")))).after;
  const data = { order: `${ADDRESS}:1-0`, result };
  ordered.when(mail({ verb: "result", from: elsewhere, data })).ignores();
  ordered.when(mail({ verb: "result", data })).ignores();
  const attach = { env, order: `${ADDRESS}:up-0`, engine: "docker", notes: [] };
  spec
    .given(...running().slice(0, 3))
    .when(mail({ verb: "attach", from: elsewhere, data: attach }))
    .ignores();
});

test("what waits to be allowed is not begun any more once a job is being ended", () => {
  const asking = spec.given(...running()).when(outcome("think-1", answer("ask", shell("c1", "ls")))).after;
  const aborting = asking.when(mail({ verb: "abort", data: { who: ada, why: "enough" } })).after;
  aborting.when(mail({ verb: "approve", data: { approval: "a1", who: ada } })).refuses("no-approval");
  aborting.when(mail({ verb: "expire", data: { approval: "a1" } })).ignores();
});

test("a job being ended comes to its end also where its process died under that", () => {
  const abort = mail({ verb: "abort" as const, data: { who: ada, why: "enough" } });
  const aborting = spec
    .given(...running().slice(0, 2))
    .when(abort)
    .after.runs("settle");
  const gone = { type: "failure", id: "i", at: 0, key: "settle", code: "abandoned", reason: "died" } as const;
  assert.equal(aborting.when(gone).after.state.stands, "aborted");
});

test("nameless words are its conversation's, and no more wait than a call takes in", () => {
  const tell = (from: Address | undefined, who?: typeof ada) =>
    mail({
      verb: "tell" as const,
      ...(from === undefined ? {} : { from }),
      data: { text: "and?", ...(who === undefined ? {} : { who }) },
    });
  const given = spec.given(...running(), completed());
  given.when(tell(undefined)).refuses("foreign-job");
  given.when(tell("main.channel.other")).refuses("foreign-job");
  given.when(tell(undefined, eve)).refuses("not-yours");
  given.when(tell(CHANNEL)).sends({
    spawn: {
      type: "mail",
      to: "main.worker.we6-0",
      verb: "spawn",
      data: {
        assignment: { type: "task", text: "and?" },
        before: `${ADDRESS} was about this: count the stars\nIt is completed: 42`,
        who: ada,
        env,
        after: ADDRESS,
        for: CHANNEL,
      },
    },
  });
  const told: WorkerEvent = { type: "told", data: { text: "and?", who: ada } };
  const full = spec.given(...running(), ...Array<WorkerEvent>(MAX_CALL_LINES).fill(told));
  full.when(tell(undefined, ada)).refuses("too-many-waiting");
});

test("a result is kept as the model is shown it, and a conversation is told no more than that of an end", () => {
  const long = "x".repeat(40_000);
  const ordered = spec.given(...running()).when(outcome("think-1", answer("allow", shell("c1", "ls")))).after;
  const result = { type: "file", text: long } as const;
  const { state } = ordered.when(
    mail({ verb: "result", from: EXECUTOR, data: { order: `${ADDRESS}:1-0`, result } }),
  ).after;
  const kept = state.turn?.lines.at(-1)?.results?.[0]?.text ?? "";
  assert.ok(kept.length < 17_000 && kept.includes("characters left out"));
  const end: WorkerEvent = { type: "completed", data: { job: RUN, text: long } };
  const { conclude } = kind.sends(end, { address: ADDRESS, id: "e", at: 0 });
  assert.ok(conclude?.type === "mail" && (conclude.data as { readonly text: string }).text.length < 17_000);
});

test("arguments that no order holds are mended by the model, and do not end the job", () => {
  const call = { type: "tool-call", id: "c1", name: "exec", input: { argv: ["echo", "x".repeat(140_000)] } } as const;
  const { state } = spec.given(...running()).when(outcome("think-1", answer("allow", call, words("so")))).after;
  assert.equal(state.stands, "running");
  assert.match(state.turn?.lines.at(-1)?.results?.[0]?.text ?? "", /does not fit/);
});

test("a host without room is waited for, also by a job whose workspace it keeps", async () => {
  let looks = 0;
  const entry = (key: string, data: object) => [
    { key, text: JSON.stringify({ seq: 1, engine: "docker", at: 1, ...data }) },
  ];
  const port = (state: "kept" | "up") => ({
    hosts: async () => entry("hosts.main.here", { running: 16, free: looks++ < 2 ? 0 : 1 }),
    environments: async () => entry("environments.main.e", { host: "here", by: ADDRESS, state }),
    patienceMs: 10_000,
    pauseMs: 1,
  });
  const wish = { env: "e", avoid: [] };
  assert.deepEqual(await choosePlace(wish, port("kept"), AbortSignal.timeout(10_000)), { placed: "here" });
  assert.equal(looks, 3);
  looks = 0;
  assert.deepEqual(await choosePlace(wish, port("up"), AbortSignal.timeout(10_000)), { placed: "here" });
  assert.equal(looks, 1);
});

test("a job that wrote many files fits what a model may be asked: of earlier calls the ends of long texts are shown", () => {
  const write = (id: number) =>
    ({
      type: "tool-call",
      id: `c${id}`,
      name: "file",
      input: { type: "write", path: `f${id}`, text: "x".repeat(20_000) },
    }) as const;
  const turn = spec.given(
    ...running(),
    ...Array.from({ length: 40 }, (_, id): WorkerEvent[] => [
      { type: "thought", data: { job: job(), content: [write(id)], model: "m" } },
      { type: "used", data: { call: `c${id}`, text: "written" } },
    ]).flat(),
  ).state.turn;
  assert.ok(turn !== undefined);
  const { window, tools, notes } = questionOf(turn);
  const { messages } = promptOf(window, { identity: [], tools, notes, maxTokens: 100_000, now: 0 });
  assert.ok(JSON.stringify(messages).length < 120_000);
  assert.ok(JSON.stringify(messages.slice(-2)).length > 20_000, "the newest is whole");
});
