import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { callOf, ModelBed, says } from "#support/model-bed.ts";

/** Planted: one that looks like a key, and one that looks like nothing. */
const CANARIES = { ANTHROPIC_API_KEY: "sk-ant-canary-0123456789", VLLM_API_KEY: "plain-canary-word" };

let bed: ModelBed;
before(async () => {
  bed = await ModelBed.start();
});
after(() => bed[Symbol.asyncDispose]());

for (const status of [400, 401, 403, 404, 429, 500, 529]) {
  test(`a key that a provider repeats with ${status} leaves in no error and no log`, async () => {
    const echo = `Bad key ${CANARIES.ANTHROPIC_API_KEY} or ${CANARIES.VLLM_API_KEY}, Authorization: Bearer abcdefgh12345678`;
    const model = `echo-${status}`;
    bed.answers(model, { error: { message: echo, type: CANARIES.ANTHROPIC_API_KEY }, status, retryAfter: 60 });
    for (const provider of ["anthropic", "vllm"]) {
      const logged: string[] = [];
      const log = (fields: object, message: string) => void logged.push(JSON.stringify(fields), message);
      const asked = bed.models(`${provider}/${model}`, { log }, CANARIES).think(callOf([says("hi")]).call);
      const error: unknown = await asked.catch((thrown: unknown) => thrown);
      assert.ok(error instanceof Error);
      const said = [error.message, error.stack, JSON.stringify(error), String(error.cause), ...logged].join("\n");
      assert.ok(logged.length > 0);
      assert.doesNotMatch(said, /canary|abcdefgh12345678/, said);
    }
  });
}
