import { inspect } from "node:util";
import { Api } from "grammy";
import type { TelegramOptions } from "#bridges/telegram/options.ts";
import type { PollerBrought } from "#bridges/telegram/poller/brought.ts";
import { performPoller } from "#bridges/telegram/poller/perform.ts";
import { eventually } from "#support/eventually.ts";
import { FakeTelegram } from "./fake-api.ts";
import type { FakeOptions } from "./fake-options.ts";

type Batch = Extract<PollerBrought, { type: "batch" }>;
type Connected = Extract<PollerBrought, { type: "connected" }>;

/** The step `poll` against a fake Telegram, with what it brings. */
export class PollerBed {
  readonly fake: FakeTelegram;
  readonly api: Api;
  readonly brought: PollerBrought[] = [];
  readonly lines: string[] = [];
  /** What happens to a batch before it counts as judged. */
  onBatch: (batch: Batch) => Promise<void> = async () => {};
  readonly #way: TelegramOptions["way"];
  #ending = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  private constructor(fake: FakeTelegram, way: TelegramOptions["way"]) {
    this.fake = fake;
    this.#way = way;
    this.api = new Api(fake.token, { apiRoot: fake.url });
  }

  /** A bed in which nothing runs yet. */
  static async start(options: FakeOptions = {}, way: TelegramOptions["way"] = { type: "polling" }): Promise<PollerBed> {
    return new PollerBed(await FakeTelegram.start(options), way);
  }

  get batches(): readonly Batch[] {
    return this.brought.filter((each) => each.type === "batch");
  }

  /** The step runs from now on. */
  begin(): void {
    const { signal } = this.#ending;
    const note = (fields: object, text: string): void =>
      void this.lines.push(`${inspect(fields, { depth: 9 })} ${text}`);
    const perform = performPoller({
      api: this.api,
      options: { token: this.fake.token, owners: [1], way: this.#way },
      bindings: async () => (channel) => `agent-of-${channel}`,
      logger: { debug: note, info: note, warn: note, error: note },
    });
    const emit = async (data: PollerBrought): Promise<void> => {
      this.brought.push(data);
      if (data.type === "batch") await Promise.race([this.onBatch(data), aborted(signal)]);
    };
    this.#running = perform({ type: "poll", endless: true }, { emit, signal });
    this.#running.catch(() => {});
  }

  /** The step is aborted, and has ended. */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.#running.catch(() => {});
    this.#ending = new AbortController();
  }

  /** The first batch that is so. */
  async batch(wanted: (batch: Batch) => boolean): Promise<Batch> {
    return first(
      await eventually(
        () => this.batches.filter(wanted),
        ({ length }) => length > 0,
      ),
    );
  }

  /** What is told of the line that is so, beyond so many that were. */
  async connected(wanted: (told: Connected) => boolean, beyond = 0): Promise<Connected> {
    const told = () => this.brought.filter((each) => each.type === "connected");
    await eventually(told, (all) => all.filter(wanted).length > beyond);
    return first(told().filter(wanted).slice(beyond));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    await this.fake[Symbol.asyncDispose]();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

function first<T>([one]: readonly T[]): T {
  if (one === undefined) throw new Error("there is none");
  return one;
}
