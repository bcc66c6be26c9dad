import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { z } from "zod";
import { askFor, type Message, textOf, toolOf } from "#models/mod.ts";
import { openaiModels } from "#models/openai.ts";
import { callOf, lastTold, ModelBed, resultsFor, says } from "#support/model-bed.ts";

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
const PIXEL_FILE = { artifact: "main.telegram.1/1-0", name: "pixel.png", type: "image/png", bytes: 70 };
const weather = toolOf("weather", "Tells the weather of a city", z.object({ city: z.string() }));
const usage = { prompt_tokens: 120, completion_tokens: 7, total_tokens: 127 };

let bed: ModelBed;
before(async () => {
  bed = await ModelBed.start();
});
after(() => bed[Symbol.asyncDispose]());

for (const provider of ["anthropic", "openai", "vllm"] as const) {
  test(`${provider}: a conversation streams, and says what it cost and who answered`, async () => {
    bed.answers(`${provider}-talk`, { content: "Good day to you, Ada.", usage });
    const { call, told } = callOf([says("hello"), answered("Hello!"), says("and again")], { postscript: "(noon)" });
    const answer = await models(`${provider}/${provider}-talk`).think(call);
    assert.deepEqual(answer.content, [{ type: "text", text: "Good day to you, Ada." }]);
    const { microUsd: _, ...spent } = answer.usage;
    assert.deepEqual(spent, { input: 120, output: 7, cacheRead: 0, cacheWrite: 0 });
    assert.equal(answer.stop, "end");
    assert.equal(answer.model, `${provider}/${provider}-talk`);
    assert.equal(lastTold(told), "Good day to you, Ada.");
    assert.ok(told.length > 1, "it came in one piece");
  });

  test(`${provider}: a tool is called, its result is taken, and the answer follows`, async () => {
    const model = `${provider}-tools`;
    bed.mock.on(
      { model, hasToolResult: false },
      { content: "Let me look.", toolCalls: [{ id: "call_1", name: "weather", arguments: { city: "Lisbon" } }] },
    );
    bed.mock.on({ model, toolResultContains: "18 degrees" }, { content: "It is 18 degrees there." });
    const question = [says("what is the weather in Lisbon?")];
    const first = await models(`${provider}/${model}`).think(callOf(question, { tools: [weather] }).call);
    assert.equal(first.stop, "tools");
    assert.deepEqual(
      first.content.filter(({ type }) => type !== "kept"),
      [
        { type: "text", text: "Let me look." },
        { type: "tool-call", id: "call_1", name: "weather", input: { city: "Lisbon" } },
      ],
    );
    const messages = [
      ...question,
      { role: "assistant", content: first.content } as const,
      resultsFor(first, "18 degrees"),
    ];
    const second = await models(`${provider}/${model}`).think(callOf(messages, { tools: [weather] }).call);
    assert.equal(textOf(second.content), "It is 18 degrees there.");
  });

  test(`${provider}: a tool call that is no JSON comes back as such, and the model can be told`, async () => {
    const model = `${provider}-garbled`;
    const garbled = { id: "call_9", name: "weather", arguments: '{"city": "Lis' };
    bed.mock.on({ model, hasToolResult: false }, { toolCalls: [garbled] });
    bed.mock.on({ model, hasToolResult: true }, { content: "Sorry, again." });
    const question = [says("weather?")];
    const first = await models(`${provider}/${model}`).think(callOf(question, { tools: [weather] }).call);
    // The stand-in itself makes an empty input of it for Anthropic; faults.test.ts has that case.
    const malformed = { type: "malformed-call", id: "call_9", name: "weather", raw: '{"city": "Lis' } as const;
    if (provider !== "anthropic") assert.deepEqual(first.content, [malformed]);
    const messages = [...question, { role: "assistant", content: [malformed] } as const, resultsFor(first, "no JSON")];
    const second = await models(`${provider}/${model}`).think(callOf(messages, { tools: [weather] }).call);
    assert.equal(textOf(second.content), "Sorry, again.");
  });

  test(`${provider}: a picture is shown`, async () => {
    const model = `${provider}-vision`;
    bed.answers(model, { content: "A pixel." });
    const picture: Message = {
      role: "user",
      content: [
        { type: "text", text: "what is this?" },
        { type: "file", file: PIXEL_FILE, picture: { type: "image", mediaType: "image/png", base64: PIXEL } },
      ],
    };
    const answer = await models(`${provider}/${model}`).think(callOf([picture]).call);
    assert.equal(textOf(answer.content), "A pixel.");
    // For Anthropic the stand-in's journal keeps words alone; requests.test.ts looks at what is sent.
    const seen = JSON.stringify(bed.mock.getLastRequest()?.body);
    assert.ok(provider === "anthropic" || seen.includes(PIXEL), "the picture was not sent");
  });

  test(`${provider}: something of a shape is asked for, and repaired once`, async () => {
    const model = `${provider}-shape`;
    bed.mock.on({ model, turnIndex: 0 }, { content: 'Sure: {"city": 5}' });
    bed.mock.on({ model, turnIndex: 1 }, { content: '```json\n{"city": "Lisbon"}\n```' });
    const { call } = callOf([says("where?")]);
    const got = await askFor(models(`${provider}/${model}`), call, z.object({ city: z.string() }));
    assert.deepEqual(got.value, { city: "Lisbon" });
    assert.equal(got.answers.length, 2);
  });
}

