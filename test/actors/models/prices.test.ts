import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { costOf, isFree, isPriced, pricesFrom } from "#models/prices.ts";
import { callOf, ModelBed, says } from "#support/model-bed.ts";

const listed = pricesFrom("none", ["ollama", "vllm"]);

const tokens = (input: number, output = 0, cacheRead = 0, cacheWrite = 0) => ({ input, output, cacheRead, cacheWrite });

describe("a price", () => {
  it("is a whole number of millionths of a dollar, for each sort of token its own, rounded up", () => {
    const usage = tokens(1_000, 100, 10_000, 2_000);
    assert.equal(costOf(usage, "anthropic/claude-sonnet-5-5", listed), 2_000 + 1_000 + 1_000 + 5_000);
    assert.equal(costOf(tokens(3), "openai/gpt-6-luna", listed), 1);
    assert.equal(costOf(tokens(30), "openai/gpt-6-luna", listed), 3, "0.1 times 30 is 3, not a little more");
    assert.equal(costOf(tokens(0), "anthropic/claude-opus-5-5", listed), 0);
  });

  it("is that of the longest beginning of the name, dated ones and those of a router among them", () => {
    const cost = (model: string): number => costOf(tokens(1_000_000 / 20), model, listed);
    assert.equal(cost("anthropic/claude-opus-4-20250514"), 750_000);
    assert.equal(cost("anthropic/claude-opus-4-5-20251101"), 250_000);
    assert.equal(cost("anthropic/claude-opus-5-5"), 200_000);
    assert.equal(cost("openrouter/anthropic/claude-opus-5.5"), 200_000);
    assert.equal(cost("openrouter/google/gemini-2.5-flash-lite"), cost("gemini/gemini-2.5-flash-lite"));
  });

  it("is another one for a long prompt, where the vendor has it so, whatever of it was cached", () => {
    assert.equal(costOf(tokens(100_000), "anthropic/claude-haiku-5-5", listed), 10_000);
    assert.equal(costOf(tokens(1, 0, 100_000), "anthropic/claude-haiku-5-5", listed), 5_001);
  });

  it("of a model that nobody knows is that of the dearest one, never less than any other", () => {
    const unknown = costOf(tokens(1_000, 1_000, 1_000, 1_000), "somebody/new", listed);
    for (const model of [
      "openai/gpt-5.5-pro",
      "anthropic/claude-opus-4",
      "openai/gpt-6-astra",
      "gemini/gemini-2.5-pro",
    ]) {
      assert.ok(isPriced(model, listed));
      assert.ok(costOf(tokens(1_000, 1_000, 1_000, 1_000), model, listed) <= unknown, model);
    }
    assert.equal(isPriced("somebody/new", listed), false);
  });

  it("is none where nobody charges", () => {
    for (const model of ["offline", "ollama/llama", "vllm/qwen"]) {
      assert.equal(isFree(model, listed), true, model);
      assert.equal(costOf(tokens(1_000_000, 1_000_000), model, listed), 0);
    }
    assert.equal(isFree("openai/gpt-6-luna", listed), false);
  });

  it("that is set wins over the list and makes what is free cost something", () => {
    const own = pricesFrom("openai/gpt-6 = 1/2/0.5/3; vllm=0.1/0.4; openrouter/=7/7", ["vllm"]);
    assert.equal(costOf(tokens(10, 10, 10, 10), "openai/gpt-6-astra", own), 10 + 20 + 5 + 30);
    assert.equal(costOf(tokens(10, 10, 10), "vllm/qwen", own), 1 + 4 + 1, "a cache saves nothing where nobody says so");
    assert.equal(costOf(tokens(0, 0, 0, 8), "vllm/qwen", own), 1, "and costs a quarter more to fill");
    assert.equal(costOf(tokens(1), "openrouter/openai/gpt-6-luna", own), 7);
    assert.equal(isFree("offline", pricesFrom("offline=1/1", [])), true);
  });

  it("that cannot be read is refused with the form that it has", () => {
    for (const text of ["openai", "openai/x=1", "openai/x=a/b", "openai/x=1/2/3/4/5", "x=1/2,y=1/2", "x=-1/2"]) {
      assert.throws(() => pricesFrom(text, []), { name: "RangeError", message: /provider\/model=input\/output/ }, text);
    }
  });

  it("never falls as more is used", () => {
    const count = fc.nat({ max: 90_000 });
    fc.assert(
      fc.property(
        count,
        count,
        count,
        fc.constantFrom("openai/gpt-6-luna", "a/b", "anthropic/claude-sonnet-5-5"),
        (a, b, more, model) => {
          const less = costOf(tokens(a, b), model, listed);
          assert.ok(Number.isSafeInteger(less) && costOf(tokens(a, b + more), model, listed) >= less);
        },
      ),
    );
  });
});

describe("models", () => {
  it("tell what an answer cost, and nothing of it where nobody charges", async () => {
    await using bed = await ModelBed.start();
    const usage = { prompt_tokens: 40, completion_tokens: 6, total_tokens: 46 };
    for (const model of ["paid", "own"]) bed.answers(model, { content: "Good day.", usage });
    const env = { OPENAI_API_KEY: "a-key-of-a-test", THALASSA_MODELS_PRICES: "openai/paid=2/10" };
    const paid = await bed.models("openai/paid", {}, env).think(callOf([says("hello")]).call);
    assert.deepEqual(paid.usage, { ...tokens(40, 6), microUsd: 140 });
    const own = await bed.models("vllm/own").think(callOf([says("hello")]).call);
    assert.deepEqual(own.usage, tokens(40, 6));
    const offline = await bed.models("offline").think(callOf([says("hello")]).call);
    assert.deepEqual(offline.usage, tokens(0));
  });

  it("are free when the whole chain is", async () => {
    await using bed = await ModelBed.start();
    const keyed = { OPENAI_API_KEY: "a-key-of-a-test" };
    assert.equal(bed.models("vllm/own, offline").isFree(), true);
    assert.equal(bed.models("openai/own").isFree(), true, "a server in OpenAI's place that got no key");
    assert.equal(bed.models("openai/own", {}, keyed).isFree(), false);
    assert.equal(bed.models("offline, gemini/gemini-2.5-pro").isFree(), false);
    const tasks = { THALASSA_MODELS_TASKS: "title: offline" };
    assert.equal(bed.models("gemini/gemini-2.5-pro", {}, tasks).isFree("title"), true);
  });
});
