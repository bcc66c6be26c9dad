import { GrammyError, HttpError } from "grammy";

/** What stands in the way, in words for people, and when it is tried again. Units: ms. */
export type Trouble = {
  readonly problem: string;
  /** It does not pass by itself. */
  readonly isCertain: boolean;
  readonly afterMs: number;
};

/** Pauses that grow, and the one before something is tried that somebody has to mend. Units: ms. */
const PAUSE = { firstMs: 250, mostMs: 10_000, mendedMs: 60_000 } as const;

/** Reads what a failure means, the `failures`th in a row. The words are the same for the same trouble. */
export function troubleOf(error: unknown, failures: number): Trouble {
  const growing = Math.min(PAUSE.firstMs * 2 ** Math.min(failures - 1, 10), PAUSE.mostMs);
  if (!(error instanceof GrammyError)) {
    const problem =
      error instanceof HttpError ? "Telegram cannot be reached" : "What came from Telegram cannot be taken in";
    return { problem: `${problem}: ${wordsOf(error)}. It is tried again.`, isCertain: false, afterMs: growing };
  }
  const { error_code: code, description, parameters } = error;
  if (code === 401 || code === 404) {
    const problem =
      "Telegram does not know this token; set TELEGRAM_BOT_TOKEN to the one that @BotFather gave for the bot.";
    return { problem, isCertain: true, afterMs: PAUSE.mendedMs };
  }
  if (isConflict(error)) {
    const problem = "Another program takes in this bot's messages; end it, or give each a bot of its own.";
    return { problem, isCertain: true, afterMs: growing };
  }
  if (code === 429) {
    const afterMs = parameters.retry_after === undefined ? growing : parameters.retry_after * 1_000;
    return { problem: "Telegram asks for a pause.", isCertain: false, afterMs };
  }
  const problem = `Telegram does not do what is asked of it: ${description}. It is tried again.`;
  return { problem, isCertain: code < 500, afterMs: code < 500 ? PAUSE.mostMs : growing };
}

/** Whether updates go elsewhere: to another program, or to a webhook. */
export function isConflict(error: unknown): boolean {
  return error instanceof GrammyError && error.error_code === 409;
}

/** What went wrong, without addresses: those have the token in them. */
export function wordsOf(error: unknown): string {
  if (error instanceof GrammyError) return `${error.error_code} ${error.description}`;
  if (!(error instanceof HttpError)) return error instanceof Error ? error.message : String(error);
  const cause = error.error;
  const code = cause instanceof Error && "code" in cause ? `${cause.code}` : undefined;
  return code ?? "no answer";
}
