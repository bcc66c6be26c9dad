import assert from "node:assert/strict";
import { after, before, mock, test } from "node:test";
import { z } from "zod";
import { type Answer, type Message, type Models, type ToolResult, textOf, toolOf } from "#models/mod.ts";
import { callOf, lastTold, ModelBed, says, serving } from "#support/model-bed.ts";
import { assertPaired, type Sent } from "./paired.ts";

const KEYS = { ANTHROPIC_API_KEY: "test-anthropic" };
const GOOD = "18 degrees in Lisbon, snow in Oslo, and of Atlantis nobody knows.";
const city = z.object({ city: z.string() });
const weather = toolOf("weather", "Tells the weather of a city", city);
const calls = (...of: readonly (readonly [id: string, input: object | string])[]) =>
  of.map(([id, input]) => ({ id, name: "weather", arguments: typeof input === "string" ? input : { ...input } }));

let bed: ModelBed;
const sent: { readonly path: string; readonly body: Sent }[] = [];
before(async () => {
  bed = await ModelBed.start();
  const real = globalThis.fetch;
  mock.method(globalThis, "fetch", (input: string | URL | Request, init?: RequestInit) => {
    sent.push({ path: new URL(String(input)).pathname, body: JSON.parse(String(init?.body)) as Sent });
    return real(input, init);
  });
});
after(() => bed[Symbol.asyncDispose]());

for (const provider of ["anthropic", "openai", "vllm"] as const) {
  test(`${provider}: calls side by side, one that fails, and one that is no JSON and is mended, end in an answer`, async () => {
    const model = `${provider}-rounds`;
    const rounds = [
      { content: "Let me look.", toolCalls: calls(["c1", { city: "Lisbon" }], ["c2", { city: "Atlantis" }]) },
      { toolCalls: calls(["c3", '{"city": "Os']) },
      { toolCalls: calls(["c4", { city: "Oslo" }]) },
      { content: GOOD },
    ];
    for (const [sequenceIndex, round] of rounds.entries()) bed.mock.on({ model, sequenceIndex }, round);
    const { answers, results, told } = await converse(modelsOf(provider, `${provider}/${model}`));
    assert.equal(textOf(answers.at(-1)?.content ?? []), GOOD);
    assert.equal(told, GOOD);
    assert.deepEqual(
      answers.map(({ stop }) => stop),
      ["tools", "tools", "tools", "end"],
    );
    assert.deepEqual(
      results.map(({ id, content, failed }) => [id, textOf(content).split("\n")[0], failed]),
      [
        ["c1", "18 degrees", undefined],
        ["c2", "There is no such city.", true],
        // The stand-in itself makes an empty input of it for Anthropic.
        ["c3", provider === "anthropic" ? "The input does not fit." : "The input was no JSON.", true],
        ["c4", "snow", undefined],
      ],
    );
    assertSent(model, 4);
  });

  test(`${provider}: a conversation with tools goes on with the next model where the first one is gone`, async () => {
    const model = `${provider}-leaves`;
    bed.mock.on(
      { model, sequenceIndex: 0 },
      { content: "Let me look.", toolCalls: calls(["c1", { city: "Lisbon" }], ["c2", { city: "Oslo" }]) },
    );
    bed.mock.on({ model }, { error: { message: "no" }, status: 503 });
    bed.mock.on({ model: `${provider}-stays`, toolCallId: "c2" }, { content: GOOD });
    const { answers, told } = await converse(modelsOf(provider, `${provider}/${model}, vllm/${provider}-stays`));
    assert.equal(answers.at(-1)?.model, `vllm/${provider}-stays`);
    assert.deepEqual([textOf(answers.at(-1)?.content ?? []), told], [GOOD, GOOD]);
    assertSent(model, 4);
    assertSent(`${provider}-stays`, 1);
  });

  test(`${provider}: a conversation that another model began with ids of its own goes on`, async () => {
    const model = `${provider}-takes-over`;
    bed.answers(model, { content: GOOD });
    const turn = (words: string): readonly Message[] => [
      says(words),
      {
        role: "assistant",
        content: [
          { type: "kept", model: "kimi", data: { type: "reasoning" } },
          { type: "tool-call", id: "functions.weather:0", name: "weather", input: { city: "Lisbon" } },
          { type: "malformed-call", id: "functions.weather:1", name: "weather", raw: "[1" },
          { type: "tool-call", id: "functions.weather:1", name: "weather", input: {} },
        ],
      },
      {
        role: "tool",
        results: ["functions.weather:0", "functions.weather:1", "functions.weather:1"].map((id, at) => ({
          id,
          content: [{ type: "text", text: `result ${at}` }],
        })),
      },
      { role: "assistant", content: [{ type: "text", text: "So it is." }] },
    ];
    const { call } = callOf([...turn("one?"), ...turn("two?"), says("three?")], { tools: [weather] });
    assert.equal(textOf((await modelsOf(provider, `${provider}/${model}`).think(call)).content), GOOD);
    await modelsOf(provider, `${provider}/${model}`).think(call);
    assertSent(model, 2);
    const [first, second] = sent.filter(({ body }) => body.model === model);
    assert.deepEqual(first, second, "the same ids again, so that a provider's cache holds");
  });
}

