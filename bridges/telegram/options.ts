import { z } from "zod";
import { type Roles, rolesFrom } from "#actors/policy/mod.ts";

/** What holds where nothing is said. */
export const TELEGRAM_DEFAULTS = {
  api: "https://api.telegram.org",
  mode: "polling",
  webhookHost: "127.0.0.1",
  webhookPort: 8422,
  groups: "mention",
  userPerMinute: 10,
  allPerMinute: 100,
  maxPrompt: 8_000,
  show: "all",
} as const;

/** What a setting is where there is nothing; the same as a variable that is not set. */
export const NONE = "none";

/** How a process of the bridge behaves. */
export type TelegramOptions = {
  readonly token: string;
  /** Where the Bot API is. */
  readonly api: string;
  readonly owners: readonly number[];
  readonly roles: Roles;
  /** How updates come: they are asked for, or Telegram brings them to `url`, which leads to this host and port. */
  readonly way:
    | { readonly type: "polling" }
    | { readonly type: "webhook"; readonly url: string; readonly host: string; readonly port: number };
  /** When the bot listens in groups: where it is meant, always, or never. */
  readonly groups: "mention" | "all" | "off";
  /** Most messages a minute of one person, and of all. */
  readonly userPerMinute: number;
  readonly allPerMinute: number;
  /** Longest message that is passed on. Units: UTF-16 units. */
  readonly maxPrompt: number;
  /** Whether all is shown as it comes, or only the last words of each turn. */
  readonly show: "all" | "final";
  /** The models that answer, as the settings have them. */
  readonly models: string;
};

const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);

const environmentSchema = z.object({
  TELEGRAM_BOT_TOKEN: z.string().regex(/^\d+:[\w-]+$/),
  THALASSA_TELEGRAM_OWNERS: z.string().regex(/^\s*\d+\s*(,\s*\d+\s*)*$/),
  // The library takes no slash at the end.
  THALASSA_TELEGRAM_API: z
    .url()
    .transform((url) => url.replace(/\/+$/, ""))
    .default(TELEGRAM_DEFAULTS.api),
  THALASSA_TELEGRAM_MODE: z.enum(["polling", "webhook"]).default(TELEGRAM_DEFAULTS.mode),
  THALASSA_TELEGRAM_WEBHOOK_URL: z.string().optional(),
  THALASSA_TELEGRAM_WEBHOOK_HOST: z.string().default(TELEGRAM_DEFAULTS.webhookHost),
  THALASSA_TELEGRAM_WEBHOOK_PORT: z.coerce.number().int().min(0).max(65_535).default(TELEGRAM_DEFAULTS.webhookPort),
  THALASSA_TELEGRAM_GROUPS: z.enum(["mention", "all", "off"]).default(TELEGRAM_DEFAULTS.groups),
  THALASSA_TELEGRAM_USER_PER_MINUTE: count(TELEGRAM_DEFAULTS.userPerMinute),
  THALASSA_TELEGRAM_ALL_PER_MINUTE: count(TELEGRAM_DEFAULTS.allPerMinute),
  THALASSA_TELEGRAM_MAX_PROMPT: count(TELEGRAM_DEFAULTS.maxPrompt),
  THALASSA_TELEGRAM_SHOW: z.enum(["all", "final"]).default(TELEGRAM_DEFAULTS.show),
});

/** Reads what the environment sets. Throws: RangeError that names the variable, and not what a secret one holds. */
export function telegramOptionsFrom(env: Readonly<Record<string, string | undefined>>): TelegramOptions {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value && value !== NONE));
  const { success, data, error } = environmentSchema.safeParse(given);
  if (!success)
    throw new RangeError(
      `${error.issues[0]?.path.join(".")} is missing or cannot be used: ${error.issues[0]?.message}`,
    );
  return {
    token: data.TELEGRAM_BOT_TOKEN,
    api: data.THALASSA_TELEGRAM_API,
    owners: data.THALASSA_TELEGRAM_OWNERS.split(",").map(Number),
    roles: rolesFrom(env),
    way: wayOf(data),
    groups: data.THALASSA_TELEGRAM_GROUPS,
    userPerMinute: data.THALASSA_TELEGRAM_USER_PER_MINUTE,
    allPerMinute: data.THALASSA_TELEGRAM_ALL_PER_MINUTE,
    maxPrompt: data.THALASSA_TELEGRAM_MAX_PROMPT,
    show: data.THALASSA_TELEGRAM_SHOW,
    models: env.THALASSA_MODELS_CHANNEL || "auto",
  };
}

function wayOf(data: z.output<typeof environmentSchema>): TelegramOptions["way"] {
  if (data.THALASSA_TELEGRAM_MODE === "polling") return { type: "polling" };
  const url = data.THALASSA_TELEGRAM_WEBHOOK_URL;
  if (url === undefined)
    throw new RangeError("THALASSA_TELEGRAM_WEBHOOK_URL is missing; a webhook needs the address that leads here");
  return {
    type: "webhook",
    url,
    host: data.THALASSA_TELEGRAM_WEBHOOK_HOST,
    port: data.THALASSA_TELEGRAM_WEBHOOK_PORT,
  };
}
