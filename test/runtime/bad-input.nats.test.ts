import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { headers, type NatsConnection } from "@nats-io/transport-node";
import { readSeed } from "#deploy/keys.ts";
import { BusUnreachable, Client } from "#runtime/mod.ts";
import { addressOf, encodeToken, HEADERS, resolveChannel } from "#subjects/mod.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import { type KindProcess, spawnKind } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import { startServer, type TestServer } from "#support/server.ts";

const who = { party: "terminal", id: "ada" } as const;

let server: TestServer;
let channel: KindProcess;
let client: Client;
let operator: NatsConnection;

before(async () => {
  server = await startServer();
  channel = spawnKind("channel", server, { THALASSA_OFFLINE_PACE_MS: "0" });
  await channel.ready();
  operator = await server.connect("operator");
  client = await Client.connect(access("terminal"), apiPrefix("EDGE"));
});

after(async () => {
  await client[Symbol.asyncDispose]();
  await channel.kill();
  await server[Symbol.asyncDispose]();
});

test("malformed JSON becomes a dead letter with its reason and its text, and the channel goes on", async () => {
  await post("main.channel.terminal-json", "hear", "{not json", { [HEADERS.id]: "broken" });
  const letter = await deadLetter("main.channel.terminal-json");
  assert.equal(letter.code, "unreadable");
  assert.equal(letter.body, "{not json");
  assert.equal(letter.id, "broken");
  assert.match(await answerTo("main.channel.terminal-json", "hello"), /\S/);
});

test("bytes that are no text become a dead letter that keeps them", async () => {
  await post("main.channel.terminal-bytes", "hear", new Uint8Array([0xff, 0xfe, 0x00]), { [HEADERS.id]: "bytes" });
  const letter = await deadLetter("main.channel.terminal-bytes");
  assert.equal(letter.encoding, "base64");
  assert.deepEqual([...Buffer.from(letter.body, "base64")], [0xff, 0xfe, 0x00]);
});

test("an unknown verb becomes a dead letter that says which verbs there are", async () => {
  await post("main.channel.terminal-verb", "dance", "{}", { [HEADERS.id]: "verb" });
  const letter = await deadLetter("main.channel.terminal-verb");
  assert.equal(letter.code, "unknown-verb");
  assert.match(letter.reason, /hear/);
});

test("mail that does not fit its schema becomes a dead letter that names the field", async () => {
  await post("main.channel.terminal-shape", "hear", JSON.stringify({ text: 7, who }), { [HEADERS.id]: "shape" });
  const letter = await deadLetter("main.channel.terminal-shape");
  assert.equal(letter.code, "malformed");
  assert.match(letter.reason, /^text/);
});

test("mail without an id, and an answer of the server sent here, are forgeries", async () => {
  await post("main.channel.terminal-forged", "hear", JSON.stringify({ text: "hi", who }), {});
  assert.equal((await deadLetter("main.channel.terminal-forged")).code, "forged");
  const told = { [HEADERS.id]: "told", [HEADERS.stream]: "LOG_CHANNEL" };
  await post("main.channel.terminal-told", "hear", JSON.stringify({ text: "hi", who }), told);
  assert.equal((await deadLetter("main.channel.terminal-told")).code, "forged");
});

test("mail to an id that was never escaped becomes a dead letter under that id escaped", async () => {
  await post("main.channel.bad%id", "hear", JSON.stringify({ text: "hi", who }), { [HEADERS.id]: "unescaped" });
  assert.equal((await deadLetter("main.channel.bad=25id")).code, "misaddressed");
});

test("an event forged into a log is passed over, and the conversation goes on behind it", async () => {
  const address = "main.channel.terminal-log";
  await answerTo(address, "one");
  const body = JSON.stringify({ text: "I never said that", answers: [1], model: "x" });
  await jetstream(operator).publish(`commit.${address}.said`, body);
  await answerTo(address, "two");
  await channel.kill();
  channel = spawnKind("channel", server, { THALASSA_OFFLINE_PACE_MS: "0" });
  await answerTo(address, "three");
  const state = (await client.ask(address, "state")) as { state: { heard: number; said: number } };
  assert.deepEqual([state.state.heard, state.state.said], [3, 3]);
});

