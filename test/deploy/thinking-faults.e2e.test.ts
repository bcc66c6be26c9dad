import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { FixtureOpts } from "@copilotkit/aimock";
import { type Delta, finishWords, hearWords, SILENCE } from "#bridges/terminal/words.ts";
import { readSeed } from "#deploy/keys.ts";
import { Client } from "#runtime/client.ts";
import { type ChannelEvent, channelContract } from "#subjects/channel.ts";
import { terminalContract } from "#subjects/clients.ts";
import { addressOf, readEvent } from "#subjects/mod.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import { type KindProcess, spawnKind } from "#support/crash.ts";
import { ModelBed } from "#support/model-bed.ts";
import { ModelTap } from "#support/model-tap.ts";
import { startServer, type TestServer } from "#support/server.ts";
import { faultsIn } from "#support/transcript-rules.ts";

const GOOD = "All is well here, and it is told to its very end, word for word.";

/** So slow that its words are told while they come. */
const SLOWLY: FixtureOpts = { latency: 20 };

/** Long after the patience set below, the stand-in lets go: its timers would keep this process. */
const STALLED: FixtureOpts = { disconnectAfterMs: 4_000 };

/** Four models by three APIs: where one fails, the next one answers. */
const CHAIN = "vllm/first, openai/second, ollama/third, anthropic/fourth";

let server: TestServer;
let bed: ModelBed;
let tap: ModelTap;
let channel: KindProcess;
let client: Client;
before(async () => {
  [server, bed] = await Promise.all([startServer(), ModelBed.start()]);
  // The stand-in always says when to come again.
  tap = await ModelTap.before(bed.url, ({ model }) => model === "second");
  channel = spawnKind("channel", server, {
    THALASSA_MODELS_CHANNEL: CHAIN,
    THALASSA_MODELS_IDLE_MS: "1000",
    THALASSA_MODELS_FIRST_MS: "1500",
    ANTHROPIC_API_KEY: "test",
    THALASSA_ANTHROPIC_BASE_URL: tap.url,
    THALASSA_OPENAI_BASE_URL: `${tap.url}/v1`,
    THALASSA_OLLAMA_BASE_URL: `${tap.url}/v1`,
    THALASSA_VLLM_BASE_URL: `${tap.url}/v1`,
  });
  const user = terminalContract.client;
  const access = { url: server.url, user, seed: readSeed(server.keysDir, user), name: "test" };
  client = await Client.connect(access, apiPrefix(terminalContract.account));
  await channel.ready();
  limitAll();
  for (const status of [502, 503, 504]) {
    bed.mock.on({ model: "first", userMessage: `send ${status}` }, { error: { message: "not now" }, status });
  }
  const cut = { content: GOOD };
  bed.mock.on({ model: "first", userMessage: "be cut" }, cut, { ...SLOWLY, truncateAfterChunks: 5 });
  bed.mock.on(
    { model: "first", userMessage: "say another" },
    { content: "This is something else, which has no end." },
    {
      ...SLOWLY,
      truncateAfterChunks: 5,
    },
  );
  bed.mock.on({ model: "first", userMessage: "fall silent" }, { content: GOOD }, { ...STALLED, latency: 60_000 });
  const halfway = { ...STALLED, streamingProfile: { ttft: 10, tps: 0.1 } };
  bed.mock.on({ model: "first", userMessage: "stop halfway" }, { content: GOOD }, halfway);
  const garbled = { name: "look_back", arguments: '{"query": "te' };
  bed.mock.on({ model: "first", userMessage: "garble", hasToolResult: false }, { toolCalls: [garbled] });
  bed.mock.on({ model: "first", userMessage: "garble", toolResultContains: "no JSON" }, { content: GOOD }, SLOWLY);
  for (const model of ["second", "third", "fourth"]) bed.answers(model, { content: GOOD }, SLOWLY);
});
after(async () => {
  await client?.[Symbol.asyncDispose]();
  await channel?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  await tap?.[Symbol.asyncDispose]();
  await bed?.[Symbol.asyncDispose]();
});

/** All refuse for a while: with a rest that is told, without, and by the status that one vendor has for it. */
function limitAll(): void {
  const limited = { error: { message: "slow down" } };
  bed.mock.on({ model: "first", userMessage: "limit" }, { ...limited, status: 429, retryAfter: 30 });
  bed.mock.on({ model: "second", userMessage: "limit" }, { ...limited, status: 429 });
  bed.mock.on({ model: "third", userMessage: "limit" }, { ...limited, status: 529 });
}

