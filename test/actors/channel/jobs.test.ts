import assert from "node:assert/strict";
import { test } from "node:test";
import { channel as kind } from "#actors/channel/kind.ts";
import type { AnswerPart } from "#models/mod.ts";
import type { ChannelEvent } from "#subjects/channel.ts";
import { workerAddress } from "#subjects/job.ts";
import type { Who } from "#subjects/mod.ts";
import { outcome, specOf } from "#support/spec.ts";

const channel = specOf(kind);
const HERE = "main.channel.spec";
const ada: Who = { party: "telegram", id: "1" };
const eve: Who = { party: "telegram", id: "2" };

const heard = (who: Who): ChannelEvent => ({ type: "heard", data: { text: "build it", who } });
const call = { type: "tool-call", id: "c1", name: "spawn_worker", input: { task: "build the site" } } as const;
const content: readonly AnswerPart[] = [{ type: "text", text: "I do." }, call];
const answer = outcome("think-1", {
  content,
  model: "m",
  stop: "tools" as const,
});

test("a job that the model begins is the one person's who spoke, and its conversation waits for its end", () => {
  const { after } = channel.given(heard(ada)).when(answer);
  const job = workerAddress(HERE, "e2", 0);
  assert.deepEqual(
    after.state.work.map(({ address, task, who }) => ({ address, task, who })),
    [{ address: job, task: "build the site", who: ada }],
  );
  const said = kind.decide(channel.given(heard(ada)).state, answer);
  assert.ok(said !== undefined && said.type === "said");
  const sent = kind.sends(said, { address: HERE, id: "e2", at: 0 });
  const assignment = { type: "task", text: "build the site" };
  assert.deepEqual(sent["spawn-0"], {
    type: "mail",
    to: job,
    verb: "spawn",
    data: { assignment, who: ada, for: HERE },
  });
  assert.equal(sent["overdue-0"], undefined, "a job may wait for people, and says itself how it ended");
});

test("where several people speak at once nobody's rights are lent to another", () => {
  const lines = [ada, eve].map((who, at) => ({ role: "user" as const, seq: at + 1, at: 0, text: "x", who }));
  const two = { ...kind.initial(HERE), turn: { lines, calls: 0 } };
  const event = kind.decide(two, answer);
  assert.ok(event !== undefined && "data" in event && "results" in event.data);
  assert.equal(event.data.results?.[0]?.failed, true);
});
