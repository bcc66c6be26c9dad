import { confirm, isCancel, log, select, spinner, text } from "@clack/prompts";
import { newCode } from "#bridges/telegram/poller/code.ts";
import { answered, Left } from "#deploy/settings/prompts.ts";
import type { SettingValues } from "#deploy/settings/table.ts";
import type { Bot } from "./bot.ts";
import { ownerByCode } from "./owner-code.ts";

/** How messages come. */
export type Way = { readonly mode: SettingValues["telegram.mode"]; readonly url?: string };

/** Has somebody name themselves as an owner by a code that they send to the bot. Throws: TelegramUnusable; Left. */
export async function askOwner(bot: Bot, known: readonly string[]): Promise<readonly string[]> {
  if (known.length > 0) {
    const message = `Owners are ${known.join(", ")}. Name another one?`;
    if (!answered(await confirm({ message, initialValue: false }))) return [];
  }
  const code = newCode();
  log.step(`Whoever owns the agents sends this to @${bot.name}: /start ${code}`);
  log.info(`or opens https://t.me/${bot.name}?start=${code}`);
  const stop = new AbortController();
  const waiting = spinner({ onCancel: () => stop.abort(new Left()) });
  waiting.start("waiting for it, up to 5 minutes");
  try {
    const { id, name } = await ownerByCode(bot, code, { signal: stop.signal });
    waiting.stop(`that was ${name} (${id})`);
    return [`${id}`];
  } catch (error) {
    waiting.error("nobody was named");
    if (stop.signal.aborted) throw new Left();
    throw error;
  }
}

/** Asks how messages come. Throws: Left. */
export async function askWay(present: Way, isAddress: (typed: string) => boolean): Promise<Way> {
  const mode = answered(
    await select<Way["mode"]>({
      message: "How do messages come?",
      options: [
        { value: "polling", label: "polling: the bridge asks for them; nothing has to reach this host" },
        { value: "webhook", label: "webhook: Telegram brings them to an https address that leads to this host" },
      ],
      initialValue: present.mode,
    }),
  );
  if (mode === "polling") return { mode };
  const url = await text({
    message: "Address that Telegram brings them to",
    initialValue: present.url ?? "https://",
    validate: (typed) => (isAddress(typed ?? "") ? undefined : "It begins with https://."),
  });
  if (isCancel(url)) throw new Left();
  return { mode, url };
}
