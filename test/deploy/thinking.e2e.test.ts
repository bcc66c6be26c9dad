import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { ChatCompletionRequest } from "@copilotkit/aimock";
import type { ServiceStats } from "@nats-io/services";
import { readSeed } from "#deploy/keys.ts";
import type { ProcessStatus } from "#runtime/asks.ts";
import { Client } from "#runtime/client.ts";
import { branchContract } from "#subjects/branch.ts";
import { channelContract } from "#subjects/channel.ts";
import { type Address, addressOf, OPERATOR, PARTITIONS, readEvent } from "#subjects/mod.ts";
import { eventually } from "#support/eventually.ts";
import { ModelBed } from "#support/model-bed.ts";
import { ModelTap } from "#support/model-tap.ts";
import { faultsIn } from "#support/transcript-rules.ts";
import { Installation, Up } from "./installation.ts";

const CHANNEL = addressOf("main", "channel", "terminal-tea");
const TASK = "Which green tea?";

let bed: ModelBed;
let tap: ModelTap;
before(async () => {
  bed = await ModelBed.start();
  tap = await ModelTap.before(bed.url);
  bed.answers("talker", talker);
  bed.answers("thinker", thinker);
});
after(async () => {
  await tap[Symbol.asyncDispose]();
  await bed[Symbol.asyncDispose]();
});

const openai = new URL("./openai-here.ts", import.meta.url).href;

/** How each kind of API is reached, and where it is found to be spoken to. */
const APIS: readonly (readonly [provider: string, path: string, env: () => Readonly<Record<string, string>>])[] = [
  ["anthropic", "/v1/messages", () => ({ ANTHROPIC_API_KEY: "test", THALASSA_ANTHROPIC_BASE_URL: tap.url })],
  [
    "openai",
    "/v1/responses",
    () => ({ OPENAI_API_KEY: "test", NODE_OPTIONS: `--import=${openai}`, TEST_OPENAI: tap.url }),
  ],
  ["vllm", "/v1/chat/completions", () => ({ THALASSA_VLLM_BASE_URL: `${tap.url}/v1` })],
];

for (const [provider, path, env] of APIS) {
  test(`${provider}: somebody talks with an agent that looks back, thinks on the side and tells of it`, async () => {
    tap.requests.length = 0;
    await using here = await Installation.create();
    await using _ = await upWith(here, provider, env());
    await using client = await asOperator(here);
    const said = "We agreed on green tea.\nWhat did we agree on? Think about it on the side.\n";
    const chat = await here.run(["chat", "--channel", "tea"], said);
    assert.equal(chat.out, "Noted.\nGreen tea. I think about which one.\n", chat.err);
    await eventually(
      () => told(client),
      (events) => events.filter(({ type }) => type === "said").length === 3,
    );
    assertConversation(await told(client), provider);
    await assertBranch(client, provider);
    assert.deepEqual(
      tap.requests.map((request) => [request.path.replace(/\?.*$/, ""), request.body.model, faultsIn(request)]),
      ["talker", "talker", "talker", "thinker", "thinker", "talker"].map((model) => [path, model, []]),
    );
  });
}

test("nothing is asked of a model at rest: not when actors leave memory and come back, nor when processes die", async () => {
  tap.requests.length = 0;
  await using here = await Installation.create();
  const env = { THALASSA_VLLM_BASE_URL: `${tap.url}/v1`, THALASSA_IDLE_MS: "100" };
  await using up = await upWith(here, "vllm", env);
  await using client = await asOperator(here);
  for (const text of ["hello", "What did we agree on?"]) await hear(client, text);
  await eventually(
    () => told(client),
    (events) => events.some(({ type }) => type === "concluded"),
  );
  const branch = branchIn(await told(client));
  await eventually(
    () => atWork(client),
    (actors) => actors === 0,
  );
  const asked = tap.requests.length;
  assert.equal(asked, 6);
  const events = await told(client);
  for (let cycle = 0; cycle < 5; cycle++) {
    if (cycle === 3) await killAll(up, client);
    assert.deepEqual(await client.ask(CHANNEL, "status"), {
      heard: 2,
      said: 3,
      thinking: false,
      waiting: 0,
      work: [],
    });
    assert.equal(branchContract.asks.status.parse(await client.ask(branch, "status")).outcome, "done");
    await eventually(
      () => atWork(client),
      (actors) => actors === 0,
    );
  }
  assert.equal(tap.requests.length, asked);
  assert.deepEqual(await told(client), events);
});

/** Looks back for what was agreed, begins a thought on the side, and tells what came of it. */
function talker({ messages }: ChatCompletionRequest) {
  const transcript = JSON.stringify(messages);
  if (transcript.includes("has ended: done")) return { content: "On the side I came to this: sencha." };
  const isBack = messages.some(({ role }) => role === "tool");
  if (isBack) return { content: "Green tea. I think about which one.", toolCalls: [calling("branch", { task: TASK })] };
  return transcript.includes("What did we agree on?")
    ? { toolCalls: [calling("look_back", { query: "green" })] }
    : { content: "Noted." };
}

