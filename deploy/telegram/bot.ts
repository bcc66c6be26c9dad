import { Api, GrammyError } from "grammy";
import { reasonOf, ThalassaError } from "#deploy/errors.ts";
import { scrubberOf } from "#subjects/scrub.ts";

/** A bot that answers to its token. */
export type Bot = { readonly api: Api; readonly name: string };

/** Telegram does not take the token, does not answer, or nobody was named as owner. */
export class TelegramUnusable extends ThalassaError<
  "telegram-token-refused" | "telegram-unreachable" | "telegram-owner-unnamed"
> {}

/** How long Telegram has to answer. Units: s. */
const ANSWER_S = 10;

/** What Telegram answers to a token that is none, or none any more. */
const UNKNOWN_TOKEN: readonly number[] = [401, 404];

/** The bot of a token. Throws: TelegramUnusable, without the token in it. */
export async function botOf(token: string, apiRoot: string): Promise<Bot> {
  if (!/^\d+:[\w-]+$/.test(token)) throw refused("what was given has not the form of a bot's token", undefined);
  const api = new Api(token, { apiRoot: apiRoot.replace(/\/+$/, ""), timeoutSeconds: ANSWER_S });
  try {
    return { api, name: (await api.getMe()).username };
  } catch (error) {
    throw troubleOf(error, token, apiRoot);
  }
}

function troubleOf(error: unknown, token: string, apiRoot: string): TelegramUnusable {
  if (error instanceof GrammyError && UNKNOWN_TOKEN.includes(error.error_code)) {
    return refused(`Telegram knows no bot of that token: ${error.description}`, error);
  }
  const inner = error instanceof Error && "error" in error ? error.error : error;
  return new TelegramUnusable({
    code: "telegram-unreachable",
    message: `${apiRoot} does not answer as Telegram does: ${scrubberOf([token])(reasonOf(inner))}`,
    hint: "look whether this host reaches it; setting telegram.api says where it is",
    cause: undefined,
  });
}

function refused(message: string, cause: unknown): TelegramUnusable {
  return new TelegramUnusable({
    code: "telegram-token-refused",
    message,
    hint: "have @BotFather show it (/mybots, API Token), and copy all of it: digits, a colon, and the rest",
    cause,
  });
}