test("calls to which a server gives one id in one answer are told apart", async () => {
  const twins = calls(["c1", { city: "Lisbon" }], ["c1", { city: "Oslo" }]);
  bed.mock.on({ model: "twins", sequenceIndex: 0 }, { toolCalls: twins });
  bed.mock.on({ model: "twins", sequenceIndex: 1 }, { content: GOOD });
  const { results } = await converse(modelsOf("vllm", "vllm/twins"));
  assert.deepEqual(
    results.map(({ content }) => textOf(content)),
    ["18 degrees", "snow"],
  );
  assert.equal(results[0]?.id, "c1");
  assert.equal(new Set(results.map(({ id }) => id)).size, 2);
  assertSent("twins", 2);
});

test("anthropic: a call that is no JSON is told back and mended", async () => {
  const rounds = [toolUse('{"city": "Lis'), toolUse('{"city": "Lisbon"}'), words(GOOD)];
  await using server = await serving((response) => {
    for (const event of rounds.shift() ?? [])
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    response.end();
  });
  const models = bed.models("anthropic/garbles", {}, { ...KEYS, THALASSA_ANTHROPIC_BASE_URL: server.url });
  const { answers, results, told } = await converse(models);
  assert.deepEqual(answers[0]?.content, [{ type: "malformed-call", id: "t13", name: "weather", raw: '{"city": "Lis' }]);
  assert.deepEqual(
    results.map(({ content }) => textOf(content)),
    ["The input was no JSON.", "18 degrees"],
  );
  assert.equal(told, GOOD);
  assertSent("garbles", 3);
});

/** How servers tell of two calls side by side. */
const tellings: readonly (readonly [name: string, deltas: readonly object[]])[] = [
  [
    "with an index of their own, in pieces",
    [
      { index: 0, id: "c1", function: { name: "weather", arguments: "" } },
      { index: 0, function: { arguments: '{"city":' } },
      { index: 0, function: { arguments: '"Lisbon"}' } },
      { index: 1, id: "c2", function: { name: "weather", arguments: "" } },
      { index: 1, function: { arguments: '{"city":"Oslo"}' } },
    ],
  ],
  [
    "all with the index 0",
    [
      { index: 0, id: "c1", function: { name: "weather", arguments: '{"city":"Lisbon"}' } },
      { index: 0, id: "c2", function: { name: "weather", arguments: '{"city":"Oslo"}' } },
    ],
  ],
  [
    "all with the index 0, in pieces",
    [
      { index: 0, id: "c1", function: { name: "weather", arguments: '{"city":' } },
      { index: 0, id: "c1", function: { arguments: '"Lisbon"}' } },
      { index: 0, id: "c2", function: { name: "weather", arguments: '{"city":"Os' } },
      { index: 0, id: "c2", function: { arguments: 'lo"}' } },
    ],
  ],
  [
    "all with the index 0, without ids",
    [
      { index: 0, id: "", function: { name: "weather", arguments: '{"city":"Lisbon"}' } },
      { index: 0, id: "", function: { name: "weather", arguments: '{"city":"Oslo"}' } },
    ],
  ],
];