/** Looks back once, and concludes. */
function thinker({ messages }: ChatCompletionRequest) {
  const task = messages.findLastIndex(({ content }) => JSON.stringify(content)?.includes("[Task]"));
  const isBack = messages.slice(task).some(({ role }) => role === "tool");
  return isBack ? { content: "Sencha." } : { toolCalls: [calling("look_back", { query: "tea" })] };
}

function calling(name: string, input: object) {
  return { name, arguments: JSON.stringify(input) };
}

function assertConversation(events: Awaited<ReturnType<typeof told>>, provider: string): void {
  assert.deepEqual(
    events.map(({ type }) => type),
    ["heard", "said", "heard", "thought", "used", "said", "concluded", "said"],
  );
  const [, , second, thought, used, begun, concluded, last] = events;
  assert.ok(thought?.type === "thought" && used?.type === "used" && begun?.type === "said");
  assert.ok(concluded?.type === "concluded" && last?.type === "said");
  assert.equal(thought.data.model, `${provider}/talker`);
  assert.match(used.data.text, /We agreed on green tea\./);
  assert.equal(used.data.failed, undefined);
  assert.deepEqual(
    begun.data.began?.map(({ call, task }) => [call, task]),
    [[0, TASK]],
  );
  assert.deepEqual(begun.data.answers, [second?.seq]);
  assert.deepEqual([concluded.data.outcome, concluded.data.text], ["done", "Sencha."]);
  assert.equal(last.data.text, "On the side I came to this: sencha.");
}

async function assertBranch(client: Client, provider: string): Promise<void> {
  const records = await client.history(branchIn(await told(client)));
  const events = records.flatMap((record) => readEvent(branchContract, record) ?? []);
  assert.deepEqual(
    events.map(({ type }) => type),
    ["spawned", "thought", "used", "concluded"],
  );
  const [, , used, concluded] = events;
  assert.ok(used?.type === "used" && concluded?.type === "concluded");
  assert.match(used.data.text, /We agreed on green tea\./);
  assert.deepEqual([concluded.data.text, concluded.data.model], ["Sencha.", `${provider}/thinker`]);
}

function branchIn(events: Awaited<ReturnType<typeof told>>): Address {
  const concluded = events.find(({ type }) => type === "concluded");
  assert.ok(concluded?.type === "concluded");
  return concluded.data.from;
}

/** The conversation so far. */
async function told(client: Client) {
  const records = await client.history(CHANNEL);
  return records.flatMap((record) => {
    const event = readEvent(channelContract, record);
    return event === undefined ? [] : [{ ...event, seq: record.seq }];
  });
}

async function hear(client: Client, text: string): Promise<void> {
  const answers = (await told(client)).filter(({ type }) => type === "said").length;
  await client.send(CHANNEL, "hear", { text, who: { party: "terminal", id: "ada" } });
  await eventually(
    () => told(client),
    (events) => events.filter(({ type }) => type === "said").length > answers,
  );
}

/** How many actors are in memory; NaN while a kind has no process that serves all of them. */
async function atWork({ wire }: Client): Promise<number> {
  const counts = ["channel", "branch"].map(async (kind) => {
    const stats = (await wire.nc.request(`$SRV.STATS.${kind}`)).json<ServiceStats>();
    const status = stats.endpoints?.[0]?.data as ProcessStatus | undefined;
    return status?.partitions === PARTITIONS ? status.actors : Number.NaN;
  });
  return (await Promise.all(counts).catch(() => [Number.NaN])).reduce((sum, count) => sum + count, 0);
}

async function killAll(up: Up, client: Client): Promise<void> {
  for (const name of ["channel", "branch"]) {
    process.kill(up.pidOf(name), "SIGKILL");
    await up.saw((line) => line.event === "started" && line.name === name, 2);
  }
  await eventually(
    () => atWork(client),
    (actors) => actors === 0,
  );
}

async function upWith(here: Installation, provider: string, env: Readonly<Record<string, string>>) {
  const models = { THALASSA_MODELS_CHANNEL: `${provider}/talker`, THALASSA_MODELS_BRANCH: `${provider}/thinker` };
  const args = ["up", "--no-chat", "--no-http", "--json", "--port", `${here.port}`, "--monitor-port", "0"];
  const up = new Up(here.spawn(args, { ...models, ...env }));
  await up.saw((line) => line.event === "up");
  return Object.assign(up, { [Symbol.asyncDispose]: async () => void (await up.end()) });
}

function asOperator(here: Installation): Promise<Client> {
  const seed = readSeed(join(here.root, "keys"), OPERATOR);
  return Client.connect({ url: `nats://127.0.0.1:${here.port}`, user: OPERATOR, seed, name: "test" });
}
