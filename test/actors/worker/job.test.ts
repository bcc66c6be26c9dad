import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { environmentOf } from "#subjects/job.ts";
import type { WorkerEvent } from "#subjects/worker.ts";
import { FIRST_AT, mail, outcome, specOf } from "#support/spec.ts";
import {
  ADDRESS,
  ada,
  answer,
  bob,
  CHANNEL,
  CORTEX,
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
const asked = (of = RUN): WorkerEvent => ({
  type: "requested",
  data: {
    job: of,
    approval: { id: "a1", what: "make stars", why: "because", until: FIRST_AT + 60_000 },
  },
});

describe("a wish for a job", () => {
  const spawn = (who: typeof ada, type: "task" | "run" = "task") =>
    mail({
      verb: "spawn" as const,
      from: CHANNEL,
      data: { assignment: { type, text: "count the stars" }, who, for: CHANNEL },
    });

  it("is queued, shown and claims its turn", () => {
    const { state } = spec
      .given()
      .when(spawn(ada))
      .decides({ type: "requested", data: { job: { ...job(), env: environmentOf(ADDRESS) } } }).after;
    assert.equal(state.stands, "queued");
    const sent = kind.sends({ type: "requested", data: { job: job() } }, { address: ADDRESS, id: "e1", at: FIRST_AT });
    assert.deepEqual(Object.keys(sent).toSorted(), ["claim", "view"]);
    assert.deepEqual(sent.claim, { type: "mail", to: CORTEX, verb: "claim", data: { who: ada, role: "owner" } });
  });

  it("is judged once, and never for a stranger", () => {
    spec
      .given(...running())
      .when(spawn(ada))
      .ignores();
    spec.given().when(spawn(eve)).refuses("not-known");
  });

  it("for a line of shell is an owner's, and needs an approval that names exactly it", () => {
    spec.given().when(spawn(bob, "run")).refuses("not-owner");
    const { after } = spec.given().when(spawn(ada, "run"));
    const [pending] = after.state.pending;
    assert.deepEqual([after.state.stands, pending?.approval.what], ["needs_approval", "count the stars"]);
    assert.equal(pending?.approval.until, FIRST_AT + RULES.approvalMs);
  });

  it("of somebody outside a conversation is told to it", () => {
    const outside = { ...spawn(ada), from: undefined };
    const { after } = spec.given().when(outside as never);
    assert.equal(after.state.stands, "queued");
    const event = kind.decide(kind.initial(ADDRESS), outside as never);
    assert.ok(event?.type === "requested" && event.data.joins);
  });
});

describe("an approval", () => {
  const approve = (who: typeof ada, approval = "a1", at = FIRST_AT) => ({
    ...mail({ verb: "approve" as const, data: { approval, who } }),
    at,
  });

  it("queues the job it belongs to", () => {
    const { after } = spec
      .given(asked())
      .when(approve(ada))
      .decides({ type: "approved", data: { job: RUN, approval: "a1", who: ada, left: [], state: "queued" } });
    assert.equal(after.state.stands, "queued");
  });

  it("is an owner's, of something that is asked for, and in time", () => {
    spec.given(asked()).when(approve(bob)).refuses("not-owner");
    spec.given(asked()).when(approve(ada, "a2")).refuses("no-approval");
    spec
      .given(asked())
      .when(approve(ada, "a1", FIRST_AT + 60_001))
      .refuses("approval-expired");
  });

  it("that nobody gives in time, or somebody withholds, ends the job", () => {
    const why = "Not allowed: nobody has allowed it in time.";
    spec
      .given(asked())
      .when(mail({ verb: "expire", data: { approval: "a1" } }))
      .decides({
        type: "aborted",
        data: { job: RUN, who: { party: "system", id: "clock" }, why, granted: false, denied: "a1" },
      });
    const denied = spec.given(asked()).when(mail({ verb: "deny", data: { approval: "a1", who: ada, why: "no" } }));
    assert.equal(denied.after.state.stands, "aborted");
  });

  it("of one call has exactly that call done, and without it the call says so", () => {
    const asking = spec
      .given(...running())
      .when(outcome("think-1", answer("ask", shell("c1", "npm install left-pad"))));
    asking.after.runs();
    const { pending } = asking.after.state;
    assert.equal(pending[0]?.approval.what, "npm install left-pad");
    const allowed = asking.after.when(approve(ada)).after;
    assert.deepEqual(Object.keys(allowed.state.orders), [`${ADDRESS}:1-0`]);
    const denied = asking.after.when(
      mail({ verb: "deny", data: { approval: "a1", who: ada, why: "too large" } }),
    ).after;
    assert.deepEqual(denied.state.turn?.lines.at(-1)?.results, [
      { call: "c1", text: "Not allowed: too large", failed: true },
    ]);
    denied.runs("think-1-2");
  });
});

describe("what an owner is asked", () => {
  const asking = (...calls: Parameters<typeof answer>[1][]) =>
    spec.given(...running()).when(outcome("think-1", answer("ask", ...calls))).after.state;

  it("is all of what would be done", () => {
    const input = { type: "write", path: "a.sh", text: "rm -rf build" };
    const { pending } = asking({ type: "tool-call", id: "c1", name: "file", input });
    assert.equal(pending[0]?.approval.what, "write the file a.sh, with this in it:\nrm -rf build");
  });

  it("is short enough to be shown whole, or not asked", () => {
    const { pending, turn } = asking(shell("c1", `echo ${"x".repeat(5_000)}`));
    assert.deepEqual(pending, []);
    assert.match(turn?.lines.at(-1)?.results?.[0]?.text ?? "", /too long to be shown/);
  });
});

describe("a job that runs", () => {
  const result = (order: string, code: number) =>
    mail({
      verb: "result" as const,
      from: EXECUTOR,
      data: {
        order,
        result: {
          type: "exec" as const,
          code,
          how: "ended" as const,
          ms: 1_200,
          stdout: { text: "42", bytes: 2 },
          stderr: { text: "", bytes: 0 },
        },
      },
    });

  it("seeks a host, then thinks, orders what is allowed with the very answer, and ends with its words", () => {
    spec.given(...running().slice(0, 2)).runs("place-0");
    spec.given(...running().slice(0, 3)).runs();
    const ordered = spec
      .given(...running())
      .runs("think-1")
      .when(outcome("think-1", answer("allow", shell("c1", "echo 42")))).after;
    ordered.runs();
    const back = ordered
      .when(result(`${ADDRESS}:1-0`, 0))
      .decides({ type: "used", data: { call: "c1", text: "exit code 0, after 1.2 s\nstdout:\n42" } }).after;
    back
      .runs("think-1-2")
      .when(result(`${ADDRESS}:1-0`, 0))
      .ignores();
    const done = back.when(outcome("think-1-2", answer("allow", words("There are 42.")))).after;
    assert.equal(done.state.stands, "completed");
    done.runs();
  });

  it("is told what may not be done, and that a call went away with its environment", () => {
    const denied = spec.given(...running()).when(outcome("think-1", answer("deny", shell("c1", "rm -rf /")))).after;
    assert.match(denied.state.turn?.lines.at(-1)?.results?.[0]?.text ?? "", /^Not allowed here/);
    const cut = spec
      .given(...running())
      .when(outcome("think-1", answer("allow", shell("c1", "sleep 9"))))
      .after.when(
        mail({ verb: "detach", from: EXECUTOR, data: { env: "main-spec", why: "the engine stopped" } }),
      ).after;
    assert.match(cut.state.turn?.lines.at(-1)?.results?.[0]?.text ?? "", /not run again by itself/);
    cut.runs("place-1");
  });

  it("is aborted once its environment is let go, or its host says nothing", () => {
    const abort = mail({ verb: "abort" as const, data: { who: ada, why: "enough" } });
    const aborting = spec
      .given(...running())
      .when(abort)
      .decides({ type: "aborting", data: { job: job(), who: ada, why: "enough", host: "here" } }).after;
    aborting.runs();
    const gone = aborting.when(
      mail({
        verb: "result",
        from: EXECUTOR,
        data: { order: `${ADDRESS}:down-0`, result: { type: "done", text: "gone" } },
      }),
    );
    gone.decides({ type: "aborted", data: { job: job(), who: ada, why: "enough", granted: true } });
    const silent = aborting.when(mail({ verb: "overdue", data: { order: `${ADDRESS}:down-0` } })).after;
    assert.equal(silent.state.stands, "aborted");
  });

  it("is its requester's and its owners' to abort, and nobody else's", () => {
    const of = job({ who: bob, role: "user" });
    const abort = (who: typeof ada) => mail({ verb: "abort" as const, data: { who, why: "" } });
    spec
      .given(...running(of))
      .when(abort(eve))
      .refuses("not-yours");
    assert.equal(spec.given(...running(of)).when(abort(bob)).after.state.stands, "aborting");
  });

  it("listens to its own cortex alone when all is stopped", () => {
    const halt = (from: typeof CORTEX) => mail({ verb: "halt" as const, from, data: { who: ada, why: "fire" } });
    spec
      .given(...running())
      .when(halt("helper.cortex.main"))
      .refuses("foreign-job");
    assert.equal(spec.given(...running()).when(halt(CORTEX)).after.state.stands, "aborting");
  });

  it("of one line begins with its environment and ends with its exit code", () => {
    const { state } = spec.given(asked()).when(mail({ verb: "approve", data: { approval: "a1", who: ada } })).after;
    assert.equal(state.stands, "queued");
    const begun = spec.given(...running(RUN).slice(0, 3)).when(
      mail({
        verb: "attach",
        from: EXECUTOR,
        data: { env: "main-spec", order: `${ADDRESS}:up-0`, engine: "docker", notes: [] },
      }),
    ).after;
    const failed = begun.when(result(`${ADDRESS}:run-0`, 3)).after.state;
    assert.deepEqual([failed.stands, failed.final], ["failed", "exit code 3, after 1.2 s\nstdout:\n42"]);
  });

  it("goes on as a new job, in the same environment, when it is told something after its end", () => {
    const ended = spec.given(...running(), { type: "completed", data: { job: job(), text: "42", host: "here" } });
    const told = ended.when(mail({ verb: "tell", data: { text: "and the planets?", who: ada } }));
    assert.equal(told.after.state.stands, "completed");
    const before = `${ADDRESS} was about this: count the stars\nIt is completed: 42`;
    told.decides({ type: "renewed", data: { job: job(), who: ada, text: "and the planets?", before } });
    ended.when(mail({ verb: "approve", data: { approval: "a1", who: ada } })).refuses("no-approval");
    ended.when(mail({ verb: "abort", data: { who: ada, why: "" } })).refuses("job-state");
  });
});