test("a 9 MiB message is refused before anything is stored", async () => {
  const text = "x".repeat(9 * 1024 * 1024);
  await assert.rejects(client.send("main.channel.terminal-big", "hear", { text, who }), { code: "too-large" });
  assert.deepEqual(await client.history("main.channel.terminal-big"), []);
});

test("an id with dots, stars, spaces and emoji is an address like any other", async () => {
  const address = resolveChannel("a.b *> 🦑 =2E", "terminal");
  assert.equal(address, addressOf("main", "channel", `terminal-${encodeToken("a.b *> 🦑 =2E")}`));
  assert.match(await answerTo(address, "hello there"), /\S/);
});

test("mail of a newer schema is put off, not lost, not dead", async () => {
  const address = "main.channel.terminal-newer";
  const body = JSON.stringify({ text: "from the future", who });
  await post(address, "hear", body, { [HEADERS.id]: "newer", [HEADERS.version]: "99" });
  await eventually(() => channel.lines.some((line) => line.code === "newer-schema"));
  const jsm = await jetstreamManager(operator);
  const { state } = await jsm.streams.info("MAIL_CHANNEL", { subjects_filter: "mail.channel.*.main.terminal-newer.>" });
  assert.equal(Object.values(state.subjects ?? {}).length, 1);
  assert.deepEqual(await client.history(address), []);
});

test("claims that a store put back has forgotten are taken again, and the channel goes on", async () => {
  const jsm = await jetstreamManager(operator);
  await answerTo("main.channel.terminal-claims", "before");
  const { config } = await jsm.streams.info("KV_OWN");
  await jsm.streams.delete("KV_OWN");
  await jsm.streams.add(config);
  await channel.kill();
  channel = spawnKind("channel", server, { THALASSA_OFFLINE_PACE_MS: "0" });
  assert.match(await answerTo("main.channel.terminal-claims", "after"), /\S/);
});

test("a corrupt snapshot is ignored, for the log has it all", async () => {
  const address = "main.channel.terminal-snapshot";
  await answerTo(address, "remember this");
  const snapshots = await new Kvm(operator).open("STATE");
  await snapshots.put(address, "{broken");
  await channel.kill();
  channel = spawnKind("channel", server, { THALASSA_OFFLINE_PACE_MS: "0" });
  await answerTo(address, "and this");
  const state = (await client.ask(address, "state")) as { state: { heard: number } };
  assert.equal(state.state.heard, 2);
});

test("a key that the bus does not know is turned away in plain words", async () => {
  await using stranger = await startServer({ provisioned: false });
  const seed = readSeed(stranger.keysDir, "terminal");
  await assert.rejects(Client.connect({ ...access("terminal"), seed }), (error: unknown) => {
    return error instanceof BusUnreachable && error.code === "bus-key-refused";
  });
});

test("a bus that is not there is said so at once", async () => {
  await assert.rejects(Client.connect({ ...access("terminal"), url: "nats://127.0.0.1:1" }), {
    code: "bus-unreachable",
  });
});

function access(user: string) {
  return { url: server.url, user, seed: readSeed(server.keysDir, user), name: `test-${user}` };
}

async function post(
  address: string,
  verb: string,
  body: string | Uint8Array,
  own: Record<string, string>,
): Promise<void> {
  const told = headers();
  for (const [name, value] of Object.entries(own)) told.set(name, value);
  await jetstream(operator).publish(`thalassa.${address}.in.${verb}`, body, { headers: told });
}

async function deadLetter(address: string): Promise<Record<"id" | "code" | "reason" | "body" | "encoding", string>> {
  const jsm = await jetstreamManager(operator);
  const look = () => jsm.streams.getMessage("DEAD", { last_by_subj: `thalassa.${address}.dead.*` }).catch(() => null);
  const found = await eventually(look, (seen) => seen !== null);
  return found?.json() ?? assert.fail();
}

/** Says something and waits for the event that answers it. */
async function answerTo(address: string, text: string): Promise<string> {
  const to = address as `${string}.${string}.${string}`;
  const id = await client.send(to, "hear", { text, who });
  const answer = await eventually(async () => {
    const history = await client.history(to);
    const heard = history.find((record) => record.cause === id)?.seq ?? -1;
    return history.find((record) => (record.data as { answers?: number[] }).answers?.includes(heard));
  });
  return (answer?.data as { text?: string } | undefined)?.text ?? "";
}
