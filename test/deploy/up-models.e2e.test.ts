import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ModelBed } from "#support/model-bed.ts";
import { Installation, Up } from "./installation.ts";

const KEY = "canary-of-the-model-0123456789";

let bed: ModelBed;
before(async () => {
  bed = await ModelBed.start();
});
after(() => bed[Symbol.asyncDispose]());

test("a person chats with a model behind a base URL, which costs nothing at rest", async () => {
  const usage = { prompt_tokens: 40, completion_tokens: 6, total_tokens: 46 };
  bed.mock.on({ model: "first", userMessage: "hello" }, { content: "Good day from afar!", usage });
  bed.mock.on({ model: "first", userMessage: "and again" }, { content: "Again, good day.", usage });
  await using here = await Installation.create();
  await using _ = await upWith(here, "openai/first");
  const chat = await here.run(["chat"], "hello\nand again\n");
  assert.equal(chat.code, 0, chat.err);
  assert.equal(chat.out, "Good day from afar!\nAgain, good day.\n");
  const log = await here.run(["log", "default", "--json"]);
  const said = log.out.split("\n").find((line) => line.includes('"said"')) ?? assert.fail(log.out);
  assert.match(said, /"model":"openai\/first"/);
  assert.match(said, /"usage":\{"input":40,"output":6,"cacheRead":0,"cacheWrite":0,"microUsd":2280\}/);
  const asked = bed.mock.getRequests().length;
  await delay(1_500);
  assert.equal(bed.mock.getRequests().length, asked);
});

test("a person is told what to mend, and no key is told anywhere", async () => {
  const echo = `Incorrect API key provided: ${KEY}`;
  bed.answers("locked", { error: { message: echo, type: "invalid_request_error" }, status: 401 });
  bed.answers("strict", { error: { message: echo, type: "invalid_request_error" }, status: 400 });
  for (const [model, told] of [
    ["locked", /I could not answer: openai refused the key: set OPENAI_API_KEY to one that is good/],
    ["strict", /I could not answer: openai\/strict refused the request \(400\): Incorrect API key provided/],
  ] as const) {
    await using here = await Installation.create();
    await using up = await upWith(here, `openai/${model}`);
    const chat = await here.run(["chat"], "hello\n");
    assert.match(chat.out + chat.err, told);
    const log = await here.run(["log", "default", "--json"]);
    assert.doesNotMatch([chat.out, chat.err, log.out, JSON.stringify(up.lines)].join("\n"), new RegExp(KEY));
  }
});

async function upWith(here: Installation, chain: string): Promise<Up & AsyncDisposable> {
  const env = { ...bed.env(chain), OPENAI_API_KEY: KEY };
  const args = ["up", "--no-chat", "--no-http", "--json", "--port", `${here.port}`, "--monitor-port", "0"];
  const up = new Up(here.spawn(args, env));
  await up.saw((line) => line.event === "up");
  return Object.assign(up, { [Symbol.asyncDispose]: async () => void (await up.end()) });
}
