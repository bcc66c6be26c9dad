import type { BotCommand, Message, UserFromGetMe } from "@grammyjs/types";
import { type Call, CallLog } from "./calls.ts";
import { type FakeOptions, type FakeSettings, resolveFakeOptions } from "./fake-options.ts";
import { type Fault, type Standing as FaultStanding, Faults } from "./faults.ts";
import { FloodGate } from "./flood.ts";
import { answerTo } from "./front.ts";
import { type GroupSpec, groupOf, joins, migrates, type Person, pushRaw } from "./people.ts";
import { deletes, deletesTopic, edits, type More, presses, says, stopsDraft } from "./sayings.ts";
import { type SeenChat, type SeenMessage, seenChat } from "./seen.ts";
import { type SentFile, sendsFile } from "./sent-files.ts";
import { Until } from "./until.ts";
import { UpdateQueue } from "./update-queue.ts";
import { Webhook } from "./webhook.ts";
import { type Listening, listen } from "./wire.ts";
import { type Answered, emptyWorld, type World } from "./world.ts";

/**
 * Telegram as a bot sees it: the Bot API over HTTP on the loopback, strict about everything that it is told, with people
 * and chats that a test moves, and with faults. Nothing here waits but `until`: what people do is done when it returns.
 *
 * Shape: `await using fake = await FakeTelegram.start(); const api = new Api(fake.token, { apiRoot: fake.url });`
 */
export class FakeTelegram {
  readonly #settings: FakeSettings;
  readonly #world: World;
  readonly #until = new Until();
  readonly #calls = new CallLog(() => this.#until.look());
  readonly #faults: Faults;
  readonly #floods: FloodGate;
  readonly #webhook: Webhook;
  #listening: Listening | undefined;