test("what never fits its shape is a failure", async () => {
  bed.answers("never-fits", { content: "I would rather not." });
  const asked = askFor(models("vllm/never-fits"), callOf([says("where?")]).call, z.object({ city: z.string() }));
  await assert.rejects(asked, { code: "model-unfit", message: /vllm\/never-fits did not answer in the form/ });
});

test("openai itself is spoken to by its newer API, which keeps nothing there", async () => {
  const model = "gpt-itself";
  bed.mock.on(
    { model, hasToolResult: false },
    { toolCalls: [{ id: "c1", name: "weather", arguments: { city: "Oslo" } }] },
  );
  bed.mock.on({ model, hasToolResult: true }, { content: "Snow.", usage });
  const provider = openaiModels({
    provider: "openai",
    baseUrl: `${bed.url}/v1`,
    apiKey: "none",
    keyVariable: "OPENAI_API_KEY",
    patience: { firstMs: 5_000, idleMs: 5_000 },
    scrub: (text) => text,
  });
  const told: string[] = [];
  const ask = (messages: readonly Message[]) => {
    const { call } = callOf(messages, { tools: [weather], postscript: "(noon)" });
    return provider.think({ ...call, model, onText: (text) => void told.push(text) });
  };
  const first = await ask([says("weather in Oslo?")]);
  assert.equal(first.stop, "tools");
  const calls = first.content.filter(({ type }) => type === "tool-call");
  assert.deepEqual(calls, [{ type: "tool-call", id: "c1", name: "weather", input: { city: "Oslo" } }]);
  const again = [
    says("weather in Oslo?"),
    { role: "assistant", content: first.content } as const,
    resultsFor(first, "snow"),
  ];
  const second = await ask(again);
  assert.equal(textOf(second.content), "Snow.");
  assert.equal(told.join(""), "Snow.");
  assert.equal(second.stop, "end");
  const { microUsd: _, ...spent } = second.usage;
  assert.deepEqual(spent, { input: 120, output: 7, cacheRead: 0, cacheWrite: 0 });
  assert.equal(bed.mock.getLastRequest()?.path, "/v1/responses");
});

test("the end of a call ends its request", async () => {
  bed.answers("endless", { content: "on and on ".repeat(200) }, { latency: 20 });
  for (const provider of ["anthropic", "vllm"]) {
    const stop = new AbortController();
    const { call, told } = callOf([says("tell")], { signal: stop.signal });
    const running = models(`${provider}/endless`).think({
      ...call,
      onText(text, attempt) {
        call.onText(text, attempt);
        if (told.length === 3) stop.abort();
      },
    });
    await assert.rejects(running, { name: "AbortError" });
    assert.equal(told.length, 3);
  }
});

function models(chain: string) {
  return bed.models(chain, {}, { ANTHROPIC_API_KEY: "test-anthropic", OPENAI_API_KEY: "test-openai" });
}

function answered(text: string): Message {
  return { role: "assistant", content: [{ type: "text", text }] };
}
