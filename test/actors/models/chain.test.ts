import assert from "node:assert/strict";
import { test } from "node:test";
import { chainFor, THINKERS, type Thinker, writtenName } from "#models/chain.ts";
import { modelsFrom } from "#models/mod.ts";
import { modelSettings } from "#models/options.ts";
import { serversFrom } from "#models/servers.ts";

type Env = Readonly<Record<string, string>>;

const chain = (env: Env, thinker: Thinker = "channel", task?: string): readonly string[] =>
  chainFor(thinker, task, modelSettings(thinker, env)).map(writtenName);

test("without a key the offline model answers", () => {
  for (const thinker of THINKERS) assert.deepEqual(chain({}, thinker), ["offline"]);
  assert.deepEqual(chain({ ANTHROPIC_API_KEY: "", THALASSA_MODELS_CHANNEL: "" }), ["offline"]);
});

test("whoever there is a key for answers, Anthropic before OpenAI, and the small ones do the small work", () => {
  assert.deepEqual(chain({ OPENAI_API_KEY: "k" }), ["openai/gpt-6.1-terra"]);
  const both = { OPENAI_API_KEY: "k", ANTHROPIC_API_KEY: "k" };
  assert.deepEqual(chain(both), ["anthropic/claude-sonnet-5-5", "openai/gpt-6.1-terra"]);
  assert.deepEqual(chain(both, "compactor"), ["anthropic/claude-haiku-5-5", "openai/gpt-6-luna"]);
});

test("a chain that is set wins over keys, and a task's over its kind's", () => {
  const env = {
    ANTHROPIC_API_KEY: "k",
    THALASSA_MODELS_CHANNEL: " openrouter/meta/llama-4:free ,offline",
    THALASSA_MODELS_TASKS: "title: offline; deep-work: anthropic/claude-opus-5-5, openai/gpt-6.1-sol",
  };
  assert.deepEqual(chain(env), ["openrouter/meta/llama-4:free", "offline"]);
  assert.deepEqual(chain(env, "worker"), ["anthropic/claude-sonnet-5-5"]);
  assert.deepEqual(chain(env, "channel", "title"), ["offline"]);
  assert.deepEqual(chain(env, "worker", "deep-work"), ["anthropic/claude-opus-5-5", "openai/gpt-6.1-sol"]);
  assert.deepEqual(chain(env, "channel", "nobody-set-this"), ["openrouter/meta/llama-4:free", "offline"]);
});

test("what cannot be read is refused as the process starts", () => {
  assert.throws(() => modelsFrom("channel", { THALASSA_MODELS_CHANNEL: "gpt 6!" }), /"gpt 6!" names no models/);
  assert.throws(
    () => modelsFrom("channel", { THALASSA_MODELS_TASKS: "offline" }),
    /names no models; tasks are written/,
  );
  assert.throws(() => modelsFrom("channel", { THALASSA_MODELS_IDLE_MS: "soon" }), /THALASSA_MODELS_IDLE_MS is soon/);
});

test("a request keeps to the smallest window of its chain and to the setting", () => {
  const tokens = (own: string, most: string) =>
    modelsFrom("channel", { THALASSA_MODELS_CHANNEL: own, THALASSA_MODELS_CONTEXT_TOKENS: most }).contextTokens();
  assert.equal(tokens("anthropic/claude-sonnet-5-5", ""), 100_000);
  assert.equal(tokens("anthropic/claude-sonnet-5-5, openai/gpt-4.1", "900000"), 128_000);
  assert.equal(tokens("ollama/llama4", "8000"), 8_000);
});

test("a server in OpenAI's place speaks Chat Completions and may do without a key", () => {
  const openai = (url?: string) =>
    serversFrom(url === undefined ? {} : { THALASSA_OPENAI_BASE_URL: url }).find(({ name }) => name === "openai");
  for (const own of [undefined, "", "https://api.openai.com/v1"]) {
    assert.equal(openai(own)?.speaks, "responses");
    assert.equal(openai(own)?.keyless, undefined);
  }
  const moved = openai("http://127.0.0.1:9/v1");
  assert.deepEqual([moved?.speaks, moved?.keyless, moved?.baseUrl], ["chat", true, "http://127.0.0.1:9/v1"]);
});