for (const [name, deltas] of tellings) {
  test(`compatible: calls side by side told ${name} are two`, async () => {
    await using server = await serving((response) => {
      for (const delta of deltas) response.write(chunk({ delta: { tool_calls: [delta] } }));
      response.end(`${chunk({ delta: {}, finish_reason: "tool_calls" })}data: [DONE]\n\n`);
    });
    const models = bed.models("vllm/m", {}, { THALASSA_VLLM_BASE_URL: server.url });
    const { content } = await models.think(callOf([says("weather?")]).call);
    const made = content.flatMap((part) => (part.type === "tool-call" ? [part] : []));
    assert.deepEqual(
      made.map(({ input }) => input),
      [{ city: "Lisbon" }, { city: "Oslo" }],
    );
    assert.equal(new Set(made.map(({ id }) => id)).size, 2);
    assert.equal(content.length, 2);
  });
}

function modelsOf(provider: string, chain: string): Pick<Models, "think"> {
  return provider === "openai" ? bed.responses(chain) : bed.models(chain, {}, KEYS);
}

/** Thinks and uses tools until an answer uses none; the words are those of the last answer as they came. */
async function converse(models: Pick<Models, "think">) {
  const messages: Message[] = [says("how is the weather?")];
  const answers: Answer[] = [];
  const results: ToolResult[] = [];
  for (;;) {
    const { call, told } = callOf(messages, { tools: [weather] });
    const answer = await models.think(call);
    const came = resultsOf(answer);
    answers.push(answer);
    results.push(...came);
    if (came.length === 0) return { answers, results, told: lastTold(told) };
    messages.push({ role: "assistant", content: answer.content }, { role: "tool", results: came });
  }
}

const WEATHER: Readonly<Record<string, string>> = { Lisbon: "18 degrees", Oslo: "snow" };

function resultsOf({ content }: Answer): readonly ToolResult[] {
  return content.flatMap((part): readonly ToolResult[] => {
    if (part.type === "malformed-call") return [failure(part.id, "The input was no JSON.")];
    if (part.type !== "tool-call") return [];
    const { success, data } = city.safeParse(part.input);
    if (!success) return [failure(part.id, "The input does not fit.")];
    const text = WEATHER[data.city];
    return [
      text === undefined
        ? failure(part.id, "There is no such city.")
        : { id: part.id, content: [{ type: "text", text }] },
    ];
  });
}

function failure(id: string, text: string): ToolResult {
  return { id, content: [{ type: "text", text }], failed: true };
}

function assertSent(model: string, times: number): void {
  const bodies = sent.filter(({ body }) => body.model === model);
  assert.equal(bodies.length, times);
  for (const { path, body } of bodies) assertPaired(path, body);
}

function toolUse(json: string) {
  const block = { type: "tool_use", id: `t${json.length}`, name: "weather", input: {} };
  return streamed(block, { type: "input_json_delta", partial_json: json }, "tool_use");
}

function words(text: string) {
  return streamed({ type: "text", text: "" }, { type: "text_delta", text }, "end_turn");
}

function streamed(block: object, delta: object, stop: string) {
  return [
    { type: "message_start", message: { model: "garbles", usage: { input_tokens: 1, output_tokens: 1 } } },
    { type: "content_block_start", index: 0, content_block: block },
    { type: "content_block_delta", index: 0, delta },
    { type: "message_delta", delta: { stop_reason: stop }, usage: { output_tokens: 9 } },
    { type: "message_stop" },
  ];
}

function chunk(choice: object): string {
  return `data: ${JSON.stringify({ id: "x", model: "m", choices: [{ index: 0, ...choice }] })}\n\n`;
}
