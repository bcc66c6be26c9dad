import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readSeed } from "#deploy/keys.ts";
import { Client } from "#runtime/client.ts";
import { addressOf, DEFAULT_AGENT, OPERATOR } from "#subjects/mod.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import { POLLER, telegramContract } from "#subjects/telegram.ts";
import { chatAddress } from "#subjects/telegram-chat.ts";
import { type KindProcess, spawnKind } from "#support/crash.ts";
import { eventually } from "#support/eventually.ts";
import { startServer, type TestServer } from "#support/server.ts";

/*
 * Against Telegram itself: run by `npm run test:telegram` where there is a token, and never with the other tests.
 * `TELEGRAM_TEST_CHAT` is the number of somebody who has written to the bot; without it nothing is sent.
 */
const token = process.env.TELEGRAM_BOT_TOKEN ?? "";
const chat = Number(process.env.TELEGRAM_TEST_CHAT ?? 0);
const skip = token === "" ? "skipped: there is no TELEGRAM_BOT_TOKEN in the environment" : false;
const silent = skip || (chat === 0 ? "skipped: TELEGRAM_TEST_CHAT names nobody to write to" : false);

/** Telegram is far away. Units: ms. */
const LIVE_MS = 60_000;

const WORDS = "**Thalassa** was here.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```ts\nconst live = true;\n```";

let server: TestServer;
let bridge: KindProcess;
let operator: Client;

before(async () => {
  if (skip !== false) {
    process.stdout.write(`${skip}\n`);
    return;
  }
  server = await startServer();
  bridge = spawnKind(
    "telegram",
    server,
    { THALASSA_API_PREFIX: apiPrefix("EDGE"), TELEGRAM_BOT_TOKEN: token, THALASSA_TELEGRAM_OWNERS: `${chat || 1}` },
    "bridges/telegram/main.ts",
  );
  await bridge.ready();
  const { url, keysDir } = server;
  operator = await Client.connect({ url, user: OPERATOR, seed: readSeed(keysDir, OPERATOR), name: "live" });
});

after(async () => {
  if (skip !== false) return;
  await operator[Symbol.asyncDispose]();
  await bridge.kill();
  await server[Symbol.asyncDispose]();
});

test("Telegram knows the bot, and updates are asked for", { skip }, async () => {
  const poller = addressOf(DEFAULT_AGENT, telegramContract.kind, POLLER);
  await operator.send(poller, "open", {});
  const connected = await eventually(
    async () => (await operator.history(poller)).filter(({ event }) => event === "connected").at(-1),
    (seen) => seen !== undefined,
    LIVE_MS,
  );
  assert.match(JSON.stringify(connected?.data), /"bot":"\w+"/);
});

test("words, a long answer, and buttons are shown and changed", { skip: silent }, async () => {
  const address = chatAddress(DEFAULT_AGENT, { chat });
  await operator.send(address, "tell", { type: "warned", text: WORDS, closes: false });
  await operator.send(address, "tell", {
    type: "warned",
    text: `# Long\n\n${"All of it. ".repeat(4_000)}`,
    closes: false,
  });
  const notice = { ref: "live", text: "A button.", buttons: [{ label: "Status", verb: "status", ref: "live" }] };
  await operator.send(address, "notice", notice);
  await operator.send(address, "notice", { ...notice, text: "A button that was changed." });
  const events = await eventually(
    async () => (await operator.history(address)).map(({ event }) => event),
    (seen) =>
      seen.filter((event) => event === "shown").length === 4 || seen.includes("dropped") || seen.includes("parked"),
    LIVE_MS,
  );
  assert.deepEqual(
    events.filter((event) => event === "dropped" || event === "parked"),
    [],
  );
});
