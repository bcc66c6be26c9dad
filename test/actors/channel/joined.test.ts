import assert from "node:assert/strict";
import { test } from "node:test";
import { channel as kind } from "#actors/channel/kind.ts";
import type { ChannelEvent } from "#subjects/channel.ts";
import type { Address } from "#subjects/mod.ts";
import { mail, specOf } from "#support/spec.ts";

const channel = specOf(kind);
const ada = { party: "terminal", id: "ada" } as const;
const JOB: Address = "main.worker.w1-0";
const joined: ChannelEvent = { type: "joined", data: { from: JOB, task: "count", who: ada } };

test("a conversation is joined by jobs of its own agent, and by nobody else", () => {
  const join = (from: Address) => mail({ verb: "join" as const, from, data: { task: "count", who: ada } });
  channel.given().when(join(JOB)).decides(joined).after.when(join(JOB)).ignores();
  for (const from of ["helper.worker.w1-0", "main.channel.other", "main.branch.b1-0"] as const) {
    channel.given().when(join(from)).ignores();
  }
});

test("a job is at work for the conversation that it joined, and not for a fork of that", () => {
  const past = { address: "main.channel.other", seq: 1, id: "e1", at: 0 } as const;
  const fork = kind.evolve(kind.initial("main.channel.spec"), joined, past);
  assert.deepEqual(fork.work, []);
  assert.equal(channel.given(joined).state.work.length, 1);
});

test("of a long task its beginning is shown with every call", () => {
  const long: ChannelEvent = { type: "joined", data: { from: JOB, task: "count ".repeat(9_000), who: ada } };
  const [work] = channel.given(long).state.work;
  assert.ok((work?.task.length ?? 0) <= 300);
});
