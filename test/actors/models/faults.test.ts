import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { hearWords, SILENCE } from "#bridges/terminal/words.ts";
import { type ModelFailed, ownCooldowns, textOf } from "#models/mod.ts";
import { callOf, lastTold, ModelBed, says, serving, type Told } from "#support/model-bed.ts";

const KEYS = { ANTHROPIC_API_KEY: "test-anthropic", OPENAI_API_KEY: "test-openai" };
const GOOD = "All is well and told to the end.";

let bed: ModelBed;
before(async () => {
  bed = await ModelBed.start();
  bed.answers("good", { content: GOOD });
});
after(() => bed[Symbol.asyncDispose]());

/** What is wrong with the first model, how often it is asked because of that, and what is said of it. */
const faults: readonly (readonly [name: string, status: number, times: number, code: ModelFailed["code"]])[] = [
  ["408", 408, 3, "model-unavailable"],
  ["409", 409, 3, "model-unavailable"],
  ["500", 500, 3, "model-unavailable"],
  ["502", 502, 3, "model-unavailable"],
  ["503", 503, 3, "model-unavailable"],
  ["504", 504, 3, "model-unavailable"],
  ["429", 429, 1, "model-limited"],
  ["529", 529, 1, "model-limited"],
  ["401", 401, 1, "model-key"],
  ["402", 402, 1, "model-forbidden"],
  ["403", 403, 1, "model-forbidden"],
  ["404", 404, 1, "unknown-model"],
];

/** How an answer begins that says two words. */
const BEGINNINGS = {
  anthropic: [
    { type: "message_start", message: { model: "m", usage: { input_tokens: 1, output_tokens: 1 } } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "All is" } },
  ],
  openai: [{ type: "response.output_text.delta", delta: "All is", item_id: "i", output_index: 0, content_index: 0 }],
  vllm: [{ type: "chunk", choices: [{ index: 0, delta: { content: "All is" } }] }],
} as const;

for (const provider of ["anthropic", "openai", "vllm"] as const) {
  for (const [name, status, times, code] of faults) {
    test(`${provider}: ${name} ends in a good answer of the next model, after ${times === 1 ? "one try" : "three tries"}`, async () => {
      const model = `${provider}-${status}`;
      bed.answers(model, { error: { message: "no", type: "some_error" }, status });
      const { answer, told, logged } = await talk(`${provider}/${model}, vllm/good`);
      assert.equal(textOf(answer.content), GOOD);
      assert.equal(answer.model, "vllm/good");
      assert.equal(bed.asked(model), times);
      assert.deepEqual([...new Set(logged)], [code]);
      assertToldOnce(told);
    });
  }

  test(`${provider}: 429 with a long rest is passed over by everybody for that time, at no call`, async () => {
    const model = `${provider}-429-long`;
    bed.answers(model, { error: { message: "slow down" }, status: 429, retryAfter: 30 });
    const cooldowns = ownCooldowns();
    const chain = `${provider}/${model}, vllm/good`;
    assert.equal((await talk(chain, { cooldowns })).answer.model, "vllm/good");
    assert.equal((await talk(chain, { cooldowns })).answer.model, "vllm/good");
    assert.equal(bed.asked(model), 1);
    const restsMs = (await cooldowns.until(`${provider}/${model}`)) - Date.now();
    assert.ok(restsMs > 25_000 && restsMs <= 30_000, `${restsMs} ms`);
  });

  test(`${provider}: 429 with a short rest is waited out`, async () => {
    const model = `${provider}-429-short`;
    bed.mock.on({ model, sequenceIndex: 0 }, { error: { message: "slow down" }, status: 429, retryAfter: 1 });
    bed.mock.on({ model, sequenceIndex: 1 }, { content: GOOD });
    const { answer } = await talk(`${provider}/${model}, vllm/good`, { retry: { shortRestMs: 1_500 } });
    assert.equal(answer.model, `${provider}/${model}`);
  });

  test(`${provider}: a stream cut in the middle begins anew elsewhere, and no word is told twice`, async () => {
    const model = `${provider}-cut`;
    bed.answers(
      model,
      { content: "These words will never come to their end." },
      { truncateAfterChunks: provider === "openai" ? 8 : 4, latency: 5 },
    );
    const { answer, told, logged } = await talk(`${provider}/${model}, vllm/good`);
    assert.equal(textOf(answer.content), GOOD);
    assert.ok(logged.every((code) => code === "model-dropped"));
    assert.ok(
      told.some(({ attempt }) => attempt === 1),
      "nothing was told before the cut",
    );
    assertToldOnce(told);
  });

  test(`${provider}: a stall in the middle of a word is given up, and the next model answers`, async () => {
    await using server = await serving((response) => {
      for (const event of BEGINNINGS[provider])
        response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    });
    const { answer, logged, told } = await talk(
      `${provider}/silent, ollama/good`,
      {},
      {
        THALASSA_MODELS_IDLE_MS: "300",
        [`THALASSA_${provider.toUpperCase()}_BASE_URL`]: server.url,
        THALASSA_OLLAMA_BASE_URL: `${bed.url}/v1`,
      },
    );
    assert.equal(textOf(answer.content), GOOD);
    assert.deepEqual(logged, ["model-stalled"]);
    assert.equal(told[0]?.text, "All is");
    assertToldOnce(told);
  });

  test(`${provider}: silence from the beginning is given up, and the next model answers`, async () => {
    await using server = await serving((response) => response.flushHeaders());
    const { answer, logged } = await talk(
      `${provider}/silent, ollama/good`,
      {},
      {
        THALASSA_MODELS_FIRST_MS: "300",
        [`THALASSA_${provider.toUpperCase()}_BASE_URL`]: server.url,
        THALASSA_OLLAMA_BASE_URL: `${bed.url}/v1`,
      },
    );
    assert.equal(textOf(answer.content), GOOD);
    assert.deepEqual(logged, ["model-stalled"]);
  });
}

