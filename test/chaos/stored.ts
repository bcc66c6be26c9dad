import { type JetStreamManager, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/transport-node";
import type { LogRecord } from "#runtime/bus.ts";
import { readRecord } from "#runtime/record.ts";
import type { Address } from "#subjects/address.ts";
import { subjectOf } from "#subjects/planes.ts";
import { DEAD, logStream, mailStream, timerStream } from "#subjects/streams.ts";
import { eventually } from "#support/eventually.ts";

/** A record with what only the store knows of it. Units: `storedAt` ms since 1970, by the server's clock. */
export type Stored = LogRecord & { readonly storedAt: number; readonly body: string };

/** What an actor answers when it is asked for its state. */
export type Said = { readonly seq: number; readonly state: unknown };

/** How long an actor may take to answer, its partition being on the move. Units: ms. */
const ASK_MS = { once: 1_000, most: 20_000 } as const;

/** Looks into the streams with the operator's key. */
export class Store {
  readonly #connection: NatsConnection;
  readonly #manager: JetStreamManager;

  private constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.#connection = connection;
    this.#manager = manager;
  }

  /** Opens what a connection of the operator may see. */
  static async over(connection: NatsConnection): Promise<Store> {
    return new Store(connection, await jetstreamManager(connection));
  }

  /** How many messages wait in the mail of these kinds, which is empty at rest, and among the dead letters. */
  async leftovers(kinds: readonly string[]): Promise<Readonly<Record<string, number>>> {
    const streams = [...kinds.map(mailStream), DEAD];
    const counts = streams.map(
      async (name) => [name, (await this.#manager.streams.info(name)).state.messages] as const,
    );
    return Object.fromEntries(await Promise.all(counts));
  }

  /** How many timers of a kind wait. */
  async timers(kind: string): Promise<number> {
    return (await this.#manager.streams.info(timerStream(kind))).state.messages;
  }

  /** The whole history of all actors of a kind, in order. */
  async log(kind: string): Promise<readonly Stored[]> {
    const name = logStream(kind);
    const { state } = await this.#manager.streams.info(name);
    if (state.messages === 0) return [];
    const records: Stored[] = [];
    const consumer = await jetstream(this.#connection).consumers.get(name);
    for await (const message of await consumer.consume()) {
      const { subject, seq, headers, data } = message;
      const record = readRecord({ subject, seq, headers, body: data }, 0);
      records.push({ ...record, storedAt: message.info.timestampNanos / 1e6, body: message.string() });
      if (seq >= state.last_seq) break;
    }
    return records;
  }

  /** The sequences that the view of channels names, by the channel's id. */
  async viewed(): Promise<ReadonlyMap<string, number>> {
    const entries = await this.entries("channels.>");
    return new Map([...entries].map(([key, entry]) => [key.split(".")[2] ?? "", (entry as { seq: number }).seq]));
  }

  /** The entries of views whose keys match. */
  async entries(keys: string): Promise<ReadonlyMap<string, unknown>> {
    const views = await new Kvm(this.#connection).open("VIEWS");
    const found = new Map<string, unknown>();
    for await (const key of await views.keys(keys)) {
      const entry = await views.get(key);
      if (entry?.operation === "PUT") found.set(key, entry.json());
    }
    return found;
  }

  /** Asks an actor for its state until it answers. */
  ask(address: Address): Promise<Said> {
    const subject = subjectOf(address, "ask", "state");
    const attempt = async (): Promise<Said | undefined> => {
      const answer = await this.#connection.request(subject, "", { timeout: ASK_MS.once }).catch(() => undefined);
      const said = answer?.json<Partial<Said>>();
      return said?.seq === undefined ? undefined : { seq: said.seq, state: said.state };
    };
    return eventually(attempt, (said) => said !== undefined, ASK_MS.most) as Promise<Said>;
  }
}
