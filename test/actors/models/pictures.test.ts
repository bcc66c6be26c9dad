import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Message, textOf } from "#models/mod.ts";
import { callOf, ModelBed, says } from "#support/model-bed.ts";

const KEYS = { ANTHROPIC_API_KEY: "test-anthropic", OPENAI_API_KEY: "test-openai" };
const file = { artifact: "main.telegram.4711/17-0", name: "cat.jpg", type: "image/jpeg", bytes: 3 };
const shown: Message = {
  role: "user",
  content: [
    { type: "text", text: "look" },
    { type: "file", file, picture: { type: "image", mediaType: "image/jpeg", base64: "Q0FU" } },
  ],
};

let bed: ModelBed;
before(async () => {
  bed = await ModelBed.start();
});
after(() => bed[Symbol.asyncDispose]());

const bodies = () => bed.mock.getRequests().map(({ body }) => JSON.stringify(body));

test("a model that takes no pictures is given their lines, and one that does after it sees them", async () => {
  bed.answers("plain", { error: { message: "no" }, status: 403 });
  bed.answers("some-vision", { content: "A cat." });
  const from = bodies().length;
  const answer = await think("vllm/plain, vllm/some-vision", shown);
  assert.equal(textOf(answer.content), "A cat.");
  const [plain, seeing] = bodies().slice(from);
  assert.ok(plain?.includes("[file cat.jpg (image/jpeg, 3 bytes)") && !plain.includes("Q0FU"), plain);
  assert.ok(seeing?.includes("Q0FU"), seeing);
});

for (const [provider, status] of [
  ["vllm", 400],
  ["openai", 400],
  ["vllm", 413],
  ["vllm", 422],
] as const) {
  test(`${provider}: a picture that is refused with ${status} loses no turn`, async () => {
    const model = `refuses-vision-${provider}-${status}`;
    bed.mock.on({ model, sequenceIndex: 0 }, { error: { message: "could not process image" }, status });
    bed.mock.on({ model, sequenceIndex: 1 }, { content: "I see only its name." });
    const from = bodies().length;
    assert.equal(textOf((await think(`${provider}/${model}`, shown)).content), "I see only its name.");
    const asked = bodies().slice(from);
    assert.deepEqual(
      asked.map((body) => [body.includes("Q0FU"), body.includes("[file cat.jpg")]),
      [
        [true, true],
        [false, true],
      ],
    );
  });
}

test("a request without pictures that is refused is refused once", async () => {
  bed.answers("refuses-all-vision", { error: { message: "no" }, status: 400 });
  await assert.rejects(think("vllm/refuses-all-vision", says("hello")), { code: "model-request" });
  assert.equal(bed.asked("refuses-all-vision"), 1);
});

test("whether anything is seen is said of the whole chain", () => {
  assert.equal(bed.models("vllm/plain, openai/gpt-5").sees(), true);
  assert.equal(bed.models("vllm/plain, offline").sees(), false);
});

async function think(chain: string, ...messages: readonly Message[]) {
  return await bed.models(chain, {}, KEYS).think(callOf(messages).call);
}
