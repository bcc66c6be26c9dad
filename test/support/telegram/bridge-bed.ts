import { readSeed } from "#deploy/keys.ts";
import { Client } from "#runtime/client.ts";
import { addressOf, DEFAULT_AGENT, OPERATOR } from "#subjects/mod.ts";
import { apiPrefix } from "#subjects/permissions.ts";
import { POLLER, telegramContract } from "#subjects/telegram.ts";
import { type KindProcess, spawnKind } from "#support/crash.ts";
import type { TestServer } from "#support/server.ts";
import { FakeTelegram } from "./fake-api.ts";
import type { FakeOptions } from "./fake-options.ts";

/** Ada owns the agents in tests. */
export const OWNER = 4711;

/** Processes of the bridge and of those it needs, on a test server, before a fake Telegram. */
export class BridgeBed implements AsyncDisposable {
  readonly fake: FakeTelegram;
  readonly #server: TestServer;
  readonly #env: Readonly<Record<string, string>>;
  readonly #started: KindProcess[] = [];

  private constructor(server: TestServer, fake: FakeTelegram, env: Readonly<Record<string, string>>) {
    this.#server = server;
    this.fake = fake;
    this.#env = env;
  }

  /** The bridge and its conversations, ready; `env` adds to what all of them are told. */
  static async start(
    server: TestServer,
    env: Readonly<Record<string, string>> = {},
    options: FakeOptions = {},
    kinds: readonly string[] = ["channel"],
  ): Promise<BridgeBed> {
    const bed = new BridgeBed(server, await FakeTelegram.start(options), env);
    await Promise.all([bed.bridge(), ...kinds.map((kind) => bed.kind(kind))]);
    await bed.open();
    return bed;
  }

  /** All processes that were started here, in that order. */
  get processes(): readonly KindProcess[] {
    return this.#started;
  }

  /** One more process of the bridge, ready. */
  bridge(env: Readonly<Record<string, string>> = {}): Promise<KindProcess> {
    return this.kind("telegram", env);
  }

  /** One more process of a kind, ready. */
  async kind(kind: string, env: Readonly<Record<string, string>> = {}): Promise<KindProcess> {
    const child = spawnKind(kind, this.#server, { ...this.#variables(kind), ...this.#env, ...env }, mainOf(kind));
    this.#started.push(child);
    await child.ready();
    return child;
  }

  /** Has the bridge take in what comes. */
  async open(): Promise<void> {
    await using operator = await this.operator();
    await operator.send(addressOf(DEFAULT_AGENT, telegramContract.kind, POLLER), "open", {});
  }

  /** A connection that may do everything. */
  operator(): Promise<Client> {
    return this.client(OPERATOR);
  }

  /** A connection as one of the bus's users. */
  client(user: string, prefix?: string): Promise<Client> {
    const { url, keysDir } = this.#server;
    return Client.connect({ url, user, seed: readSeed(keysDir, user), name: "bed" }, prefix);
  }

  #variables(kind: string): Readonly<Record<string, string>> {
    const quick = { THALASSA_OFFLINE_DELAY_MS: "0-0", THALASSA_OFFLINE_PACE_MS: "0" };
    if (kind !== telegramContract.kind) return quick;
    return {
      THALASSA_API_PREFIX: apiPrefix("EDGE"),
      TELEGRAM_BOT_TOKEN: this.fake.token,
      THALASSA_TELEGRAM_API: this.fake.url,
      THALASSA_TELEGRAM_OWNERS: `${OWNER}`,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#started.map((process) => process.kill()));
    await this.fake[Symbol.asyncDispose]();
  }
}

function mainOf(kind: string): string {
  return kind === telegramContract.kind ? "bridges/telegram/main.ts" : `actors/${kind}/main.ts`;
}
