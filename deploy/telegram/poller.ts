import type { z } from "zod";
import type { Client } from "#runtime/mod.ts";
import { addressOf, DEFAULT_AGENT } from "#subjects/mod.ts";
import { POLLER, TELEGRAM_VIEW, telegramContract, telegramViewSchema } from "#subjects/telegram.ts";

/** The actor that takes in all that comes from Telegram. */
export const POLLER_ADDRESS = addressOf(DEFAULT_AGENT, telegramContract.kind, POLLER);

/** How the bridge stands, as it said last; undefined where it never did. */
export async function bridgeView(client: Client): Promise<z.output<typeof telegramViewSchema> | undefined> {
  return telegramViewSchema.safeParse(await client.entry("VIEWS", `${TELEGRAM_VIEW}.${DEFAULT_AGENT}.${POLLER}`)).data;
}
