import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ChatCompletionRequest } from "@copilotkit/aimock";
import { readSeed } from "#deploy/keys.ts";
import { Client } from "#runtime/client.ts";
import { channelContract } from "#subjects/channel.ts";
import { type Address, addressOf, OPERATOR, readEvent } from "#subjects/mod.ts";
import { type KindProcess, spawnKind } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import { ModelBed } from "#support/model-bed.ts";
import { startServer, type TestServer } from "#support/server.ts";

const ADA = { party: "terminal", id: "ada" } as const;

/** Between what is quick and a call that nobody answers there is a wide gap, also on a busy machine. Units: ms. */
const AT_ONCE_MS = 2_000;

let server: TestServer;
let bed: ModelBed;
let channel: KindProcess;
let client: Client;
/** Ends the calls that wait in the stand-in. */
const answers = new Map<string, (text: string) => void>();

before(async () => {
  [server, bed] = await Promise.all([startServer(), ModelBed.start()]);
  bed.answers("slow", answer);
  channel = spawnKind("channel", server, bed.env("vllm/slow"));
  const seed = readSeed(server.keysDir, OPERATOR);
  client = await Client.connect({ url: server.url, user: OPERATOR, seed, name: "test" });
  await channel.ready();
  await talk("warm", "hello");
});
after(async () => {
  for (const end of answers.values()) end("");
  await client?.[Symbol.asyncDispose]();
  await channel?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  await bed?.[Symbol.asyncDispose]();
});

/** Whoever speaks of a riddle waits until the test ends that call; everybody else is answered at once. */
function answer({ messages }: ChatCompletionRequest) {
  const asked = JSON.stringify(messages.at(-1)?.content);
  const riddle = /riddle \w+/.exec(asked)?.[0];
  if (riddle === undefined) return { content: `Heard: ${/\w+/.exec(asked)?.[0]}.` };
  return new Promise<{ content: string }>((resolve) => answers.set(riddle, (content) => resolve({ content })));
}

test("while one conversation waits for its model, others are answered, it says how it stands, and hears on", async () => {
  const waiting = await ask("one", "riddle one");
  const first = await timed(() => talk("other", "hello"));
  assert.equal(first.value.at(-1)?.type, "said");
  assert.ok(first.ms < AT_ONCE_MS, `another conversation was answered after ${first.ms} ms`);
  await client.send(waiting, "hear", { text: "meanwhile", who: ADA });
  await eventually(
    () => told(waiting),
    (events) => events.length === 2,
  );
  const standing = await timed(() => client.ask(waiting, "status"));
  assert.deepEqual(standing.value, { heard: 2, said: 0, thinking: true, waiting: 1, work: [] });
  assert.ok(standing.ms < AT_ONCE_MS, `it said how it stands after ${standing.ms} ms`);
  answers.get("riddle one")?.("A riddle, solved.");
  const events = await eventually(
    () => told(waiting),
    (seen) => seen.filter(({ type }) => type === "said").length === 2,
  );
  assert.deepEqual(shown(events), [
    "riddle one",
    "meanwhile",
    "A riddle, solved. answers 0",
    "Heard: meanwhile. answers 1",
  ]);
});

test("a call is ended at once by stop, all that was heard by then is closed, and what comes after is answered", async () => {
  const waiting = await ask("two", "riddle two");
  await client.send(waiting, "hear", { text: "meanwhile", who: ADA });
  await eventually(
    () => told(waiting),
    (events) => events.length === 2,
  );
  const stopping = await timed(async () => {
    await client.send(waiting, "stop", { who: ADA });
    return eventually(
      () => told(waiting),
      (events) => events.length === 3,
    );
  });
  assert.ok(stopping.ms < AT_ONCE_MS, `it stopped after ${stopping.ms} ms`);
  assert.equal((await status(waiting)).thinking, false);
  const after = await timed(() => talk("two", "again"));
  assert.ok(after.ms < AT_ONCE_MS, `it was answered after ${after.ms} ms`);
  answers.get("riddle two")?.("Far too late.");
  await talk("two", "still there");
  assert.deepEqual(shown(await told(waiting)), [
    "riddle two",
    "meanwhile",
    "stopped answers 0 1",
    "again",
    "Heard: again. answers 3",
    "still there",
    "Heard: still. answers 5",
  ]);
});

/** Says something that the stand-in does not answer, and waits until it was asked. */
async function ask(name: string, riddle: string): Promise<Address> {
  const address = addressOf("main", "channel", `terminal-${name}`);
  await client.send(address, "hear", { text: riddle, who: ADA });
  await eventually(() => answers.has(riddle));
  return address;
}

async function status(address: Address) {
  return channelContract.asks.status.parse(await client.ask(address, "status"));
}

/** Says something and waits for the answer. */
async function talk(name: string, text: string) {
  const address = addressOf("main", "channel", `terminal-${name}`);
  const { length } = await told(address);
  await client.send(address, "hear", { text, who: ADA });
  return eventually(
    () => told(address),
    (events) => events.slice(length).some(({ type }) => type === "said" || type === "failed"),
  );
}

async function told(address: Address) {
  const records = await client.history(address);
  return records.flatMap((record) => {
    const event = readEvent(channelContract, record);
    return event === undefined ? [] : [{ ...event, seq: record.seq }];
  });
}

/** A conversation in words; what is answered is named by its place. */
function shown(events: Awaited<ReturnType<typeof told>>): readonly string[] {
  return events.map((event) => {
    if (event.type === "heard") return event.data.text;
    const closed = "answers" in event.data ? event.data.answers : [];
    const places = closed?.map((seq) => events.findIndex((each) => each.seq === seq));
    return `${event.type === "said" ? event.data.text : event.type} answers ${places?.join(" ")}`;
  });
}

async function timed<T>(act: () => Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const startedAt = performance.now();
  const value = await act();
  return { value, ms: performance.now() - startedAt };
}
