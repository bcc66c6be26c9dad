import assert from "node:assert/strict";
import { test } from "node:test";
import { channelKind } from "#actors/channel/kind.ts";
import { promptsFrom } from "#actors/prompts/mod.ts";
import { emptyConversation } from "#actors/turn/mod.ts";
import type { Call, Models } from "#models/mod.ts";
import type { Tools } from "#runtime/actor.ts";
import { channelContract } from "#subjects/channel.ts";
import { memoryArtifacts } from "#support/memory-artifacts.ts";

const ADDRESS = "helper.channel.terminal-garden";

test("the question prompt shows what the very call is given", async () => {
  const calls: Call[] = [];
  const kind = channelKind({ models: modelsInto(calls), prompts: promptsFrom(async (key) => TEXTS[key]) });
  const heard = { text: "hello there", who: { party: "terminal", id: "ada" } } as const;
  const state = kind.evolve(
    emptyConversation(ADDRESS),
    { type: "heard", data: heard },
    { address: ADDRESS, seq: 1, id: "e1", at: 0 },
  );
  const [step] = Object.values(kind.steps(state));
  assert.ok(step !== undefined);
  await kind.perform(step, TOOLS);
  const shown = channelContract.asks.prompt.parse(await kind.answers?.prompt?.(state, ADDRESS));
  assert.deepEqual(
    shown.system.map(({ text }) => text),
    calls[0]?.system,
  );
  assert.deepEqual(
    shown.system.map(({ name, level }) => [name, level]),
    [
      ["SOUL", "shared"],
      ["IDENTITY", "own"],
      ["USER", "built in"],
      ["channel", "built in"],
    ],
  );
  assert.deepEqual([shown.messages, shown.unseen, shown.tokens], [1, 0, 3]);
});

test("at rest the question prompt shows what the next call will be given", async () => {
  const kind = channelKind({ models: modelsInto([]) });
  const shown = channelContract.asks.prompt.parse(await kind.answers?.prompt?.(emptyConversation(ADDRESS), ADDRESS));
  assert.deepEqual([shown.system.length, shown.messages, shown.tokens], [4, 0, 0]);
});

const TEXTS: Readonly<Record<string, string>> = { "helper.IDENTITY": "name: Helper", "shared.SOUL": "calm" };

const TOOLS: Tools<unknown> = {
  address: ADDRESS,
  key: "think-1",
  attempt: 1,
  signal: new AbortController().signal,
  emit: async () => {},
  live: () => {},
  read: () => assert.fail("no other past is read"),
  back: () => assert.fail("nothing is looked for"),
  artifacts: memoryArtifacts(),
};

function modelsInto(calls: Call[]): Models {
  return {
    async think(call) {
      calls.push(call);
      const usage = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 };
      return { content: [{ type: "text", text: "hello" }], stop: "end", usage, model: "fake/one" };
    },
    contextTokens: () => 100_000,
    isFree: () => false,
    sees: () => false,
  };
}