  private constructor(settings: FakeSettings) {
    this.#settings = settings;
    const updates = new UpdateQueue(settings.firstUpdate, () => this.#until.look());
    this.#world = emptyWorld(settings, updates);
    this.#faults = new Faults(settings.seed);
    this.#floods = new FloodGate(settings.limits);
    this.#webhook = new Webhook(updates, settings.webhookRetryMs);
  }

  /** A fake that listens. */
  static async start(options: FakeOptions = {}): Promise<FakeTelegram> {
    const fake = new FakeTelegram(resolveFakeOptions(options));
    const front = {
      world: fake.#world,
      calls: fake.#calls,
      faults: fake.#faults,
      floods: fake.#floods,
      webhook: fake.#webhook,
    };
    fake.#listening = await listen(fake.#settings.port, (request) => answerTo(front, request));
    return fake;
  }

  /** What a client takes as the API's root. Shape: `http://127.0.0.1:40123`. */
  get url(): string {
    return `http://127.0.0.1:${this.#listening?.port}`;
  }

  get token(): string {
    return this.#settings.token;
  }

  /** The bot as `getMe` tells it. */
  get bot(): UserFromGetMe {
    return this.#settings.bot;
  }

  /**
   * Somebody writes; an update tells the bot. A chat above 0 is the private one of that person, one below 0 is a group,
   * which comes into being with its topics when it is written to. Commands, mentions, links and hashtags are given
   * entities. Shape: `says(4711, 4711, "hello")`, `says(-100, { id: 7, first_name: "Ada" }, "/task@our_bot x", { thread: 9 })`.
   */
  says(chat: number, from: Person, content: string | Partial<Message>, more: More = {}): Message {
    return says(this.#world, { chat, from, content, more });
  }

  /** Somebody changes what they had written. */
  edits(chat: number, message: number, content: string | Partial<Message>): Message {
    return edits(this.#world, chat, message, content);
  }

  /** Somebody sends a file; several with the same `album` are one. */
  sendsFile(chat: number, from: Person, file: SentFile, more: More & { readonly album?: string } = {}): Message {
    return sendsFile(this.#world, { chat, from, file, more });
  }

  /**
   * Somebody presses a button; gives the query's id. Throws: Error where no such message has such a button, unless it is
   * `forged`, as by a client of somebody's own making.
   */
  presses(chat: number, from: Person, message: number, data: string, more: { readonly forged?: boolean } = {}): string {
    return presses(this.#world, { chat, from, message, data, forged: more.forged ?? false });
  }

  /** From now on it is too late to answer a pressed button. */
  expires(query: string): void {
    const known = this.#world.queries.get(query);
    if (known !== undefined) known.at = Number.NEGATIVE_INFINITY;
  }

  /** Somebody presses the stop of a draft: the newest, where none is named. Throws: Error where none can be stopped. */
  stopsDraft(chat: number, draft?: number): void {
    stopsDraft(this.#world, chat, draft);
  }

  /** Somebody deletes a message; as in truth, the bot is not told. */
  deletes(chat: number, message: number): void {
    deletes(this.#world, chat, message);
  }

  /** A topic is deleted with its messages; the bot is not told. */
  deletesTopic(chat: number, thread: number): void {
    deletesTopic(this.#world, chat, thread);
  }

  /** A group with its title and whether it has topics. Without this one comes into being by being written to. */
  group(spec: GroupSpec): void {
    groupOf(this.#world, spec.id, spec);
  }

  /** The bot is let into a chat or out of it, or is blocked (`kicked` in a private chat); an update tells it. */
  membership(chat: number, from: Person, status: "member" | "administrator" | "left" | "kicked"): void {
    joins(this.#world, { chat, from, status });
  }

  /** A group goes on under another number; an update tells the bot, and calls to the old one are refused. */
  migrates(chat: number, to: number): void {
    migrates(this.#world, chat, to);
  }

  /** An update as it is, whatever it is. It gets a number where it is an object without one; gives that number. */
  pushes(update: unknown): number {
    return pushRaw(this.#world, update);
  }

  /** What is seen in a chat now. */
  chat(chat: number): SeenChat {
    return seenChat(this.#world, chat);
  }

  /** What the bot has written and is still seen in a chat, or in one topic of it. */
  shown(chat: number, thread?: number): readonly SeenMessage[] {
    return this.chat(chat).messages.filter(
      (message) => message.by === "bot" && (thread === undefined || message.thread === thread),
    );
  }

  /** Every call, in the order in which they came. */
  get calls(): readonly Call[] {
    return this.#calls.all;
  }

  /** What calls had in them that no state of Telegram makes right: mistakes of the bot. Shape: `["sendMessage: …"]`. */
  get violations(): readonly string[] {
    return this.#calls.violations;
  }

  /** How often 429 was answered for going too fast, by chat. */
  get floods(): ReadonlyMap<number, number> {
    return this.#floods.floods;
  }

  /** What people who pressed a button were told. */
  get answers(): readonly Answered[] {
    return this.#world.answers;
  }

  /** Commands by scope and language. Key: `default`, `all_private_chats`, `all_private_chats:de`, `chat/-100`. */
  get commands(): ReadonlyMap<string, readonly BotCommand[]> {
    return this.#world.commands;
  }

  /** How many updates the bot has not confirmed yet. */
  get pending(): number {
    return this.#world.updates.pending.length;
  }

  /** Where updates are brought to; undefined where they are fetched. */
  get webhook(): string | undefined {
    return this.#webhook.url;
  }

  /** From now on calls go wrong: once, where nothing else is said. Several faults wait in line. */
  fault(fault: Fault): FaultStanding {
    return this.#faults.add(fault);
  }

  /**
   * Waits until something is so (neither false, null nor undefined), and gives it. Looks again with every call, every update and every 25 ms.
   * Throws: Error that says what it waited for and what it last saw, when time runs out. Units: `mostMs`, default 10 000.
   */
  until<T>(look: (fake: this) => T | Promise<T>, what: string, mostMs = 10_000): Promise<NonNullable<T>> {
    return this.#until.comes(
      () => look(this),
      what,
      mostMs,
      () => this.#lastSeen(),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#webhook.stop();
    this.#world.updates.close();
    await this.#listening?.close();
  }

  #lastSeen(): unknown {
    return {
      chats: Object.fromEntries(
        [...this.#world.rooms.keys()].map((chat) => [chat, this.chat(chat).messages.slice(-5)]),
      ),
      calls: this.calls.slice(-8).map(({ method, outcome, error }) => `${method}: ${outcome} ${error ?? ""}`.trim()),
      pending: this.pending,
      violations: this.violations,
    };
  }
}
