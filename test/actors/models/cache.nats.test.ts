import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { z } from "zod";
import { type Answer, type Entries, type Message, type ModelsPort, textOf, toolOf } from "#models/mod.ts";
import type { Call } from "#models/router.ts";
import { sharedEntries } from "#runtime/shared-entries.ts";
import { Wire } from "#runtime/wire.ts";
import { eventually } from "#support/eventually.ts";
import { callOf, lastTold, ModelBed, says } from "#support/model-bed.ts";
import { startServer, type TestServer } from "#support/server.ts";

const ON = { THALASSA_MODELS_CACHE_TTL_S: "60" };
const weather = toolOf("weather", "Tells the weather of a city", z.object({ city: z.string() }));
const usage = { prompt_tokens: 120, completion_tokens: 7, total_tokens: 127 };

let server: TestServer;
let bed: ModelBed;
before(async () => {
  [server, bed] = await Promise.all([startServer(), ModelBed.start()]);
});
after(() => Promise.all([server[Symbol.asyncDispose](), bed[Symbol.asyncDispose]()]));

test("an answer is told at once, for nothing, to whoever asks the same on any host, and is gone after its time", async () => {
  bed.answers("kept", { content: "Good day to you, Ada.", usage });
  const [one, two] = [await entriesOf("one"), await entriesOf("two")];
  const short = { THALASSA_MODELS_CACHE_TTL_S: "3" };
  const first = await think("kept", { cache: one.entries }, {}, short);
  assert.equal(first.answer.usage.input, 120);
  await eventually(
    () => two.entries.read(one.keys[0] ?? ""),
    (text) => text !== undefined,
  );
  const second = await think("kept", { cache: two.entries }, {}, short);
  assert.deepEqual(second.told, [{ text: "Good day to you, Ada.", attempt: 1 }]);
  const free = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  assert.deepEqual(second.answer, { ...first.answer, usage: free });
  assert.equal(bed.asked("kept"), 1);
  await eventually(
    () => two.entries.read(one.keys[0] ?? ""),
    (text) => text === undefined,
  );
  await think("kept", { cache: two.entries }, {}, short);
  assert.equal(bed.asked("kept"), 2);
});

test("without the setting nothing is kept", async () => {
  bed.answers("unset", { content: "Yes." });
  const { cache, entries } = memory();
  for (const env of [{}, { THALASSA_MODELS_CACHE_TTL_S: "0" }]) await think("unset", { cache }, {}, env);
  assert.deepEqual([bed.asked("unset"), entries.size], [2, 0]);
  for (const wrong of ["soon", "-1", "86401"]) {
    assert.throws(
      () => bed.models("vllm/unset", {}, { THALASSA_MODELS_CACHE_TTL_S: wrong }),
      /THALASSA_MODELS_CACHE_TTL_S/,
    );
  }
});

test("a request that differs in anything is another one", async () => {
  bed.answers("differs", { content: "Yes." });
  const { cache } = memory();
  const others: readonly Partial<Call>[] = [
    {},
    { system: ["Another."] },
    { tools: [weather] },
    { unseen: { lines: 1, heard: 2, said: 1 } },
    { messages: [says("how is it now?")] },
    { postscript: "(noon)" },
    { maxOutputTokens: 9 },
    { task: "title" },
  ];
  for (const more of [...others, ...others]) await think("differs", { cache }, more);
  assert.equal(bed.asked("differs"), others.length);
  await think("differs, vllm/other", { cache });
  assert.equal(bed.asked("differs"), others.length + 1);
});

test("calls of tools are kept whole, unless the transcript has an id of theirs by then", async () => {
  const calls = [{ id: "c1", name: "weather", arguments: { city: "Lisbon" } }];
  bed.answers("calls", { content: "Let me look.", toolCalls: calls });
  const { cache } = memory();
  const first = await think("calls", { cache }, { tools: [weather] });
  const second = await think("calls", { cache }, { tools: [weather] });
  assert.deepEqual([second.answer.content, second.answer.stop], [first.answer.content, "tools"]);
  assert.equal(lastTold(second.told), "Let me look.");
  assert.equal(bed.asked("calls"), 1);
  const used: readonly Message[] = [
    says("weather?"),
    { role: "assistant", content: first.answer.content },
    { role: "tool", results: [{ id: "c1", content: [{ type: "text", text: "fine" }] }] },
  ];
  await think("calls", { cache }, { messages: used });
  await think("calls", { cache }, { messages: used });
  assert.equal(bed.asked("calls"), 3);
});

test("what is cut off, garbled, empty or very large is not kept, nor what is no entry believed", async () => {
  const { cache, entries } = memory();
  bed.answers("cut", { content: "These words", finishReason: "length" });
  bed.answers("garbled", { toolCalls: [{ id: "c1", name: "weather", arguments: '{"city": "Lis' }] });
  bed.answers("empty", { content: "" });
  bed.answers("large", { content: "many words ".repeat(30_000) }, { chunkSize: 10_000 });
  bed.answers("good", { content: "Yes." });
  for (const model of ["cut", "garbled", "empty", "large"]) await think(model, { cache });
  assert.equal(entries.size, 0);
  await think("good", { cache });
  for (const wrong of ["no JSON", '{"content":[],"stop":"length","model":"x"}', '{"content":"Yes."}']) {
    for (const key of entries.keys()) entries.set(key, wrong);
    assert.equal(textOf((await think("good", { cache })).answer.content), "Yes.", wrong);
  }
  assert.equal(bed.asked("good"), 4);
});

test("a cache that is away or refuses is none", async () => {
  bed.answers("lonely", { content: "Yes." });
  const nc = await server.connect("channel", "lonely");
  const closed = sharedEntries(await Wire.over(nc), "CACHE");
  await nc.close();
  const refusing = sharedEntries(await Wire.over(await server.connect("channel", "refused")), "SETTINGS");
  for (const cache of [closed, refusing]) {
    assert.equal(textOf((await think("lonely", { cache })).answer.content), "Yes.");
  }
});

async function think(
  models: string,
  port: ModelsPort,
  more: Partial<Call> = {},
  env: Readonly<Record<string, string>> = ON,
) {
  const { call, told } = callOf([says("how is it?")], more);
  const answer: Answer = await bed.models(`vllm/${models}`, port, env).think(call);
  return { answer, told };
}

/** Entries on the bus, with the rights of whoever runs it, and the keys that were asked for. */
async function entriesOf(name: string) {
  const keys: string[] = [];
  const shared = sharedEntries(await Wire.over(await server.connect("channel", name)), "CACHE");
  const entries: Entries = {
    ...shared,
    read(key) {
      keys.push(key);
      return shared.read(key);
    },
  };
  return { entries, keys };
}

function memory() {
  const entries = new Map<string, string>();
  const cache: Entries = {
    read: (key) => Promise.resolve(entries.get(key)),
    write: (key, text) => Promise.resolve(void entries.set(key, text)),
  };
  return { entries, cache };
}