/** What the first model does, how often it is asked, and who answers then. */
const faults: readonly (readonly [asked: string, times: number, by: string])[] = [
  ["send 502", 3, "openai/second"],
  ["send 503", 3, "openai/second"],
  ["send 504", 3, "openai/second"],
  ["be cut", 3, "openai/second"],
  ["say another", 3, "openai/second"],
  ["fall silent", 1, "openai/second"],
  ["stop halfway", 1, "openai/second"],
  ["garble", 2, "vllm/first"],
];

test("whatever a model does, somebody gets one good answer, and no word of it twice", {
  concurrency: true,
}, async (t) => {
  await Promise.all(
    faults.map(([asked, times, by]) =>
      t.test(asked, async () => {
        const { said, shown, deltas } = await talk(asked);
        assert.equal(said.text, GOOD);
        assert.equal(said.model, by);
        assert.equal(requestsWith("first", asked).length, times);
        assertToldOnce(deltas);
        assert.equal(shown, GOOD);
      }),
    ),
  );
});

test("a call that is no JSON is told to the model, and stands in the log as it came", async () => {
  const events = await eventsOf("garble");
  const [, thought] = events;
  assert.ok(thought?.type === "thought");
  assert.deepEqual(
    thought.data.content.map(({ type }) => type),
    ["malformed-call"],
  );
  assert.match(thought.data.results?.[0]?.text ?? "", /The input was no JSON/);
  assert.deepEqual(tap.requests.flatMap(faultsIn), []);
});

test("whoever limits us is passed over at once, and left alone for its time", async () => {
  for (const asked of ["limit me", "and once more"]) {
    const { said, shown, deltas } = await talk(asked);
    assert.equal(said.text, GOOD);
    assert.equal(said.model, "anthropic/fourth");
    assertToldOnce(deltas);
    assert.equal(shown, GOOD);
  }
  const asked = (text: string) =>
    ["first", "second", "third", "fourth"].map((model) => requestsWith(model, text).length);
  assert.deepEqual(asked("limit me"), [1, 1, 1, 1]);
  assert.deepEqual(asked("and once more"), [0, 0, 0, 1]);
});

/** Says something in a conversation of its own; gives the answer, and what a person has seen of it by then. */
async function talk(text: string) {
  const address = addressOf("main", "channel", `terminal-${text.replaceAll(" ", "-")}`);
  const deltas: Delta[] = [];
  let words = SILENCE;
  let screen = "";
  const { promise, resolve } = Promise.withResolvers<Extract<ChannelEvent, { type: "said" }>["data"]>();
  using _ = client.follow(address, {
    fromSeq: 0,
    onRecord: (record) => {
      const event = readEvent(channelContract, record);
      if (event?.type === "said") resolve(event.data);
    },
    onLive: (noun, data) => {
      if (noun !== "delta") return;
      const delta = channelContract.live.delta.parse(data);
      const heard = hearWords(words, delta);
      deltas.push(delta);
      words = heard.words;
      screen += heard.fresh;
    },
  });
  await client.send(address, "hear", { text, who: { party: "terminal", id: "ada" } });
  const said = await promise;
  const end = finishWords(words, said.text);
  return { said, deltas, shown: end.type === "rest" ? screen + end.text : end.text };
}

/** Every attempt's words follow on each other without a gap or an overlap, and the last attempt's are the answer's beginning. */
function assertToldOnce(deltas: readonly Delta[]): void {
  const texts = new Map<string, string>();
  for (const { step, attempt, offset, text } of deltas) {
    const before = texts.get(`${step} ${attempt}`) ?? "";
    assert.equal(offset, before.length, `words of ${step} ${attempt} at ${offset} after ${before}`);
    texts.set(`${step} ${attempt}`, before + text);
  }
  const last = [...texts.values()].at(-1) ?? "";
  assert.ok(last !== "" && GOOD.startsWith(last), `told last: ${last}`);
}

function requestsWith(model: string, text: string) {
  return tap.to(model).filter(({ body }) => JSON.stringify(body).includes(text));
}

async function eventsOf(text: string): Promise<readonly ChannelEvent[]> {
  const records = await client.history(addressOf("main", "channel", `terminal-${text}`));
  return records.flatMap((record) => readEvent(channelContract, record) ?? []);
}
