import type { Api } from "grammy";
import { timed } from "#bridges/telegram/api/caller.ts";
import { menuFor } from "#bridges/telegram/commands.ts";
import type { TelegramOptions } from "#bridges/telegram/options.ts";
import type { Tools } from "#runtime/mod.ts";
import type { BatchPort } from "./batches.ts";
import type { PollerBrought } from "./brought.ts";
import { Line } from "./line.ts";
import { poll } from "./polling.ts";
import type { PollStep } from "./steps.ts";
import { wordsOf } from "./trouble.ts";
import { listen } from "./webhook.ts";

/** What the door to Telegram stands on. */
export type PollerPort = BatchPort & {
  readonly api: Api;
  readonly options: Pick<TelegramOptions, "token" | "owners" | "way">;
};

/** Makes the `perform` of the poller: takes in all that comes until its signal ends it. What was handed on is on the bus. */
export function performPoller(port: PollerPort) {
  return async (_step: PollStep, tools: Pick<Tools<PollerBrought>, "emit" | "signal">): Promise<PollerBrought> => {
    const { api, options, logger } = port;
    const line = new Line(tools, options.way.type, logger);
    const bot = await line.ride(() => api.getMe(timed(tools.signal)));
    await line.knows(bot);
    void setMenus(port, tools.signal);
    return options.way.type === "polling"
      ? poll({ ...port, bot, line, emit: tools.emit })
      : listen({ ...port, bot, line, emit: tools.emit }, options.way);
  };
}

/** Everybody sees what people who were let in may do, owners in their own chats what they may. Fails for nobody's harm. */
async function setMenus({ api, options, logger }: PollerPort, signal: AbortSignal): Promise<void> {
  const menus = [
    { commands: menuFor("user"), scope: { type: "default" } } as const,
    ...options.owners.map(
      (owner) => ({ commands: menuFor("owner"), scope: { type: "chat", chat_id: owner } }) as const,
    ),
  ];
  for (const { commands, scope } of menus) {
    try {
      await api.setMyCommands(commands, { scope }, timed(signal));
    } catch (error) {
      if (signal.aborted) return;
      logger.info({ scope, why: wordsOf(error) }, "a menu of commands was not set");
    }
  }
}
