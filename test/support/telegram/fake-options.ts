import type { UserFromGetMe } from "@grammyjs/types";

/** So many calls within such a time. Units: ms. */
export type Rate = { readonly most: number; readonly perMs: number };

/** What Telegram bears before it answers 429. */
export type FloodLimits = {
  /** Messages and edits to one private chat. Default: 5 in 5 s. */
  readonly private: Rate;
  /** Messages and edits to one group. Default: 20 a minute. */
  readonly group: Rate;
  /** Messages in all, changes of them not counted. Default: 30 a second. */
  readonly all: Rate;
  /** Drafts in one chat. Default: 1 in 200 ms. */
  readonly draft: Rate;
  /** Whether a call that comes too early lengthens the wait by a second. Default: false. */
  readonly merciless: boolean;
};

/** How a fake Telegram behaves. Every field may be left out. */
export type FakeOptions = {
  readonly token?: string;
  readonly bot?: Partial<UserFromGetMe>;
  /** Default: 0, any that is free. */
  readonly port?: number;
  /** Default: those of the real one; "none" where floods are not what is tried. */
  readonly limits?: "none" | Partial<FloodLimits>;
  /** Whether rich messages are taken. Default: true. */
  readonly rich?: boolean;
  /** The most that a long poll waits, whatever it asks for. Default: 50 000. Units: ms. */
  readonly longPollMs?: number;
  /** How long a pressed button can be answered. Default: 60 000. Units: ms. */
  readonly queryMs?: number;
  /** How long a draft is seen. Default: 30 000. Units: ms. */
  readonly draftMs?: number;
  /** Between two tries to bring an update to a webhook. Default: 50. Units: ms. */
  readonly webhookRetryMs?: number;
  /** Number of the first update. Default: 871 000 001. */
  readonly firstUpdate?: number;
  /** What decides about faults that have a chance. Default: 1. */
  readonly seed?: number;
};

/** How a fake Telegram behaves, with all filled in. */
export type FakeSettings = Required<Omit<FakeOptions, "bot" | "limits">> & {
  readonly bot: UserFromGetMe;
  readonly limits: FloodLimits | undefined;
};

const LIMITS: FloodLimits = {
  private: { most: 5, perMs: 5_000 },
  group: { most: 20, perMs: 60_000 },
  all: { most: 30, perMs: 1_000 },
  draft: { most: 1, perMs: 200 },
  merciless: false,
};

const DEFAULTS = {
  token: "8200000001:AAF-a-token-that-opens-nothing-00000",
  port: 0,
  rich: true,
  longPollMs: 50_000,
  queryMs: 60_000,
  draftMs: 30_000,
  webhookRetryMs: 50,
  firstUpdate: 871_000_001,
  seed: 1,
} as const;

const BOT: UserFromGetMe = {
  id: 8_200_000_001,
  is_bot: true,
  first_name: "Our bot",
  username: "our_bot",
  can_join_groups: true,
  can_read_all_group_messages: true,
  supports_guest_queries: false,
  supports_inline_queries: false,
  can_connect_to_business: false,
  has_main_web_app: false,
  has_topics_enabled: false,
  allows_users_to_create_topics: false,
  can_manage_bots: false,
  supports_join_request_queries: false,
};

/** All settings of a fake, those left out by default; the bot's number is the one in its token. */
export function resolveFakeOptions(options: FakeOptions): FakeSettings {
  const { bot, limits, ...rest } = options;
  const token = options.token ?? DEFAULTS.token;
  const id = Number(/^(\d+):/.exec(token)?.[1] ?? BOT.id);
  return {
    ...DEFAULTS,
    ...rest,
    bot: { ...BOT, id, ...bot },
    limits: limits === "none" ? undefined : { ...LIMITS, ...limits },
  };
}
