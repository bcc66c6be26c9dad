import assert from "node:assert/strict";
import { registerHooks } from "node:module";
import { test } from "node:test";

test("no provider's library is loaded while the offline model answers, and each with its first call alone, or when it is told to", async () => {
  const loaded: string[] = [];
  registerHooks({
    load(url, context, next) {
      loaded.push(url);
      return next(url, context);
    },
  });
  const libraries = () =>
    ["@anthropic-ai/sdk", "openai"].filter((name) => loaded.some((url) => url.includes(`/node_modules/${name}/`)));
  const { channelKind } = await import("#actors/channel/kind.ts");
  const { modelsFrom } = await import("#models/mod.ts");
  const env = { ANTHROPIC_API_KEY: "k", OPENAI_API_KEY: "k", THALASSA_OFFLINE_PACE_MS: "0" };
  const models = (chain: string) =>
    modelsFrom(
      "channel",
      { ...env, THALASSA_MODELS_CHANNEL: chain, THALASSA_ANTHROPIC_BASE_URL: NOWHERE, THALASSA_VLLM_BASE_URL: NOWHERE },
      { retry: { tries: 1 } },
    );
  const call = {
    system: [],
    tools: [],
    messages: [{ role: "user", content: [{ type: "text", text: "hello" }] }],
    signal: new AbortController().signal,
    onText() {},
  } as const;
  channelKind({ models: models("offline") });
  assert.match(JSON.stringify(await models("offline").think(call)), /Hello!/);
  assert.ok(loaded.length > 10, "the hook saw nothing");
  assert.deepEqual(libraries(), []);
  await assert.rejects(models("anthropic/x").think(call), { code: "model-unavailable" });
  assert.deepEqual(libraries(), ["@anthropic-ai/sdk"]);
  await models("vllm/x, anthropic/x").load();
  assert.deepEqual(libraries(), ["@anthropic-ai/sdk", "openai"]);
});

/** Nobody listens on the port that is for throwing things away. */
const NOWHERE = "http://127.0.0.1:9";
