import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Job } from "#subjects/job.ts";
import type { Address } from "#subjects/mod.ts";
import { telegramContract } from "#subjects/telegram.ts";
import { type WorkerEvent, workerContract } from "#subjects/worker.ts";
import { FIRST_AT, mail, outcome, specOf } from "#support/spec.ts";
import { ADDRESS, ada, answer, bob, EXECUTOR, job, kind, running, shell } from "./fixtures.ts";

const spec = specOf(kind);
const CHAT: Address = "main.telegram.4711";
const here = (more: Partial<Job> = {}): Job => job({ for: "main.channel.telegram-4711-n3", ...more });
const approval = { id: "a1", what: "make stars", why: "because", until: FIRST_AT + 60_000 };

function sent(event: WorkerEvent) {
  assert.deepEqual(workerContract.events[event.type].parse(event.data), event.data);
  return kind.sends(event, { address: ADDRESS, id: "e1", at: FIRST_AT });
}

function told(event: WorkerEvent) {
  const { job: send, view } = sent(event);
  assert.ok(send?.type === "mail" && send.verb === "job" && send.to === CHAT, JSON.stringify(send));
  const data = telegramContract.mail.job.parse(send.data);
  assert.deepEqual(data, send.data);
  assert.ok(view?.type === "view");
  assert.deepEqual(data.entry, view.data);
  return data;
}

describe("a job of a chat", () => {
  const of = here();

  it("tells the chat how it stands, wherever the view says so", () => {
    const stands: readonly (readonly [WorkerEvent, string])[] = [
      [{ type: "requested", data: { job: of } }, "queued"],
      [{ type: "requested", data: { job: of, approval } }, "needs_approval"],
      [{ type: "started", data: { job: of, limitMs: 1 } }, "running"],
      [{ type: "aborting", data: { job: of, who: ada, why: "no" } }, "aborting"],
      [{ type: "aborted", data: { job: of, who: ada, why: "no", granted: true } }, "aborted"],
      [{ type: "completed", data: { job: of, text: "Done." } }, "completed"],
      [{ type: "failed", data: { job: of, reason: "No.", outcome: "failed" } }, "failed"],
    ];
    for (const [event, state] of stands) assert.equal(told(event).entry.state, state);
    assert.equal(sent({ type: "told", data: { text: "more" } }).job, undefined);
  });

  it("says who has decided what", () => {
    const decided = { job: of, approval: "a1", who: ada, left: [] };
    const allowed: WorkerEvent = { type: "approved", data: { ...decided, state: "queued" } };
    assert.deepEqual(told(allowed).decided, { approval: "a1", what: "approved", who: ada });
    const denied: WorkerEvent = { type: "denied", data: { ...decided, why: "no", state: "running" } };
    assert.deepEqual(told(denied).decided, { approval: "a1", what: "denied", who: ada });
    const ended = { job: of, who: ada, why: "Not allowed: no.", granted: false, denied: "a1" };
    assert.deepEqual(told({ type: "aborted", data: ended }).decided, { approval: "a1", what: "denied", who: ada });
    assert.equal(told({ type: "started", data: { job: of, limitMs: 1 } }).decided, undefined);
  });

  it("asks by buttons alone, where others are asked in words", () => {
    const event = (each: Job): WorkerEvent => ({ type: "requested", data: { job: each, approval } });
    assert.deepEqual(told(event(of)).entry.approvals, [approval]);
    assert.deepEqual(Object.keys(sent(event(of))).toSorted(), ["expire-a1", "job", "view"]);
    assert.deepEqual(Object.keys(sent(event(job()))).toSorted(), ["expire-a1", "view", "warn"]);
  });

  it("that is told of elsewhere, or nowhere, tells no chat", () => {
    const { for: _, ...nowhere } = job();
    for (const each of [job(), nowhere]) assert.equal(sent({ type: "requested", data: { job: each } }).job, undefined);
  });
});

describe("a file of the workspace", () => {
  const keep = {
    type: "tool-call",
    id: "c1",
    name: "artifact",
    input: { do: "keep", path: "out/report.pdf" },
  } as const;
  const artifact = { name: "main.executor.here/main-spec/5f0c/report.pdf", bytes: 9, sum: "" };
  const resultOf = (result: object) =>
    mail({ verb: "result", from: EXECUTOR, data: { order: `${ADDRESS}:1-0`, result } } as never);

  it("that is kept is handed to the people of the chat", () => {
    const of = here();
    const { after } = spec.given(...running(of)).when(outcome("think-1", answer("allow", keep)));
    const event: WorkerEvent = {
      type: "used",
      data: {
        call: "c1",
        text: `Kept as ${artifact.name} (9 bytes).`,
        kept: { artifact: artifact.name, name: "report.pdf", for: "main.channel.telegram-4711-n3" },
      },
    };
    after.when(resultOf({ type: "artifact", artifact })).decides(event);
    const { file } = sent(event);
    assert.deepEqual(file, {
      type: "mail",
      to: CHAT,
      verb: "file",
      data: { artifact: artifact.name, name: "report.pdf", text: "" },
    });
    assert.ok(file?.type === "mail");
    telegramContract.mail.file.parse(file.data);
  });

  it("that is kept for another conversation goes nowhere, and a job without one says nothing of it", () => {
    const { after } = spec.given(...running()).when(outcome("think-1", answer("allow", keep)));
    const event = kind.decide(after.state, resultOf({ type: "artifact", artifact }) as never);
    assert.ok(event?.type === "used");
    assert.deepEqual(sent(event), {});
    const { for: _, ...nowhere } = job();
    const alone = spec.given(...running(nowhere)).when(outcome("think-1", answer("allow", keep))).after;
    alone
      .when(resultOf({ type: "artifact", artifact }))
      .decides({ type: "used", data: { call: "c1", text: `Kept as ${artifact.name} (9 bytes).` } });
  });

  it("that a long output was stored as is nobody's to have", () => {
    const { after } = spec.given(...running(here())).when(outcome("think-1", answer("allow", shell("c1", "make"))));
    const output = { text: "…", bytes: 90_000, whole: artifact };
    const empty = { text: "", bytes: 0 };
    const event = kind.decide(
      after.state,
      resultOf({ type: "exec", code: 0, how: "ended", ms: 1, stdout: output, stderr: empty }) as never,
    );
    assert.ok(event?.type === "used" && event.data.kept === undefined);
  });
});

describe("a file that came with a message", () => {
  const orders = (artifact: string, of: Job) => {
    const fetch = {
      type: "tool-call",
      id: "c1",
      name: "artifact",
      input: { do: "fetch", name: artifact, path: "a" },
    } as const;
    return Object.keys(spec.given(...running(of)).when(outcome("think-1", answer("allow", fetch))).after.state.orders);
  };

  it("is fetched by a job of its own chat, or of an owner", () => {
    const users = here({ who: bob, role: "user" });
    assert.deepEqual(orders(`${CHAT}/17-0`, users), [`${ADDRESS}:1-0`]);
    assert.deepEqual(orders("main.executor.here/main-w1-0/5f0c/a.txt", users), [`${ADDRESS}:1-0`]);
    assert.deepEqual(orders("main.telegram.99/17-0", here()), [`${ADDRESS}:1-0`]);
  });

  it("is not fetched by anybody else's", () => {
    assert.deepEqual(orders("main.telegram.99/17-0", here({ who: bob, role: "user" })), []);
    assert.deepEqual(orders(`${CHAT}/17-0`, job({ who: bob, role: "user" })), []);
  });
});