for (const [status, message] of [
  [413, "request too large"],
  [400, "prompt is too long: 213462 tokens > 200000 maximum"],
] as const) {
  test(`${status}, “${message}”, is tried once, and the next model may have a larger window`, async () => {
    const model = `too-long-${status}`;
    bed.answers(model, { error: { message, type: "invalid_request_error" }, status });
    const { answer, logged } = await talk(`anthropic/${model}, vllm/good`);
    assert.deepEqual([answer.model, bed.asked(model), logged], ["vllm/good", 1, ["model-request"]]);
    await assert.rejects(talk(`vllm/${model}`), {
      code: "model-request",
      message: /cannot take so much .*context_tokens/,
    });
  });
}

test("400 is not tried anywhere else, and says what the provider says", async () => {
  bed.answers("bad-request", { error: { message: "messages: too many", type: "invalid_request_error" }, status: 400 });
  const asked = talk("anthropic/bad-request, vllm/good");
  await assert.rejects(asked, { code: "model-request", message: /refused the request \(400\): messages: too many/ });
  assert.equal(bed.asked("bad-request"), 1);
});

test("where nobody can answer, the person is told of all and what to mend", async () => {
  bed.answers("locked", { error: { message: "invalid x-api-key", type: "authentication_error" }, status: 401 });
  bed.answers("gone", { error: { message: "no such model" }, status: 404 });
  await assert.rejects(talk("anthropic/locked"), {
    code: "model-key",
    message: "anthropic refused the key: set ANTHROPIC_API_KEY to one that is good, and start thalassa up anew",
  });
  await assert.rejects(talk("anthropic/locked, vllm/gone"), {
    code: "no-model",
    message: /ANTHROPIC_API_KEY.*; there is no model gone at vllm/,
  });
  await assert.rejects(talk("gemini/x"), { code: "model-key", message: /gemini needs a key: set GEMINI_API_KEY/ });
  await assert.rejects(talk("acme/x"), {
    code: "unknown-model",
    message: /there is no model acme\/x here: choose one of anthropic\//,
  });
});

