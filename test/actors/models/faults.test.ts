import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { after, before, test } from "node:test";
import { hearWords, SILENCE } from "#bridges/terminal/words.ts";
import { type ModelFailed, ownCooldowns, textOf } from "#models/mod.ts";
import { callOf, lastTold, ModelBed, says, type Told } from "#support/model-bed.ts";

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
  ["529", 529, 1, "model-limited"],
  ["401", 401, 1, "model-key"],
  ["402", 402, 1, "model-forbidden"],
  ["403", 403, 1, "model-forbidden"],
  ["404", 404, 1, "unknown-model"],
];

for (const provider of ["anthropic", "vllm"] as const) {
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
    const model = `${provider}-429`;
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
      { truncateAfterChunks: 4, latency: 5 },
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

  test(`${provider}: a stall is given up, and the next model answers`, async () => {
    const model = `${provider}-stall`;
    bed.answers(model, { content: "slowly slowly slowly" }, { latency: 4_000 });
    const began = performance.now();
    const { answer, logged } = await talk(
      `${provider}/${model}, vllm/good`,
      {},
      { THALASSA_MODELS_IDLE_MS: "1000", THALASSA_MODELS_FIRST_MS: "1000" },
    );
    assert.equal(textOf(answer.content), GOOD);
    assert.deepEqual(logged, ["model-stalled"]);
    assert.ok(performance.now() - began < 3_500, "it waited for the first word");
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

async function talk(chain: string, port: Parameters<ModelBed["models"]>[1] = {}, env = {}) {
  const logged: unknown[] = [];
  const log = ({ code }: Readonly<Record<string, unknown>>) => void logged.push(code);
  const models = bed.models(chain, { log, ...port }, { ...KEYS, ...env });
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

async function serving(answer: (response: ServerResponse) => void) {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "text/event-stream" });
    answer(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: async () => void server.close() };
}
