import { z } from "zod";
import { NONE, TELEGRAM_DEFAULTS } from "#bridges/telegram/options.ts";
import { MAX_TEXT } from "#subjects/turn.ts";
import { oneOf, type Setting, textLike, wholeNumber } from "./setting.ts";

const HANDED_ON = { takesEffect: "when `up` is started anew", handedOn: true } as const;

/** The bot is one for all hosts. */
const SHARED = { scope: "shared", ...HANDED_ON } as const;

/** What listens is this host's own. */
const HERE = { scope: "host", ...HANDED_ON } as const;

/** Ids of people, or nobody. In TOML a single one may be a number. */
const ids = z.string().regex(/^(?:none|\s*\d{1,16}\s*(?:,\s*\d{1,16}\s*)*)$/);

const RATE = wholeNumber(1, 60_000);

/** How the bridge to Telegram behaves; its token is a secret. */
export const TELEGRAM_SETTINGS = {
  "telegram.owners": {
    schema: z.union([z.int().positive().transform(String), z.string()]).pipe(ids),
    accepts: "ids of people at Telegram such as `4711, 4712`, or none",
    about: "who owns the agents at Telegram, and lets others in; the bridge is not started while it is none",
    default: NONE,
    ...SHARED,
  },
  "telegram.mode": {
    ...oneOf(["polling", "webhook"]),
    about: "how messages come: the bridge asks for them, or Telegram brings them to an address of yours",
    default: TELEGRAM_DEFAULTS.mode,
    ...SHARED,
  },
  "telegram.webhook_url": {
    ...textLike(/^(?:none|https:\/\/\S+)$/, "an address that begins with https://, or none"),
    about: "where Telegram brings messages to: an address that leads to `telegram.webhook_host` and its port",
    default: NONE,
    ...SHARED,
  },
  "telegram.webhook_host": {
    ...textLike(/^[\w.:-]{1,255}$/, "a name or an address of this host"),
    about: "where the webhook listens; behind a proxy the default does",
    default: TELEGRAM_DEFAULTS.webhookHost,
    ...HERE,
  },
  "telegram.webhook_port": {
    ...wholeNumber(0, 65_535),
    about: "port of the webhook; 0 takes a free one",
    default: TELEGRAM_DEFAULTS.webhookPort,
    ...HERE,
  },
  "telegram.groups": {
    ...oneOf(["mention", "all", "off"]),
    about: "when the bot listens in groups: where it is mentioned or answered, always, or never",
    default: TELEGRAM_DEFAULTS.groups,
    ...SHARED,
  },
  "telegram.user_per_minute": {
    ...RATE,
    about: "most messages a minute of one person at Telegram",
    default: TELEGRAM_DEFAULTS.userPerMinute,
    ...SHARED,
  },
  "telegram.all_per_minute": {
    ...RATE,
    about: "most messages a minute of all people at Telegram together",
    default: TELEGRAM_DEFAULTS.allPerMinute,
    ...SHARED,
  },
  "telegram.max_prompt": {
    ...wholeNumber(1, MAX_TEXT),
    about: "characters of the longest message from Telegram that is passed on",
    default: TELEGRAM_DEFAULTS.maxPrompt,
    ...SHARED,
  },
  "telegram.show": {
    ...oneOf(["all", "final"]),
    about: "what a chat at Telegram is shown: all as it comes, or only the last words of each turn",
    default: TELEGRAM_DEFAULTS.show,
    ...SHARED,
  },
  "telegram.api": {
    ...textLike(/^https?:\/\/\S+$/, "an address that begins with http:// or https://"),
    about: "where the Bot API is; another one is a Bot API server of your own",
    default: TELEGRAM_DEFAULTS.api,
    ...SHARED,
  },
} as const satisfies Readonly<Record<string, Setting<string> | Setting<number>>>;
