import { setTimeout as delay } from "node:timers/promises";
import { type Api, GrammyError } from "grammy";
import { personOf } from "#bridges/telegram/incoming/named.ts";
import type { Person } from "#subjects/telegram-update.ts";
import { type Bot, TelegramUnusable } from "./bot.ts";

/** How the code is waited for. */
export type Waiting = {
  /** Units: ms; 5 minutes. */
  readonly patienceMs?: number;
  /** Between two looks. Units: ms; a second. */
  readonly pauseMs?: number;
  readonly signal?: AbortSignal;
};

/** Most messages that Telegram gives at once; it gives no later ones before these are confirmed. */
const MAX_UPDATES = 100;

const TOO_MANY = 429;
const SOMEBODY_ELSE = 409;

/**
 * Whoever sends the bot that word, a code, in private. Nothing is confirmed, so that the bridge finds every message that came
 * meanwhile. Throws: TelegramUnusable; the signal's reason.
 */
export async function ownerByCode({ api, name }: Bot, word: string, waiting: Waiting = {}): Promise<Person> {
  const { patienceMs = 5 * 60_000, pauseMs = 1_000, signal } = waiting;
  const until = performance.now() + patienceMs;
  while (true) {
    const { person, restMs } = await lookFor(api, word, name);
    signal?.throwIfAborted();
    if (person !== undefined) return person;
    if (performance.now() > until) {
      const minutes = Math.max(1, Math.round(patienceMs / 60_000));
      throw unnamed(`nobody has sent the code to @${name} within ${minutes} ${minutes === 1 ? "minute" : "minutes"}`);
    }
    await delay(Math.max(pauseMs, restMs), undefined, { ...(signal === undefined ? {} : { signal }) });
  }
}

/** Units: `restMs`, for which Telegram wants to be left alone. */
async function lookFor(
  api: Api,
  word: string,
  name: string,
): Promise<{ readonly person?: Person; readonly restMs: number }> {
  try {
    const updates = await api.getUpdates({ timeout: 0, limit: MAX_UPDATES });
    const message = updates
      .map((update) => update.message)
      .find((each) => each?.chat.type === "private" && each.text?.trim().split(/\s+/).at(-1) === word);
    if (message?.from !== undefined) return { person: personOf(message.from), restMs: 0 };
    if (updates.length < MAX_UPDATES) return { restMs: 0 };
    throw unnamed(
      `${MAX_UPDATES} unread messages wait for @${name}, and newer ones are not shown before those are read`,
    );
  } catch (error) {
    if (error instanceof TelegramUnusable) throw error;
    if (!(error instanceof GrammyError)) return { restMs: 0 };
    if (error.error_code === SOMEBODY_ELSE) throw unnamed(await whoElse(api, name));
    return { restMs: error.error_code === TOO_MANY ? (error.parameters.retry_after ?? 0) * 1_000 : 0 };
  }
}

/** Who else takes what people write to the bot. */
async function whoElse(api: Api, name: string): Promise<string> {
  const { url } = await api.getWebhookInfo().catch(() => ({ url: "" }));
  return url
    ? `Telegram brings what people write to @${name} to ${url}, and shows it to nobody else (409)`
    : `another program asks for what people write to @${name}: a bridge that runs, or somebody else's (409)`;
}

function unnamed(message: string): TelegramUnusable {
  return new TelegramUnusable({
    code: "telegram-owner-unnamed",
    message,
    hint: "thalassa setup telegram tries again and keeps the token; --owner ID names somebody without a code",
  });
}
