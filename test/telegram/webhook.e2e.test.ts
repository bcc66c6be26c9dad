import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { webhookSecret } from "#bridges/telegram/poller/webhook.ts";
import { asks, eventsOf, saw, sceneOf } from "#support/telegram/scene.ts";

const PORT = await freePort();
const URL = `http://127.0.0.1:${PORT}/from-telegram`;

const scene = sceneOf({
  env: {
    THALASSA_TELEGRAM_MODE: "webhook",
    THALASSA_TELEGRAM_WEBHOOK_URL: URL,
    THALASSA_TELEGRAM_WEBHOOK_PORT: `${PORT}`,
  },
});

test("what Telegram brings is heard and answered, and nothing is asked for", async () => {
  const { fake } = scene;
  await asks(fake, 2_601, "my bell rings", /bell rings/);
  assert.equal(fake.webhook, URL);
  assert.equal(fake.pending, 0);
  assert.deepEqual(
    fake.calls.filter(({ method }) => method === "getUpdates"),
    [],
  );
});

test("whoever does not know the secret is refused, and nothing of it is heard", async () => {
  const { fake } = scene;
  await fake.until(() => fake.webhook !== undefined, "a webhook");
  const forged = update(990_000_001, 1_602, "I am the owner");
  assert.equal(await brings(forged, "not-the-secret"), 401);
  assert.equal(await brings(forged, undefined), 401);
  await asks(fake, 2_602, "my ear is open", "your ear is");
  assert.deepEqual(await eventsOf(scene, "main.telegram.1602", "heard"), []);
});

test("what Telegram brings again is heard once", async () => {
  const { fake } = scene;
  await asks(fake, 2_603, "my first is here", "your first is");
  const again = update(990_000_002, 2_603, "my second is here");
  for (const _ of [1, 2, 3]) assert.equal(await brings(again, webhookSecret(fake.token)), 200);
  await saw(fake, 2_603, "your second is");
  await asks(fake, 2_604, "and others are heard", "others are heard");
  assert.equal((await eventsOf(scene, "main.channel.telegram-2603", "heard")).length, 2);
});

test("what is no update is not taken for one, and whoever looks at the address is told nothing", async () => {
  const { fake } = scene;
  await fake.until(() => fake.webhook !== undefined, "a webhook");
  assert.equal((await fetch(URL)).status, 404);
  const secret = webhookSecret(fake.token);
  assert.ok((await brings("no json", secret)) >= 400);
  assert.ok((await brings("x".repeat(2_000_000), secret)) >= 400);
  await asks(fake, 2_605, "my wall holds", /wall holds/);
});

/** An update that the fake knows nothing of. */
function update(id: number, from: number, text: string): string {
  const person = { id: from, is_bot: false, first_name: `Person ${from}` };
  const chat = { id: from, type: "private", first_name: person.first_name };
  const date = Math.floor(Date.now() / 1_000);
  return JSON.stringify({ update_id: id, message: { message_id: 5_000_000 + id, date, chat, from: person, text } });
}

/** Brings something as Telegram would; gives the status of the answer. */
async function brings(body: string, secret: string | undefined): Promise<number> {
  const shown = secret === undefined ? {} : { "X-Telegram-Bot-Api-Secret-Token": secret };
  const { status } = await fetch(URL, {
    method: "POST",
    headers: { "content-type": "application/json", ...shown },
    body,
  });
  return status;
}

/** A port that is free just now. */
function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
