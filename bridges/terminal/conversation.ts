import { randomBytes } from "node:crypto";
import { type Open, type Outcome, readTurn } from "#bridges/conversation/turn.ts";
import type { Client, Follower, LogRecord } from "#runtime/mod.ts";
import { channelContract } from "#subjects/channel.ts";
import { type Address, REFUSAL, returnedSchema, type Who } from "#subjects/mod.ts";
import { MAX_TEXT } from "#subjects/turn.ts";
import type { Doing } from "./standing.ts";
import type { Delta } from "./words.ts";

/** What somebody in a conversation may want to see as it happens. */
export type Happening =
  /** `ours` is what we said ourselves; `open` counts the messages of ours that still wait. */
  | { readonly type: "record"; readonly record: LogRecord; readonly ours: boolean; readonly open: number }
  | { readonly type: "delta"; readonly delta: Delta }
  | { readonly type: "doing"; readonly doing: Doing }
  | { readonly type: "link"; readonly connected: boolean }
  /** A message of ours has not been heard for a while: perhaps no process serves channels. */
  | { readonly type: "unheard" };

/** What came of the wish to stop. */
export type Stopping =
  | { readonly type: "stopped" }
  | { readonly type: "refused"; readonly reason: string; readonly code: string };

/** How one takes part. */
export type Presence = {
  readonly who: Who;
  /** Records after this are read. */
  readonly fromSeq: number;
  readonly onHappening?: (happening: Happening) => void;
};

/** A text that no message may carry. */
export class TextTooLong extends Error {
  override readonly name = "TextTooLong";
  readonly code = "text-too-long";

  constructor(length: number) {
    super(`the text has ${length} characters and a message may have ${MAX_TEXT}; send it in parts`);
  }
}

/** The text, where a message may carry it. Throws: TextTooLong. */
export function sayable(text: string): string {
  if (text.length > MAX_TEXT) throw new TextTooLong(text.length);
  return text;
}

/** Nobody listens here any more; what was said is heard and answered all the same. */
export class Left extends Error {
  override readonly name = "Left";
  readonly code = "left";

  constructor() {
    super("this conversation was left before the answer came; thalassa log shows it");
  }
}

/** A message that was not heard is asked about after so long, and said again under its own id. Units: ms. */
const UNHEARD = { noticeMs: 5_000, repeatMs: 35_000 } as const;

/** Taking part in one channel: says things and learns how each was answered, across every break of the bus. */
export class Conversation implements Disposable {
  readonly address: Address;
  readonly #client: Client;
  readonly #presence: Presence;
  readonly #follower: Follower;
  readonly #unlisten: () => void;
  readonly #answers = new Map<string, PromiseWithResolvers<Outcome>>();
  readonly #stops = new Map<string, PromiseWithResolvers<Stopping>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #open: Open = new Map();

  constructor(client: Client, address: Address, presence: Presence) {
    this.address = address;
    this.#client = client;
    this.#presence = presence;
    this.#unlisten = client.wire.listen(({ type }) => {
      if (type !== "refused") this.#tell({ type: "link", connected: type === "reconnected" });
    });
    this.#follower = client.follow(address, {
      fromSeq: presence.fromSeq,
      onRecord: (record) => this.#read(record),
      onLive: (noun, data) => this.#glimpse(noun, data),
    });
  }

  /** Resolves once everything that stood in the log has been read. */
  caughtUp(): Promise<void> {
    return this.#follower.caughtUp();
  }

  /**
   * Says something. `posted` resolves with the message's id once the bus has it, `answered` when its turn ends. The same
   * `key` is the same message for 24 hours. Throws: TextTooLong.
   */
  say(text: string, key?: string): { readonly posted: Promise<string>; readonly answered: Promise<Outcome> } {
    const body = { text: sayable(text), who: this.#presence.who };
    const id = key ?? randomBytes(9).toString("base64url");
    const answer = Promise.withResolvers<Outcome>();
    this.#answers.set(id, answer);
    this.#open = new Map(this.#open).set(id, undefined);
    const posted = this.#client.send(this.address, "hear", body, key === undefined ? { id } : { key: id });
    posted.then(() => this.#watchOver(id, body)).catch(answer.reject);
    answer.promise.catch(() => {});
    return { posted, answered: answer.promise };
  }

  /** Wants no further thought about what was said so far; resolves when that is so, or there is nothing to stop; never once this is left. */
  async stop(): Promise<Stopping> {
    const id = randomBytes(9).toString("base64url");
    const stopping = Promise.withResolvers<Stopping>();
    this.#stops.set(id, stopping);
    await this.#client.send(this.address, "stop", { who: this.#presence.who }, { id });
    return stopping.promise;
  }

  /** Reads records from the past as if they had just come, for a message that was said before. */
  recall(records: readonly LogRecord[]): void {
    for (const record of records) this.#match(record);
  }

  [Symbol.dispose](): void {
    this.#unlisten();
    this.#follower[Symbol.dispose]();
    for (const timer of this.#timers) clearTimeout(timer);
    for (const answer of this.#answers.values()) answer.reject(new Left());
  }

  #read(record: LogRecord): void {
    const ours = record.event === "heard" && record.cause !== undefined && this.#open.has(record.cause);
    this.#match(record);
    if (record.event === "stopped" && record.cause !== undefined) this.#stopped(record.cause, { type: "stopped" });
    this.#tell({ type: "record", record, ours, open: this.#open.size });
  }

  #match(record: LogRecord): void {
    const { open, closed } = readTurn(this.#open, record);
    this.#open = open;
    for (const { id, outcome } of closed) this.#close(id, outcome);
  }

  #close(id: string, outcome: Outcome): void {
    this.#answers.get(id)?.resolve(outcome);
    this.#answers.delete(id);
  }

  #stopped(id: string, stopping: Stopping): void {
    this.#stops.get(id)?.resolve(stopping);
    this.#stops.delete(id);
  }

  #glimpse(noun: string, data: unknown): void {
    if (noun === "delta") {
      const { success, data: delta } = channelContract.live.delta.safeParse(data);
      if (success) this.#tell({ type: "delta", delta });
    }
    if (noun === "status") {
      const { success, data: doing } = channelContract.live.status.safeParse(data);
      if (success) this.#tell({ type: "doing", doing });
    }
    if (noun === REFUSAL) {
      const { success, data: refusal } = returnedSchema.safeParse(data);
      if (!success) return;
      const { id, reason, code } = refusal;
      this.#stopped(id, { type: "refused", reason, code });
      if (!this.#open.has(id)) return;
      this.#open = new Map([...this.#open].filter(([other]) => other !== id));
      this.#close(id, { type: "refused", reason, code });
    }
  }

  /** The bus may lose what it took (a host without power), and a refusal may pass unheard: said again, it is one message. */
  #watchOver(id: string, body: object): void {
    const isUnheard = (): boolean => this.#open.has(id) && this.#open.get(id) === undefined;
    this.#later(UNHEARD.noticeMs, () => isUnheard() && this.#tell({ type: "unheard" }));
    this.#later(UNHEARD.repeatMs, () => {
      if (!isUnheard()) return;
      this.#client
        .send(this.address, "hear", body, { key: id })
        .then(() => this.#watchOver(id, body))
        .catch(() => {});
    });
  }

  #later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }

  #tell(happening: Happening): void {
    this.#presence.onHappening?.(happening);
  }
}
