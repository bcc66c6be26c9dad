import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { createServer } from "node:net";
import { test } from "node:test";
import { webhookSecret } from "#bridges/telegram/poller/webhook.ts";
import { PollerBed } from "#support/telegram/poller-bed.ts";

const ADA = 4711;

test("a webhook is set, and what Telegram brings is handed on", async () => {
  const way = await freeWay();
  await using bed = await PollerBed.start({}, way);
  bed.begin();
  await bed.fake.until(({ webhook }) => webhook, "the webhook");
  const { mode } = await bed.connected(({ bot }) => bot === "our_bot");
  bed.fake.says(ADA, ADA, "hello");
  const { updates } = await bed.batch((batch) => batch.updates.length === 1);
  assert.deepEqual([mode, bed.fake.webhook, updates[0]?.agent], ["webhook", way.url, "agent-of-telegram-4711"]);
  await bed.fake.until(({ pending }) => pending === 0, "the confirmation");
  const set = bed.fake.calls.find(({ method }) => method === "setWebhook");
  assert.match(`${set?.parameters.secret_token}`, /^[\w-]{43}$/);
  assert.deepEqual(bed.fake.violations, []);
});

test("an update that was not handed on is not said to be taken, and is brought again", async () => {
  const way = await freeWay();
  await using bed = await PollerBed.start({ webhookRetryMs: 10 }, way);
  const numbers: number[] = [];
  bed.onBatch = async (batch) => {
    numbers.push(...batch.numbers);
    if (numbers.length === 1) throw new Error("the bus is away");
  };
  bed.begin();
  bed.fake.says(ADA, ADA, "hello");
  await bed.fake.until(({ pending }) => pending === 0, "the confirmation");
  assert.equal(numbers.length, 2);
  assert.equal(numbers[0], numbers[1]);
});

test("whoever does not know the secret, or brings too much, is turned away", async () => {
  const way = await freeWay();
  await using bed = await PollerBed.start({}, way);
  bed.begin();
  await bed.fake.until(({ webhook }) => webhook, "the webhook");
  const post = async (secret: string, body: string) => {
    const headers = { "content-type": "application/json", "x-telegram-bot-api-secret-token": secret };
    return (await fetch(way.url, { method: "POST", headers, body })).status;
  };
  const secret = webhookSecret(bed.fake.token);
  assert.equal(await post("wrong", "{}"), 401);
  assert.equal(await post("", "{}"), 401);
  assert.equal(await announces(way.url, secret, 1024 * 1024 + 1), 413);
  assert.equal(await post(secret, "{"), 500);
  assert.equal(await post(secret, JSON.stringify({ update_id: 1 })), 200);
  assert.deepEqual(
    bed.batches.map(({ numbers }) => numbers),
    [[1]],
  );
  assert.equal((await fetch(way.url)).status, 404);
});

test("a port that is taken is told of", async () => {
  const way = await freeWay();
  const other = createServer().listen(way.port, way.host);
  await once(other, "listening");
  try {
    await using bed = await PollerBed.start({}, way);
    bed.begin();
    await bed.connected(({ problem }) => problem?.includes("EADDRINUSE") === true);
  } finally {
    other.close();
  }
});

test("the port is free again when the step has ended", async () => {
  const way = await freeWay();
  await using bed = await PollerBed.start({}, way);
  bed.begin();
  await bed.fake.until(({ webhook }) => webhook, "the webhook");
  await bed.end();
  await assert.rejects(fetch(way.url));
});

/** Says that so many bytes will come, and gives what is answered before they do. */
async function announces(url: string, secret: string, bytes: number): Promise<number | undefined> {
  const headers = { "content-length": bytes, "x-telegram-bot-api-secret-token": secret };
  const asked = request(url, { method: "POST", headers });
  asked.on("error", () => {});
  asked.flushHeaders();
  const [answer]: IncomingMessage[] = await once(asked, "response");
  asked.destroy();
  return answer?.statusCode;
}

async function freeWay() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const { port } = address;
  server.close();
  await once(server, "close");
  return { type: "webhook", url: `http://127.0.0.1:${port}/telegram`, host: "127.0.0.1", port } as const;
}
