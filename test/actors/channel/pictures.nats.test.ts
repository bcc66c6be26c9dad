import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readSeed } from "#deploy/keys.ts";
import { artifactsOver } from "#runtime/artifact-store.ts";
import { Client } from "#runtime/client.ts";
import { Wire } from "#runtime/wire.ts";
import { OPERATOR, subjectOf } from "#subjects/mod.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import { conversationOf } from "#subjects/telegram-chat.ts";
import { type KindProcess, spawnKind } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import { ModelBed } from "#support/model-bed.ts";
import { startServer, type TestServer } from "#support/server.ts";

const CHAT = "main.telegram.4711";
const ADA = { party: "telegram", id: "4711", name: "Ada", role: "owner" } as const;
/** The stand-in keeps no larger requests than 64 KB. */
const PICTURE = Buffer.alloc(30_000, "cat");

let server: TestServer;
let bed: ModelBed;
let client: Client;
let channel: KindProcess;
before(async () => {
  [server, bed] = await Promise.all([startServer(), ModelBed.start()]);
  bed.answers("some-vision", { content: "It is a cat." });
  channel = spawnKind("channel", server, bed.env("vllm/some-vision"));
  const seed = readSeed(server.keysDir, OPERATOR);
  client = await Client.connect({ url: server.url, user: OPERATOR, seed, name: "test" });
  await channel.ready();
});
after(async () => {
  await client?.[Symbol.asyncDispose]();
  await channel?.kill();
  await server?.[Symbol.asyncDispose]();
  await bed?.[Symbol.asyncDispose]();
});

test("a picture that a chat has stored is shown to the model, and the chat is told the answer by mail", async () => {
  const { signal } = new AbortController();
  const store = artifactsOver(await Wire.over(await server.connect("telegram"), apiPrefix("EDGE")), "telegram")(signal);
  await store.put(`${CHAT}/17-0`, PICTURE);
  const told: unknown[] = [];
  const nc = await server.connect(OPERATOR, "listener");
  nc.subscribe(subjectOf(CHAT, "in", "tell"), { callback: (_, message) => void told.push(message.json()) });
  await nc.flush();
  const cat = { artifact: `${CHAT}/17-0`, name: "cat.jpg", type: "image/jpeg", bytes: PICTURE.length };
  const gone = { ...cat, artifact: `${CHAT}/17-1`, name: "gone.jpg" };
  const hear = { text: "what is it?", who: ADA, files: [cat, gone], ref: "17" };
  await client.send(conversationOf(CHAT, 1), "hear", hear);
  await eventually(() => told.length === 1);
  assert.deepEqual(told, [{ type: "said", text: "It is a cat.", re: ["17"], closes: true, model: "vllm/some-vision" }]);
  const asked = JSON.stringify(bed.mock.getLastRequest()?.body);
  assert.ok(asked.includes(PICTURE.toString("base64")), "the picture was not shown");
  assert.equal(asked.split("data:image/jpeg").length, 2, "one picture is gone");
  assert.ok(asked.includes("[file gone.jpg (image/jpeg, 30 KB), artifact main.telegram.4711/17-1]"), asked.slice(-500));
});
