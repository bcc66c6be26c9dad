import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { createAdaptorServer } from "@hono/node-server";
import { Bot, webhookCallback } from "grammy";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { timed } from "#bridges/telegram/api/caller.ts";
import { WANTED_UPDATES } from "#bridges/telegram/incoming/update.ts";
import { batchesOf } from "./batches.ts";
import type { Door } from "./polling.ts";
import { wordsOf } from "./trouble.ts";

/** Where updates are brought to, and where they are taken in. */
export type WebhookWay = { readonly url: string; readonly host: string; readonly port: number };

/** Largest update that is taken. Units: bytes. */
const MAX_BODY = 1024 * 1024;

/** Telegram is told that an update is not taken in after so long, and brings it again. Units: ms. */
const TAKEN_MS = 50_000;

/** So often Telegram is asked whether it reaches us. Units: ms. */
const ASKED_MS = 60_000;

/** So many updates Telegram brings at once. */
const MAX_CONNECTIONS = 1;

const LABEL = "thalassa telegram webhook";

/** Listens for what Telegram brings, for ever. An update is said to be taken in after it was handed on. */
export async function listen(door: Door, way: WebhookWay): Promise<never> {
  const { line } = door;
  const server = await line.ride(() => listening(door, way));
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  line.signal.addEventListener("abort", close, { once: true });
  try {
    line.signal.throwIfAborted();
    await line.ride(() => setWebhook(door, way));
    for (;;) {
      await line.tell(await line.ride(() => problemAt(door, way)));
      await delay(ASKED_MS, undefined, { signal: line.signal });
    }
  } finally {
    close();
  }
}

/** What Telegram shows with each update to be believed. */
export function webhookSecret(token: string): string {
  return createHmac("sha256", token).update(LABEL).digest("base64url");
}

async function listening(door: Door, { host, port }: WebhookWay): Promise<Server> {
  const server = createAdaptorServer({ fetch: appOf(door).fetch, createServer }) as Server;
  server.listen({ host, port });
  await once(server, "listening");
  return server;
}

function appOf({ options, bot: botInfo, line, logger, emit, ...port }: Door): Hono {
  const bot = new Bot(options.token, { botInfo });
  bot.use(async ({ update }) => {
    for (const batch of await batchesOf([update], botInfo, { options, logger, ...port })) await emit(batch);
  });
  const app = new Hono();
  app.use(bodyLimit({ maxSize: MAX_BODY, onError: (c) => c.text("too large", 413) }));
  app.post(
    "*",
    webhookCallback(bot, "hono", { secretToken: webhookSecret(options.token), timeoutMilliseconds: TAKEN_MS }),
  );
  app.onError((error, c) => {
    if (!line.signal.aborted)
      logger.warn({ why: wordsOf(error) }, "an update was not taken in; Telegram brings it again");
    return c.text("not taken in", 500);
  });
  return app;
}

async function setWebhook({ api, options, line }: Door, { url }: WebhookWay): Promise<void> {
  const other = { secret_token: webhookSecret(options.token), max_connections: MAX_CONNECTIONS };
  await api.setWebhook(url, { ...other, allowed_updates: WANTED_UPDATES }, timed(line.signal));
}

/** What keeps Telegram from reaching us, as it says; somebody may have set another address meanwhile. */
async function problemAt(door: Door, way: WebhookWay): Promise<string | undefined> {
  const {
    url,
    last_error_date: at = 0,
    last_error_message: why,
  } = await door.api.getWebhookInfo(timed(door.line.signal));
  if (url !== way.url) await setWebhook(door, way);
  const isNow = Date.now() - at * 1_000 < 2 * ASKED_MS;
  return isNow ? `Telegram does not reach ${way.url}: ${why ?? "it does not say why"}.` : undefined;
}