test("where all are limited, a short rest is waited out and a long one is told", async () => {
  bed.mock.on({ model: "busy", sequenceIndex: 0 }, { error: { message: "busy" }, status: 529 });
  bed.mock.on({ model: "busy", sequenceIndex: 1 }, { content: GOOD });
  assert.equal((await talk("anthropic/busy")).answer.model, "anthropic/busy");
  bed.answers("very-busy", { error: { message: "busy" }, status: 429, retryAfter: 600 });
  const cooldowns = ownCooldowns();
  await assert.rejects(talk("vllm/very-busy", { cooldowns }), { code: "model-limited" });
  await assert.rejects(talk("vllm/very-busy", { cooldowns }), {
    code: "no-model",
    message: /vllm\/very-busy takes no more calls for \d+ s/,
  });
  assert.equal(bed.asked("very-busy"), 1);
});

test("a server that is not there is tried a few times, then the next one's turn comes", async () => {
  const { answer, logged } = await talk(
    "ollama/llama, vllm/good",
    {},
    { THALASSA_OLLAMA_BASE_URL: "http://127.0.0.1:9/v1" },
  );
  assert.equal(answer.model, "vllm/good");
  assert.deepEqual(logged, ["model-unavailable", "model-unavailable", "model-unavailable"]);
});

test("anthropic: a tool call cut off by the limit of tokens is malformed, not thrown", async () => {
  await using server = await serving((response) => {
    const events = [
      { type: "message_start", message: { model: "m", usage: { input_tokens: 1, output_tokens: 1 } } },
      {
        type: "content_block_start",
        index: 0,
        content_block: { type: "tool_use", id: "t1", name: "weather", input: {} },
      },
      { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: '{"city": "Lis' } },
      { type: "message_delta", delta: { stop_reason: "max_tokens" }, usage: { output_tokens: 9 } },
      { type: "message_stop" },
    ];
    for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    response.end();
  });
  const { answer } = await talk("anthropic/m", {}, { THALASSA_ANTHROPIC_BASE_URL: server.url });
  assert.deepEqual(answer.content, [{ type: "malformed-call", id: "t1", name: "weather", raw: '{"city": "Lis' }]);
  assert.equal(answer.stop, "length");
});

test("anthropic: an overload told in the middle of the stream is one", async () => {
  await using server = await serving((response) => {
    const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    response.end(`event: error\ndata: ${JSON.stringify(error)}\n\n`);
  });
  const { answer, logged } = await talk("anthropic/m, vllm/good", {}, { THALASSA_ANTHROPIC_BASE_URL: server.url });
  assert.equal(answer.model, "vllm/good");
  assert.deepEqual(logged, ["model-limited"]);
});

test("openai: an overload told in the middle of the stream is one", async () => {
  const told = [
    { type: "error", code: "rate_limit_exceeded", message: "slow down", param: null, sequence_number: 1 },
    { type: "response.failed", response: { error: { code: "rate_limit_exceeded", message: "slow down" } } },
  ];
  for (const event of told) {
    await using server = await serving((response) => {
      response.end(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    });
    const models = bed.responses("openai/m, vllm/good", {}, { url: server.url });
    assert.equal((await models.think(callOf([says("how is it?")]).call)).model, "vllm/good");
  }
});

async function talk(
  chain: string,
  port: Parameters<ModelBed["models"]>[1] = {},
  env: Readonly<Record<string, string>> = {},
) {
  const logged: unknown[] = [];
  const log = ({ code }: Readonly<Record<string, unknown>>) => void logged.push(code);
  // Only OpenAI itself is taken to speak Responses.
  const models = chain.startsWith("openai/")
    ? bed.responses(chain, { log, ...port }, { patienceMs: 300, url: env.THALASSA_OPENAI_BASE_URL })
    : bed.models(chain, { log, ...port }, { ...KEYS, ...env });
  const { call, told } = callOf([says("how is it?")]);
  return { answer: await models.think(call), told, logged };
}

/** What a reader of the live plane has seen of all attempts is the beginning of the answer, or nothing that counts. */
function assertToldOnce(told: readonly Told[]): void {
  assert.equal(lastTold(told), GOOD);
  let words = SILENCE;
  const offsets = new Map<number, number>();
  for (const { attempt, text } of told) {
    const offset = offsets.get(attempt) ?? 0;
    offsets.set(attempt, offset + text.length);
    words = hearWords(words, { step: "think-1", attempt, offset, text }).words;
  }
  assert.equal(words.text, GOOD);
}
